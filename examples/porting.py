import tempfile

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import nn, optim
from torch.utils import data

class Student(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(16, 12)
        self.norm = nn.LayerNorm(12)
        self.drop = nn.Dropout(0.1)
        self.out = nn.Linear(12, 5)

    def forward(self, x):
        h = F.gelu(self.norm(self.hidden(x)))
        return self.out(self.drop(h))

torch.manual_seed(0)
teacher = nn.Sequential(
    nn.Linear(16, 64), nn.Tanh(), nn.Linear(64, 5)
)
for parameter in teacher.parameters():
    nn.init.normal_(parameter, 0, 0.5)
teacher.eval()

x = torch.randn(640, 16)
with torch.no_grad():
    labels = teacher(x).argmax(-1)
dataset = data.TensorDataset(x, labels)
train, test = data.random_split(dataset, [512, 128])
loader = data.DataLoader(train, batch_size=32, shuffle=True)
[[test_x, test_y]] = data.DataLoader(test, batch_size=128)

student = Student()
optimizer = optim.AdamW(
    student.parameters(), lr=0.02, weight_decay=0.01
)
scheduler = optim.lr_scheduler.OneCycleLR(
    optimizer, max_lr=0.02, total_steps=8 * len(loader)
)

def loss_of(x, labels, temperature=2.0, alpha=0.7):
    with torch.no_grad():
        guide = teacher(x)
    logits = student(x)
    soft = F.kl_div(
        F.log_softmax(logits / temperature, dim=-1),
        F.softmax(guide / temperature, dim=-1),
        reduction="batchmean",
    )
    hard = F.cross_entropy(logits, labels)
    return alpha * temperature**2 * soft + (1 - alpha) * hard

path = f"{tempfile.gettempdir()}/student.safetensors"
best = float("inf")
for epoch in range(8):
    student.train()
    for inputs, targets in loader:
        optimizer.zero_grad()
        loss = loss_of(inputs, targets)
        loss.backward()
        nn.utils.clip_grad_norm_(student.parameters(), 1.0)
        optimizer.step()
        scheduler.step()

    student.eval()
    with torch.no_grad():
        test_loss = loss_of(test_x, test_y).item()
    print(f"epoch {epoch}: {loss.item():.4f}, test {test_loss:.4f}")
    if test_loss < best:
        best = test_loss
        save_file(student.state_dict(), path)

student.load_state_dict(load_file(path))
with torch.no_grad():
    right = student(test_x).argmax(-1) == test_y
print(f"accuracy {right.float().mean().item():.4f}")
