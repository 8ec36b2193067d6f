"""PyTorch. Arguments: the way ("eager", "eager-log", "compiled", "compiled-log" or "sum") and the threads.

"-log" is the log_target form of kl_div; "sum" adds up both inputs, which is what reading them costs.
OMP_NUM_THREADS must be set too: torch.set_num_threads alone does not hold for matrix products.
"""

import sys
from pathlib import Path

import torch
import torch.nn.functional as F

sys.path.append(str(Path(__file__).parents[1] / "lib"))
from serve import serve  # noqa: E402

way, threads = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(threads)
CHECKED = 4


def load(file, shape):
    return torch.from_file(file, size=shape[0] * shape[1], dtype=torch.float32).clone().reshape(shape)


def default_form(a, b):
    return F.kl_div(F.log_softmax(b, -1), F.softmax(a, -1), reduction="batchmean")


def log_target_form(a, b):
    return F.kl_div(F.log_softmax(b, -1), F.log_softmax(a, -1), reduction="batchmean", log_target=True)


def compiled(function):
    return torch.compile(function, dynamic=False) if way.startswith("compiled") else function


def start(x):
    return x.flatten()[:CHECKED].tolist()


def prepare_divergence(a, b, task):
    if way == "sum":
        if task != "forward":
            return None
        both = lambda: (a.sum() + b.sum()).item()
        return both, lambda: None
    loss = compiled(log_target_form if way.endswith("-log") else default_form)
    wanted = {"forward": [], "backwardQ": [b], "backwardBoth": [a, b]}[task]
    for x in wanted:
        x.requires_grad = True

    def run():
        value = loss(a, b)
        for x in wanted:
            x.grad = None
        if wanted:
            value.backward()
        return value.item()

    return run, lambda: [run()] + [number for x in wanted for number in start(x.grad)]


def prepare(case):
    prepared = ready(case)
    if prepared is not None:
        prepared[0]()  # compiles, so that a compiler that is missing shows here
    return prepared


def ready(case):
    """What computes once, and what computes once and gives the numbers to check; None if not done."""
    torch.compiler.reset()
    task, shape, inputs = case["task"], case["shape"], case["inputs"]
    if task == "fromProbs":
        return None
    a = load(inputs[0], shape[:2])
    if task in ("softmax", "logSoftmax"):
        function = compiled(lambda x: (F.softmax if task == "softmax" else F.log_softmax)(x, -1))
        return lambda: function(a), lambda: start(function(a))
    if task == "matmul":
        b = load(inputs[1], shape[1:])
        return lambda: torch.mm(a, b), lambda: start(torch.mm(a, b))
    return prepare_divergence(a, load(inputs[1], shape), task)


serve(f"PyTorch {torch.__version__} ({torch.backends.cpu.get_cpu_capability()})", prepare)
