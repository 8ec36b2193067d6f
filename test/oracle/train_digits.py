"""The losses of examples/distill-digits.ts in PyTorch, step by step, written to train_digits.json.

Seed and data are the same; weights, the order of the images and dropout's masks follow from the seed. (On Intel's
processors PyTorch draws these masks by MKL's generator, which differs: run it on another.)

Run: python train_digits.py (needs torch 2.13, numpy)
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
EPOCHS, IMAGES, TEMPERATURE, ALPHA = 40, 100, 8, 0.9
torch.set_num_threads(1)


def train(make, images, labels, loss_of, score, batch_size, lr):
    torch.manual_seed(0)
    network = make()
    optimizer = torch.optim.Adam(network.parameters(), lr=lr)
    loader = DataLoader(TensorDataset(images, labels), batch_size=batch_size, shuffle=True)
    losses, scores = [], []
    for _ in range(EPOCHS):
        network.train()
        for x, y in loader:
            optimizer.zero_grad()
            loss = loss_of(network, x, y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        network.eval()
        scores.append(score(network))
    return network, {"losses": losses, "scores": scores}


def distill(dtype):
    torch.set_default_dtype(dtype)
    pixels = torch.from_numpy(np.load(DATA / "digits_images.npy")).to(dtype).div(16).flatten(1)
    digits = torch.from_numpy(np.load(DATA / "digits_labels.npy")).long()
    x, y, unseen, truth = pixels[:1400], digits[:1400], pixels[1400:], digits[1400:]

    def large():
        return nn.Sequential(
            nn.Linear(64, 128), nn.ReLU(), nn.Dropout(0.2), nn.Linear(128, 64), nn.ReLU(), nn.Dropout(0.2), nn.Linear(64, 10)
        )  # fmt: skip

    def small():
        return nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))

    def of_labels(network, x, y):
        return F.cross_entropy(network(x), y)

    def score(network):
        with torch.no_grad():
            return (network(unseen).argmax(-1) == truth).sum().item() / len(truth)

    teacher, large_run = train(large, x, y, of_labels, score, 64, 2e-3)

    def of_both(network, x, y):
        logits = network(x)
        with torch.no_grad():
            wanted = teacher(x)
        soft = F.kl_div((logits / TEMPERATURE).log_softmax(-1), (wanted / TEMPERATURE).softmax(-1), reduction="batchmean")
        return ALPHA * TEMPERATURE**2 * soft + (1 - ALPHA) * F.cross_entropy(logits, y)

    _, student = train(small, x[:IMAGES], y[:IMAGES], of_both, score, 20, 5e-3)
    _, alone = train(small, x[:IMAGES], y[:IMAGES], of_labels, score, 20, 5e-3)
    return {"teacher": large_run, "student": student, "alone": alone}


oracle = {"float64": distill(torch.float64), "float32": distill(torch.float32)}
for run in oracle["float32"].values():
    run["losses"] = [float(f"{loss:.9g}") for loss in run["losses"]]
Path(__file__).with_suffix(".json").write_text(json.dumps(oracle, separators=(",", ":")) + "\n")
