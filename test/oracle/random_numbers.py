"""Random numbers of PyTorch on CPU (x86 with AVX2), written to random_numbers.json.

Run: python random_numbers.py (needs torch 2.13 and numpy)
"""

import base64
import json
from pathlib import Path

import numpy
import torch

DTYPES = {"float32": torch.float32, "float64": torch.float64, "int32": torch.int32, "bool": torch.bool}
SIZES = [0, 1, 2, 5, 15, 16, 17, 31, 32, 33, 48, 100]


def numbers(t):
    """The elements; float32 with just the digits that tell float32 numbers apart."""
    if t.dtype == torch.float32:
        return [float(str(v)) for v in t.numpy()]
    return [int(v) if t.dtype == torch.bool else v for v in t.tolist()]


def generator(seed):
    return torch.Generator().manual_seed(seed)


def call(g, op, size, dtype, **arguments):
    """One call, as the arguments to repeat it and the values it gave."""
    t = torch.empty(size, dtype=DTYPES[dtype])
    if op == "uniform":
        t.uniform_(arguments.get("from", 0), arguments.get("to", 1), generator=g)
    elif op == "normal":
        t.normal_(arguments.get("mean", 0), arguments.get("std", 1), generator=g)
    else:
        torch.randint(arguments["low"], arguments["high"], (size,), generator=g, out=t)
    return {"op": op, "size": size, "dtype": dtype, **arguments, "values": numbers(t)}


def run(seed, *calls):
    g = generator(seed)
    return {"seed": seed, "calls": [call(g, *c[:3], **(c[3] if len(c) > 3 else {})) for c in calls]}


streams = []
for seed in [0, 1, -1]:
    for dtype in ["float32", "float64"]:
        for op in ["uniform", "normal"]:
            streams += [run(seed, (op, size, dtype)) for size in SIZES]
for dtype in ["float32", "float64"]:
    for op in ["uniform", "normal"]:
        streams.append(run(42, (op, 1000, dtype)))
        streams.append(run(67280421310721, (op, 3, dtype)))

# Calls that share one generator: the kept normal survives other draws and larger fills.
streams.append(run(7, ("normal", 3, "float32"), ("normal", 3, "float32"), ("uniform", 2, "float32")))
streams.append(run(7, ("normal", 1, "float64"), ("uniform", 3, "float64"), ("normal", 1, "float32")))
streams.append(run(7, ("normal", 5, "float32"), ("normal", 20, "float32"), ("normal", 2, "float64")))
streams.append(
    run(8, ("normal", 1, "float32"), ("randint", 4, "int32", {"low": 0, "high": 10}), ("normal", 2, "float32"))
)
streams.append(run(9, ("uniform", 700, "float32"), ("normal", 17, "float64"), ("uniform", 3, "float64")))

for dtype in ["float32", "float64"]:
    for bounds in [(-1, 1), (-0.3, 0.77), (5, 5), (1, 1 + 2**-23), (-1e38, 1e38)]:
        streams.append(run(3, ("uniform", 20, dtype, {"from": bounds[0], "to": bounds[1]})))
    for mean, std in [(0.3, 1.7), (-100, 1e-3), (2, 0)]:
        for size in [5, 20]:
            streams.append(run(3, ("normal", size, dtype, {"mean": mean, "std": std})))
for low, high in [(0, 1), (0, 10), (-5, 5), (0, 2**24 + 1), (-(2**24), 2**24 + 1)]:
    for dtype in ["int32", "float32", "float64"]:
        streams.append(run(4, ("randint", 12, dtype, {"low": low, "high": high})))
for low, high in [(0, 2**28 - 1), (0, 2**28), (-(2**31), 2**31), (3, 2**31)]:
    streams.append(run(4, ("randint", 12, "int32", {"low": low, "high": high})))
for low, high in [(0, 2**28), (0, 2**32), (-(2**53), 2**53), (-1, 2**52)]:
    streams.append(run(4, ("randint", 12, "float64", {"low": low, "high": high})))
streams.append(run(4, ("randint", 12, "bool", {"low": 0, "high": 2})))

permutations = []
for n in [0, 1, 2, 10, 100, 1000, 50_000]:
    for seed in [0, 5]:
        p = torch.randperm(n, generator=generator(seed))
        weighted = int((p * torch.arange(1, n + 1)).sum())
        permutations.append({"seed": seed, "n": n, "first": p[:100].tolist(), "weightedSum": weighted})

# From n = 214,748,364 on randperm shuffles "inside out" on 64-bit draws. Too long to record, so the same
# rule on short arrays, with the draws of NumPy's mt19937.
inside_out = []
for n, seed in [(1, 0), (2, 0), (100, 5)]:
    draws = numpy.random.RandomState(seed).randint(0, 2**32, size=2 * n, dtype=numpy.uint32).tolist()
    values = []
    for i in range(n):
        j = ((draws[2 * i] << 32) | draws[2 * i + 1]) % (i + 1)
        values.append(i)
        values[i], values[j] = values[j], i
    inside_out.append({"seed": seed, "n": n, "values": values})

states = []
for seed, normals in [(11, 0), (11, 3), (-2, 40), (12, 624), (13, 312 * 2 + 1)]:
    g = generator(seed)
    torch.randn(normals % 16, generator=g)
    torch.randn(normals - normals % 16, generator=g)
    state = base64.b64encode(g.get_state().numpy().tobytes()).decode()
    after = [call(g, "normal", 3, "float32"), call(g, "uniform", 3, "float32")]
    states.append({"seed": seed, "normals": normals, "state": state, "after": after})

seeds = [
    {"seed": seed, "initialSeed": str(generator(seed).initial_seed()), "first": numbers(torch.rand(2, generator=generator(seed)))}
    for seed in [0, 1, -1, -5, 2**31, 2**32, 2**32 + 1, 2**53 - 1, -(2**53 - 1)]
]

result = {
    "torch": torch.__version__.split("+")[0],
    "defaultSeed": str(torch.Generator().initial_seed()),
    "seeds": seeds,
    "streams": streams,
    "permutations": permutations,
    "insideOut": inside_out,
    "states": states,
}
target = Path(__file__).with_suffix(".json")
target.write_text(json.dumps(result, separators=(",", ":")) + "\n")
print(target.name, target.stat().st_size)
