"""Tensors as PyTorch prints them, in Kullback's spelling, written to format.json.

The text is torch/_tensor_str.py's; only the suffixes are respelled before it breaks lines.

Run: python format.py (needs torch 2.13)
"""

import json
import math
import re
from pathlib import Path

import torch
from torch import _tensor_str

add_suffixes = _tensor_str._add_suffixes


def respell(suffix):
    suffix = suffix.replace("torch.", "").replace("requires_grad=True", "requiresGrad=true")
    return re.sub(r"grad_fn=<(\D+)\d*>", r"gradFn=<\1>", suffix)


_tensor_str._add_suffixes = lambda text, suffixes, indent, force_newline: add_suffixes(
    text, [respell(s) for s in suffixes], indent, force_newline
)

DTYPES = {"float32": torch.float32, "float64": torch.float64, "int32": torch.int32, "bool": torch.bool}
inf, nan = math.inf, math.nan
cases = []


def encode(v):
    if isinstance(v, float) and not math.isfinite(v):
        return "NaN" if math.isnan(v) else "Infinity" if v > 0 else "-Infinity"
    return v


def elements(t):
    if t.dtype == torch.float32:
        return [encode(float(str(v))) for v in t.flatten().numpy()]
    return [encode(v) for v in t.flatten().tolist()]


def record(t, data, grad, options):
    torch.set_printoptions(profile="default")
    torch.set_printoptions(**{re.sub("M", "_m", k): v for k, v in options.items()})
    case = {"shape": list(t.shape), "dtype": str(t.dtype)[6:], **data}
    if grad == "leaf":
        t.requires_grad_()
        case["requiresGrad"] = True
    elif grad:
        case["gradFn"] = grad
        t = {"MulBackward": lambda x: x * 1, "SqueezeBackward": lambda x: x.unsqueeze(0).squeeze(0)}[grad](t.requires_grad_())
        case["requiresGrad"] = True
    if options:
        case["options"] = {k: encode(v) for k, v in options.items()}
    case["text"] = repr(t)
    cases.append(case)


def values(data, dtype="float32", shape=None, grad=None, **options):
    t = torch.tensor(data, dtype=DTYPES[dtype])
    if shape is not None:
        t = t.reshape(shape)
    record(t, {"values": elements(t)}, grad, options)


def pattern(shape, dtype="float32", rule=(1, 2**31, 0, 1), grad=None, **options):
    """Element i is ((i * multiplier) % modulus + shift) * scale."""
    multiplier, modulus, shift, scale = rule
    n = math.prod(shape)
    t = torch.tensor([((i * multiplier) % modulus + shift) * scale for i in range(n)], dtype=torch.float64)
    record(t.to(DTYPES[dtype]).reshape(shape), {"rule": rule}, grad, options)


# Single numbers.
for x in [0.0, -0.0, 1.0, -1.0, 0.5, 0.0226, 1 / 3, -2 / 3, 1e-4, 9.99e-5, 1e-5, 123456.789, 1e8, 1.5e8, 99999999.0, 1e9]:
    values(x)
for x in [inf, -inf, nan, 3.4028234663852886e38, 1e-45, 16777216.0]:
    values(x)
for x in [0.1, 1e300, -5e-324, 1e22, 12345678.9]:
    values(x, "float64")
values(7, "int32")
values(-(2**31), "int32")
values(True, "bool")
values(False, "bool")
values(0.0226, grad="leaf")
values(0.0226, grad="MulBackward")
values(0.0226, "float64", grad="MulBackward")

# Vectors: integers, spreads, zeros, non-finite numbers, ties.
for data in [
    [1.0, 2.0, 3.0],
    [-1.0, 20.0, 300.0],
    [0.0, 0.0],
    [-0.0, 0.0],
    [-0.0, 1.5],
    [1.0, nan],
    [1.5, nan, -inf],
    [inf, -inf, nan],
    [1e10, nan, -inf, 0.0],
    [1e-3, 1.0],
    [0.999e-3, 1.0],
    [1.0, 1000.0],
    [1.0, 1001.0],
    [0.5, 501.0],
    [1e-4, 2e-4],
    [1e-5, 2e-5],
    [-1e-30, 1e30],
    [0.03125, 0.09375, 0.15625],
    [0.00005, 1.00005, 0.5],
    [9.99995, 99.99995],
    [2.0, 1e8],
    [2e8, 3e8],
    [100000000.0],
    [1.0, 2.5, -3.25],
]:
    values(data)
    values(data, "float64")
