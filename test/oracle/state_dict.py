"""State dicts of real PyTorch as Python's safetensors writes them, in state_dict.json with what the models compute.

Run: python state_dict.py (needs torch 2.13 and safetensors)
"""

import base64
import json
from pathlib import Path

import torch
from safetensors.torch import save
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first_conv = nn.Conv2d(1, 2, 2)
        self.norm = nn.BatchNorm2d(2)
        self.attention = nn.MultiheadAttention(4, 2, batch_first=True)
        self.out = nn.Sequential(nn.LayerNorm(4), nn.Linear(4, 3))

    def forward(self, x):
        h = self.norm(self.first_conv(x)).flatten(2)
        h, _ = self.attention(h, h, h)
        return self.out(h)


torch.manual_seed(11)
net = Net()
x = torch.arange(18.0).reshape(2, 1, 3, 3) / 8
for _ in range(3):
    net(x)
net.eval()
oracle = {
    "keys": list(net.state_dict()),
    "output": net(x).tolist(),
    "file": base64.b64encode(save(net.state_dict())).decode(),
    "half": base64.b64encode(save(net.half().state_dict())).decode(),
}
Path(__file__).with_suffix(".json").write_text(json.dumps(oracle, separators=(",", ":")) + "\n")
