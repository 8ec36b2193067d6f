"""F.kl_div, F.softmax, F.log_softmax, F.softmin and F.mse_loss of real PyTorch, written to functional.json.

Inputs are multiples of 1/1024, so float32 and float64 have the same. Gradients are those for an upstream
gradient w; second derivatives those of (u * grad_a).sum() + (v * grad_b).sum() with respect to a, b and w,
where w, u and v are pattern(1), pattern(2) and pattern(3) of the shapes.

Run: python functional.py (needs torch 2.13)
"""

import itertools
import json
import math
import warnings
from pathlib import Path

import torch
import torch.nn.functional as F

warnings.simplefilter("ignore")
inf, nan = math.inf, math.nan
f32, f64 = torch.float32, torch.float64
NAMES = {f32: "float32", f64: "float64", torch.int32: "int32", torch.bool: "bool"}
generator = torch.Generator().manual_seed(0)


def encode(t):
    def number(v):
        if not math.isfinite(v):
            return "NaN" if math.isnan(v) else "Infinity" if v > 0 else "-Infinity"
        return float(f"{v:.9g}") if t.dtype == f32 else v

    values = [number(float(v)) for v in t.detach().reshape(-1)]
    return {"dtype": NAMES[t.dtype], "shape": list(t.shape), "values": values}


def grid(shape, low, high):
    return torch.randint(low, high, shape, generator=generator).to(f64) / 1024


def pattern(k, shape, dtype):
    """Weights that treat no two elements alike: ((i * 7 + k * 5) mod 16 + 1) / 8."""
    i = torch.arange(math.prod(shape))
    return (((i * 7 + k * 5) % 16 + 1).to(dtype) / 8).reshape(shape)


def derivatives(f, inputs, second=True):
    """The value of f, its first and second derivatives with the upstream weights of this file."""
    inputs = [x.clone().requires_grad_() for x in inputs]
    out = f(*inputs)
    w = pattern(1, out.shape, out.dtype).requires_grad_()
    first = torch.autograd.grad(out, inputs, w, create_graph=True)
    result = {"value": encode(out), "grads": [encode(g) for g in first]}
    if second:
        total = sum((pattern(2 + k, g.shape, g.dtype) * g).sum() for k, g in enumerate(first))
        found = torch.autograd.grad(total, [*inputs, w], allow_unused=True)
        result["second"] = [
            encode(torch.zeros_like(x) if g is None else g) for g, x in zip(found, [*inputs, w])
        ]
    return result


oracle = {}

# kl_div: shapes x reductions x log_target x dtypes
SHAPES = [(), (4,), (3, 4), (2, 3, 2), (2, 2, 1, 3), (0,), (0, 3), (2, 0)]
REDUCTIONS = ["none", "batchmean", "sum", "mean"]
matrix = []
for shape, log_target in itertools.product(SHAPES, [False, True]):
    x = grid(shape, -4096, 0)
    t = grid(shape, -4096, 0) if log_target else grid(shape, 1, 1024)
    entry = {"shape": shape, "logTarget": log_target, "input": encode(x), "target": encode(t), "results": []}
    for reduction, dtype in itertools.product(REDUCTIONS, [f32, f64]):
        run = derivatives(
            lambda a, b: F.kl_div(a, b, reduction=reduction, log_target=log_target),
            [x.to(dtype), t.to(dtype)],
            second=dtype == f64,
        )
        entry["results"].append({"reduction": reduction, "dtype": NAMES[dtype], **run})
    matrix.append(entry)
oracle["klDiv"] = matrix

# kl_div: special values, elementwise
special = []
for log_target, targets in [
    (False, [0.0, -0.0, 0.25, 1.0, -0.5, inf, nan]),
    (True, [-inf, -1.0, 0.0, 0.5, nan]),
]:
    pairs = list(itertools.product([-2.0, 0.0, 0.5, -inf, inf, nan], targets))
    x, t = torch.tensor(pairs, dtype=f64).T
    for dtype in [f32, f64]:
        run = derivatives(
            lambda a, b: F.kl_div(a, b, reduction="none", log_target=log_target),
            [x.to(dtype), t.to(dtype)],
        )
        case = {"logTarget": log_target, "dtype": NAMES[dtype], "input": encode(x), "target": encode(t)}
        special.append({**case, **run})
oracle["klDivSpecial"] = special

# kl_div: broadcasting and mixed dtypes
broadcast = []
for (a, b), reduction in itertools.product(
    [((2, 3), (3,)), ((3,), (2, 3)), ((2, 1), (1, 3)), ((), (3,)), ((3,), ()), ((4, 1, 2), (3, 1))],
    REDUCTIONS,
):
    x, t = grid(a, -4096, 0), grid(b, 1, 1024)
    run = derivatives(lambda p, q: F.kl_div(p, q, reduction=reduction), [x, t])
    broadcast.append({"reduction": reduction, "input": encode(x), "target": encode(t), **run})