values([1, -2, 30], "int32")
values([2**31 - 1, -(2**31), 0], "int32")
values([True, False, True], "bool")
values([True, True], "bool")

# Shapes, wrapping and nesting.
for shape in [(1,), (30,), (1, 1), (2, 3), (3, 1), (4, 20), (2, 2, 3), (2, 1, 2, 2), (1, 2, 1, 2, 2), (3, 2, 1, 15)]:
    pattern(shape, rule=(7919, 1009, -500, 0.01))
    pattern(shape, "int32", rule=(7919, 1009, -500, 1))
for shape in [(100,), (999,), (1000,), (10, 100)]:
    pattern(shape, "float64", rule=(7919, 1009, -500, 0.001))
pattern((40,), "bool", rule=(3, 2, 0, 1))
pattern((3, 17), "bool", rule=(3, 2, 0, 1))

# Empty tensors.
for dtype in DTYPES:
    for shape in [(0,), (0, 3), (2, 0), (2, 3, 0)]:
        values([], dtype, shape)
values([], shape=(0, 3), grad="leaf")
values([], "float64", shape=(0,), grad="MulBackward")

# Summaries: every axis long, some short, numbers out of sight that would change the format.
for shape in [(1001,), (10_000,), (2, 1000), (1000, 2), (50, 50), (7, 6, 40), (6, 7, 40), (11, 11, 11), (3, 5, 7, 11), (2, 1, 1, 2000)]:
    pattern(shape, rule=(7919, 1009, -500, 0.01))
pattern((2000,), "float64", rule=(7919, 1000003, -500, 1e-7))
pattern((100, 200), "int32", rule=(7919, 1000003, -500, 1))
pattern((40, 40), "bool", rule=(3, 2, 0, 1))
pattern((1001,), rule=(1, 2**31, 0, 1))
pattern((5000,), rule=(1, 2**31, 0, 1e6))
pattern((2, 600), "float64", rule=(7919, 1009, -500, 0.01), grad="MulBackward")

# Suffixes that fit and suffixes that do not.
for n in range(5, 10):
    pattern((n,), rule=(7919, 1009, -500, 0.01), grad="MulBackward")
    pattern((n,), "float64", rule=(7919, 1009, -500, 0.01), grad="SqueezeBackward")
    pattern((2, n), "float64", rule=(7919, 1009, -500, 0.01), grad="leaf")
    pattern((n + 8,), "int32", rule=(7919, 100, 0, 1))

# Options.
for options in [
    {"precision": 0},
    {"precision": 2},
    {"precision": 10},
    {"precision": 25},
    {"sciMode": True},
    {"sciMode": False},
    {"linewidth": 40},
    {"linewidth": 0},
    {"threshold": 5},
    {"threshold": 5, "edgeitems": 1},
    {"edgeitems": 0},
    {"threshold": 5, "edgeitems": 0},
    {"profile": "short"},
    {"profile": "full"},
]:
    values([0.5, 1.5, 2.5, -1234.5678, 1e-7, nan, 0.125], **options)
    values([1e25, -2.0, 0.0, 3.0], "float64", **options)
    pattern((3, 10), rule=(7919, 1009, -500, 0.01), **options)
    pattern((2, 2, 9), "int32", rule=(7919, 1009, -500, 1), grad=None, **options)

numbers = [
    {"x": x, "decimals": p, "fixed": f"{x:.{p}f}", "exponential": f"{x:.{p}e}"}
    for x in [0.0, -0.0, 0.5, 1.5, 2.5, -2.5, 0.125, 0.375, 9.5, 99.5, 9.99995, 1e22, 1e23, 1e21, 123456789012345680000.0]
    + [5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 1e-5, 0.00005, 1 / 3, -1e-7, 4503599627370497.5, 2.0**70]
    for p in [0, 1, 4, 20]
]

result = {"torch": torch.__version__.split("+")[0], "cases": cases, "numbers": numbers}
target = Path(__file__).with_suffix(".json")
target.write_text(json.dumps(result, separators=(",", ":")) + "\n")
print(target.name, target.stat().st_size, len(cases), "tensors")
