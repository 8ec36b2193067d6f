"""The models of models.ts in PyTorch."""

import torch
from torch import nn
from torch.nn.functional import cross_entropy

BATCH, CONTEXT, WIDTH, HEADS, LAYERS, VOCABULARY = 16, 64, 64, 4, 2, 65
LEARNING_RATE = 1e-3
CHECKED_STEPS = 3


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.before = nn.LayerNorm(WIDTH)
        self.attention = nn.MultiheadAttention(WIDTH, HEADS, batch_first=True)
        self.between = nn.LayerNorm(WIDTH)
        self.perceptron = nn.Sequential(nn.Linear(WIDTH, 4 * WIDTH), nn.ReLU(), nn.Linear(4 * WIDTH, WIDTH))

    def forward(self, x, mask):
        y = self.before(x)
        x = x + self.attention(y, y, y, need_weights=False, attn_mask=mask, is_causal=True)[0]
        return x + self.perceptron(self.between(x))


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.characters = nn.Embedding(VOCABULARY, WIDTH)
        self.places = nn.Embedding(CONTEXT, WIDTH)
        self.blocks = nn.ModuleList([Block() for _ in range(LAYERS)])
        self.norm = nn.LayerNorm(WIDTH)
        self.head = nn.Linear(WIDTH, VOCABULARY)
        self.mask = torch.ones(CONTEXT, CONTEXT, dtype=torch.bool).triu(1)

    def forward(self, x):
        hidden = self.characters(x) + self.places(torch.arange(CONTEXT))
        for block in self.blocks:
            hidden = block(hidden, self.mask)
        return self.head(self.norm(hidden)).reshape(-1, VOCABULARY)


def cnn():
    return nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(784, 10),
    )


MODELS = {
    "mlp": (lambda: nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10)), (64, 784)),
    "transformer": (Transformer, (BATCH, CONTEXT)),
    "cnn": (cnn, (64, 1, 28, 28)),
}


def numbers(file):
    return torch.frombuffer(bytearray(open(file, "rb").read()), dtype=torch.float32)


def trainer(name, files, dtype=torch.float32, fused=None):
    """A function that trains a model for one step and returns what its loss was before."""
    build, shape = MODELS[name]
    model = build().to(dtype)
    start, batch = (numbers(file) for file in files)
    nn.utils.vector_to_parameters(start.to(dtype), model.parameters())
    count = torch.Size(shape).numel()
    x, y = batch[:count].reshape(shape), batch[count:].long()
    x = x.long() if name == "transformer" else x.to(dtype)
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE, fused=fused)

    def step():
        optimizer.zero_grad()
        loss = cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step
