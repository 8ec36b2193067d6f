"""PyTorch. Arguments: the way ("eager" or "fused", with Adam's step as one kernel) and the threads."""

import sys
from pathlib import Path

import torch
from pytorch_models import CHECKED_STEPS, MODELS, trainer

sys.path.append(str(Path(__file__).parents[1] / "lib"))
from serve import serve  # noqa: E402

way, threads = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(threads)


def prepare(case):
    if case["task"] not in MODELS:
        return None
    step = trainer(case["task"], case["inputs"], fused=True if way == "fused" else None)
    return step, lambda: [step() for _ in range(CHECKED_STEPS)]


serve(f"PyTorch {torch.__version__} ({torch.backends.cpu.get_cpu_capability()})", prepare)
