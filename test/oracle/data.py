"""Orders and splits of torch.utils.data, written to data.json.

Run: python data.py (needs torch 2.13)
"""

import json
import warnings
from pathlib import Path

import torch
from torch.utils.data import DataLoader, TensorDataset, random_split

warnings.simplefilter("ignore")
oracle = {"loaders": [], "splits": []}


def batches(loader):
    return [batch[0].tolist() for batch in loader]


for n, size, drop, shuffle in [(10, 3, False, True), (10, 3, True, True), (8, 4, False, True), (7, 2, False, False), (1, 5, False, True)]:
    for own in [False, True]:
        torch.manual_seed(n)
        generator = torch.Generator().manual_seed(123) if own else None
        data = TensorDataset(torch.arange(n, dtype=torch.float32))
        loader = DataLoader(data, batch_size=size, shuffle=shuffle, drop_last=drop, generator=generator)
        epochs = [batches(loader) for _ in range(3)]
        after = [torch.rand(2).tolist(), torch.rand(2, generator=generator).tolist() if own else []]
        oracle["loaders"].append({"n": n, "batchSize": size, "dropLast": drop, "shuffle": shuffle, "own": own, "epochs": epochs, "after": after})

for n, lengths in [(10, [7, 3]), (10, [0.5, 0.25, 0.25]), (11, [0.3, 0.3, 0.4]), (5, [0, 5])]:
    torch.manual_seed(7)
    parts = random_split(range(n), lengths)
    oracle["splits"].append({"n": n, "lengths": lengths, "parts": [list(p.indices) for p in parts]})

path = Path(__file__).with_suffix(".json")
path.write_text(json.dumps(oracle, separators=(",", ":")) + "\n")
