"""The losses of examples/distill-transformer.ts in PyTorch, step by step, written to train_transformer.json.

A teacher of its architecture learns the text, then a student learns from the teacher, on the same data with the
same seed; in float64 and float32, and smaller than in the example, so that the test is quick.

Run: python train_transformer.py (needs torch 2.13)
"""

import json
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

HERE = Path(__file__).parent
STEPS = 100
CONTEXT = 32
TEACHER = {"width": 32, "heads": 4, "blocks": 2}
STUDENT = {"width": 16, "heads": 2, "blocks": 1}


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.norm1 = nn.LayerNorm(width)
        self.attention = nn.MultiheadAttention(width, heads, batch_first=True)
        self.norm2 = nn.LayerNorm(width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x, mask):
        y = self.norm1(x)
        attended, _ = self.attention(y, y, y, attn_mask=mask, is_causal=True, need_weights=False)
        z = x + attended
        return z + self.mlp(self.norm2(z))


class CharacterTransformer(nn.Module):
    def __init__(self, characters, width, heads, blocks):
        super().__init__()
        self.character = nn.Embedding(characters, width)
        self.place = nn.Embedding(CONTEXT, width)
        self.blocks = nn.ModuleList([Block(width, heads) for _ in range(blocks)])
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, characters, bias=False)
        for embedding in (self.character, self.place):
            nn.init.normal_(embedding.weight, std=0.1)

    def hidden(self, text):
        places = torch.arange(text.size(1))
        mask = places.unsqueeze(0) > places.unsqueeze(1)
        x = self.character(text) + self.place(places)
        for block in self.blocks:
            x = block(x, mask)
        return self.norm(x)

    def forward(self, text):
        return self.head(self.hidden(text))


def of_text(model, text, following):
    return F.cross_entropy(model(text).flatten(0, 1), following.flatten())


def of_teacher(teacher):
    def loss(model, text, following):
        with torch.no_grad():
            wanted = F.log_softmax(teacher(text), -1).flatten(0, 1)
        return F.kl_div(F.log_softmax(model(text), -1).flatten(0, 1), wanted, reduction="batchmean", log_target=True)

    return loss


def train(model, pieces, loss_of, lr):
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=lr, total_steps=STEPS)
    loader = DataLoader(pieces, batch_size=8, shuffle=True, drop_last=True)
    losses = []
    model.train()
    while len(losses) < STEPS:
        for text, following in loader:
            if len(losses) == STEPS:
                break
            optimizer.zero_grad()
            loss = loss_of(model, text, following)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1)
            optimizer.step()
            scheduler.step()
            losses.append(loss.item())
    return losses


def perplexity(model, pieces):
    model.eval()
    text, following = pieces.tensors
    with torch.no_grad():
        return of_text(model, text, following).exp().item()


def pieces_of(codes, stride):
    rows = range(0, len(codes) - CONTEXT, stride)
    return TensorDataset(
        torch.stack([codes[i : i + CONTEXT] for i in rows]),
        torch.stack([codes[i + 1 : i + 1 + CONTEXT] for i in rows]),
    )


def run(dtype):
    torch.set_default_dtype(dtype)
    text = (HERE / "../../examples/data/coriolanus.txt").read_text()
    alphabet = sorted(set(text))
    codes = torch.tensor([alphabet.index(c) for c in text])
    # So few pieces that the 100 steps begin a second epoch, with an order of its own.
    training = pieces_of(codes[:20_000], 32)
    test = pieces_of(codes[20_000:24_000], 32)
    torch.manual_seed(0)
    teacher = CharacterTransformer(len(alphabet), **TEACHER)
    drawn = sum(p.sum().item() for p in teacher.parameters())
    teacher_losses = train(teacher, training, of_text, 3e-3)
    torch.manual_seed(1)
    student = CharacterTransformer(len(alphabet), **STUDENT)
    student_losses = train(student, training, of_teacher(teacher), 1e-2)
    return {
        "drawn": drawn,
        "teacher": teacher_losses,
        "student": student_losses,
        "perplexities": [perplexity(teacher, test), perplexity(student, test)],
    }


torch.set_num_threads(1)
result = {"torch": torch.__version__.split("+")[0], "steps": STEPS, "context": CONTEXT}
for name, dtype in (("float64", torch.float64), ("float32", torch.float32)):
    result[name] = run(dtype)
(HERE / "train_transformer.json").write_text(json.dumps(result, separators=(",", ":")) + "\n")
