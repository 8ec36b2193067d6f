"""Modules of real PyTorch, written to nn.json: what Linear draws and computes, and how modules print.

Run: python nn.py (needs torch 2.13)
"""

import json
import re
from pathlib import Path

import torch
from torch import nn

NAMES = {torch.float32: "float32", torch.float64: "float64"}


def encode(t):
    digits = (lambda v: float(f"{v:.9g}")) if t.dtype == torch.float32 else float
    values = [digits(v) for v in t.detach().reshape(-1).tolist()]
    return {"dtype": NAMES[t.dtype], "shape": list(t.shape), "values": values}


def respell(text):
    """As Kullback writes names and booleans."""
    text = re.sub(r"_([a-z])", lambda m: m[1].upper(), text)
    return text.replace("=True", "=true").replace("=False", "=false").replace("=None", "=undefined")


linear = []
for seed, inputs, outputs, bias, dtype in [
    (0, 3, 2, True, torch.float32),
    (0, 3, 2, True, torch.float64),
    (1, 16, 4, True, torch.float32),
    (2, 7, 5, False, torch.float64),
    (3, 5, 5, True, torch.float64),
    (4, 1, 1, True, torch.float32),
]:
    torch.manual_seed(seed)
    layer = nn.Linear(inputs, outputs, bias=bias, dtype=dtype)
    after = torch.rand(1)
    x = (torch.arange(2 * inputs, dtype=dtype).reshape(2, inputs) - inputs) / 4
    linear.append(
        {
            "seed": seed,
            "in": inputs,
            "out": outputs,
            "dtype": NAMES[dtype],
            "weight": encode(layer.weight),
            "bias": encode(layer.bias) if bias else None,
            "output": encode(layer(x)),
            "after": encode(after),
        }
    )


class Inner(nn.Module):
    def __init__(self):
        super().__init__()
        self.act = nn.ReLU()

    def extra_repr(self):
        return "first line\nsecond=line"


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(2, 3)
        self.inner = Inner()
        self.tail = nn.Sequential(nn.Linear(3, 2, bias=False), nn.Softmax(dim=-1), nn.LogSoftmax(dim=None))
        self.loss = nn.KLDivLoss()


class Empty(nn.Module):
    pass


modules = [Net(), Net().tail, nn.Linear(2, 3), nn.ReLU(), nn.Softmax(dim=0), nn.LogSoftmax(dim=1), nn.KLDivLoss(), nn.MSELoss(), nn.Sequential(), Empty(), nn.Parameter(torch.tensor([1.0, 2.5]))]  # fmt: skip
net = Net()
net.fc.register_buffer("mean", torch.zeros(3))

oracle = {
    "linear": linear,
    "printed": [respell(repr(module)) for module in modules],
    "names": {
        "stateDict": list(net.state_dict()),
        "parameters": [name for name, _ in net.named_parameters()],
        "buffers": [name for name, _ in net.named_buffers()],
        "modules": [name for name, _ in net.named_modules()],
        "children": [name for name, _ in net.named_children()],
    },
}
path = Path(__file__).with_suffix(".json")
path.write_text(json.dumps(oracle, separators=(",", ":")) + "\n")