oracle["klDivBroadcast"] = broadcast

mixed = []
for (a, da), (b, db) in [
    (((3,), f32), ((3,), f64)),
    (((3,), f64), ((3,), f32)),
    (((), f64), ((3,), f32)),
    (((3,), f32), ((), f64)),
]:
    x, t = grid(a, -4096, 0).to(da), grid(b, 1, 1024).to(db)
    run = derivatives(lambda p, q: F.kl_div(p, q, reduction="sum"), [x, t])
    mixed.append({"input": encode(x), "target": encode(t), **run})
oracle["klDivMixed"] = mixed

# kl_div: legacy arguments
x, t = grid((2, 3), -4096, 0), grid((2, 3), 1, 1024)
legacy = []
for size_average, reduce, reduction in itertools.product([None, True, False], [None, True, False], REDUCTIONS):
    if size_average is None and reduce is None:
        continue
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        value = F.kl_div(x, t, size_average=size_average, reduce=reduce, reduction=reduction)
        function = [str(w.message) for w in caught]
        module = torch.nn.KLDivLoss(size_average=size_average, reduce=reduce, reduction=reduction)
    legacy.append(
        {
            "sizeAverage": size_average,
            "reduce": reduce,
            "reduction": reduction,
            "value": encode(value),
            "named": [m.split("reduction='")[1].split("'")[0] for m in function],
            "moduleReduction": module.reduction,
        }
    )
oracle["klDivLegacy"] = {"input": encode(x), "target": encode(t), "cases": legacy}

# softmax, log_softmax, softmin
FUNCTIONS = {"softmax": F.softmax, "logSoftmax": F.log_softmax, "softmin": F.softmin}
soft = []
for name, f in FUNCTIONS.items():
    for shape, dim in [
        ((), 0), ((), None), ((4,), -1), ((4,), None), ((2, 3), 0), ((2, 3), 1), ((2, 3), None),
        ((2, 2, 3), 1), ((2, 2, 3), None), ((1, 2, 2, 2), None), ((1, 2, 2, 2), -2), ((0,), 0), ((0, 3), 1), ((2, 0), 1),
    ]:  # fmt: skip
        x = grid(shape, -3072, 3072)
        for dtype in [f32, f64]:
            run = derivatives(lambda a: f(a, dim=dim), [x.to(dtype)], second=dtype == f64)
            soft.append({"name": name, "dim": dim, "input": encode(x), "dtype": NAMES[dtype], **run})
oracle["softmax"] = soft

rows = torch.tensor(
    [
        [0.0, 1.0, -inf],
        [-inf, -inf, -inf],
        [0.0, inf, 1.0],
        [inf, inf, -inf],
        [nan, 0.0, 1.0],
        [-inf, 2.0, -inf],
        [1000.0, 999.0, -1000.0],
        [-0.0, 0.0, 1e-30],
    ],
    dtype=f64,
)
oracle["softmaxSpecial"] = [
    {"name": name, "dtype": NAMES[dtype], "input": encode(rows), **derivatives(lambda a: f(a, dim=-1), [rows.to(dtype)], second=False)}
    for name, f in FUNCTIONS.items()
    for dtype in [f32, f64]
]  # fmt: skip

converted = []
for name, f in FUNCTIONS.items():
    for x, dtype in [
        (torch.tensor([[1, 2, 3], [0, -1, 5]], dtype=torch.int32), f32),
        (torch.tensor([[1, 2, 3], [0, -1, 5]], dtype=torch.int32), f64),
        (grid((2, 3), -3072, 3072).to(f32), f64),
        (grid((2, 3), -3072, 3072), f32),
    ]:
        value = f(x, dim=-1, dtype=dtype)
        converted.append({"name": name, "input": encode(x), "dtype": NAMES[dtype], "value": encode(value)})
oracle["softmaxDType"] = converted

# mse_loss
mse = []
for (a, b), reduction, dtype in itertools.product(
    [((), ()), ((4,), (4,)), ((2, 3), (2, 3)), ((0,), (0,)), ((2, 3), (3,)), ((2, 1), (3,))],
    ["none", "sum", "mean"],
    [f32, f64],
):
    x, t = grid(a, -3072, 3072), grid(b, -3072, 3072)
    run = derivatives(lambda p, q: F.mse_loss(p, q, reduction=reduction), [x.to(dtype), t.to(dtype)], dtype == f64)
    case = {"reduction": reduction, "dtype": NAMES[dtype], "input": encode(x), "target": encode(t)}
    mse.append({**case, **run})
oracle["mseLoss"] = mse

path = Path(__file__).with_suffix(".json")
path.write_text(json.dumps(oracle, separators=(",", ":")) + "\n")
