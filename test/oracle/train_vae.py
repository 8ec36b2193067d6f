"""The losses of examples/vae-digits.ts in PyTorch, step by step, written to train_vae.json: same seed, same data.

Run: python train_vae.py (needs torch 2.13, numpy)
"""

import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

HERE = Path(__file__).parent
DATA = HERE.parent.parent / "examples" / "data"
EPOCHS, LATENT = 60, 8
torch.set_num_threads(1)


class VariationalAutoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 2 * LATENT))
        self.decoder = nn.Sequential(nn.Linear(LATENT, 128), nn.ReLU(), nn.Linear(128, 64))

    def forward(self, images):
        mean, log_variance = self.encoder(images).chunk(2, -1)
        z = mean + torch.exp(log_variance / 2) * torch.randn_like(mean)
        reconstruction = F.binary_cross_entropy_with_logits(self.decoder(z), images, reduction="sum")
        latent = torch.distributions.Normal(mean, torch.exp(log_variance / 2))
        divergence = torch.distributions.kl_divergence(latent, torch.distributions.Normal(0.0, 1.0)).sum()
        return (reconstruction + divergence) / images.size(0)


def learn(dtype):
    torch.set_default_dtype(dtype)
    pixels = torch.from_numpy(np.load(DATA / "digits_images.npy")).to(dtype).div(16).flatten(1)
    torch.manual_seed(0)
    network = VariationalAutoencoder()
    optimizer = torch.optim.Adam(network.parameters(), lr=2e-3)
    loader = DataLoader(TensorDataset(pixels[:1400]), batch_size=64, shuffle=True)
    losses, scores = [], []
    for _ in range(EPOCHS):
        for (images,) in loader:
            optimizer.zero_grad()
            loss = network(images)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        with torch.no_grad():
            scores.append(network(pixels[1400:]).item())
    return {"losses": losses, "scores": scores}


oracle = {"float64": learn(torch.float64), "float32": learn(torch.float32)}
oracle["float32"] = {name: [float(f"{x:.9g}") for x in values] for name, values in oracle["float32"].items()}
Path(__file__).with_suffix(".json").write_text(json.dumps(oracle, separators=(",", ":")) + "\n")
