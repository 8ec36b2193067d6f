"""The losses that every contender should find in its first steps, by PyTorch in float64: writes losses.json.

    python losses.py FOLDER        (a folder where write-inputs.ts wrote the inputs; needs torch)
"""

import json
import sys
from pathlib import Path

import torch
from pytorch_models import CHECKED_STEPS, MODELS, trainer

folder = Path(sys.argv[1])
losses = {}
for name in MODELS:
    step = trainer(name, sorted(folder.glob(f"{name}-*.bin")), torch.float64)
    losses[name] = [step() for _ in range(CHECKED_STEPS)]
Path(__file__).with_name("losses.json").write_text(json.dumps(losses, indent=2) + "\n")
