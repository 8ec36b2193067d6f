"""Rules of tensors by real PyTorch (2.13, CPU): type promotion, creation, views and copies.

    python tensor_rules.py      # writes tensor-rules.json next to itself

int64 is written int32: Kullback has no other integers.
"""

import itertools
import json
import math
import pathlib

import torch

here = pathlib.Path(__file__).parent
DTYPES = {"bool": torch.bool, "int32": torch.int32, "float32": torch.float32, "float64": torch.float64}


def name(dtype):
    return {"int64": "int32"}.get(str(dtype).removeprefix("torch."), str(dtype).removeprefix("torch."))


def values(x):
    if x.dtype == torch.float32:
        return [float(str(v)) for v in x.reshape(-1).numpy()]
    return x.reshape(-1).tolist()


# Promotion: [kind, kind, result], a kind being "float32[2]" (with an axis), "float32[]" (0-d) or a plain value.

kinds = {f"{n}{s}": torch.ones([2] if s == "[2]" else [], dtype=d) for n, d in DTYPES.items() for s in ("[2]", "[]")}
kinds |= {"2": 2, "0.5": 0.5, "true": True}
promotion = [[a, b, name(torch.result_type(x, y))] for (a, x), (b, y) in itertools.product(kinds.items(), repeat=2)]
dtypes = [[a, b, name(torch.promote_types(DTYPES[a], DTYPES[b]))] for a, b in itertools.product(DTYPES, repeat=2)]

# Creation

ranges = []
for args in ((5,), (0,), (2.5,), (1, 4), (0, 1, 0.1), (1, 2, 0.1), (0, 10, 0.3), (5, 0, -1), (1, 0, -0.1), (-1, 1, 0.25),
             (3, 3), (0.1, 5, 0.7), (1e-3, 2e-2, 1e-3), (0, 100, 3.3), (16777210, 16777220)):
    for dtype in ("float32", "float64", "int32"):
        if dtype != "int32" or all(isinstance(a, int) for a in args):
            ranges.append([list(args), dtype, values(torch.arange(*args, dtype=DTYPES[dtype]))])
spaces = []
for args in ((0, 1, 5), (0, 1, 11), (-1, 1, 8), (1, 0, 7), (0.1, 0.7, 10), (3, 3, 4), (0, 1, 1), (5, 9, 0), (0, 1, 2), (-3.3, 1e3, 19), (0, 1, 33)):
    for dtype in ("float32", "float64"):
        spaces.append([list(args), dtype, values(torch.linspace(*args, dtype=DTYPES[dtype]))])

torch.manual_seed(42)
random = {
    "seed": 42,
    "rand": values(torch.rand(2, 3)),
    "randn": values(torch.randn(2, 2)),
    "randn17": values(torch.randn(17)),
    "rand64": values(torch.rand(3, dtype=torch.float64)),
    "randint": values(torch.randint(-3, 10, (6,))),
    "randperm": values(torch.randperm(7)),
    "rand0": values(torch.rand(())),
    "after": values(torch.randn(3)),
}

# Views: [how x is made from arange, its shape and strides, [[target, strides of view(target) or null if it must copy], …]]


def factorisations(n, axes):
    if axes == 1:
        return [[n]]
    return [[f, *rest] for f in range(1, n + 1) if n % f == 0 for rest in factorisations(n // f, axes - 1)]


def targets(n):
    if n == 0:
        return [[0], [0, 1], [3, 0], [1, 0, 2]]
    if n == 1:
        return [[], [1], [1, 1]]
    return factorisations(n, 1) + factorisations(n, 2) + factorisations(n, 3)


views = []


def view_case(how, x):
    rows = []
    for target in targets(x.numel()):
        shared = x.numel() > 0 and x.reshape(target).data_ptr() == x.data_ptr()
        try:
            strides = list(x.view(target).stride())
        except RuntimeError:
            strides = None
        assert x.numel() == 0 or shared == (strides is not None)
        rows.append([target, strides])
    views.append([how, list(x.shape), list(x.stride()), x.storage_offset(), x.is_contiguous(), rows])


for shape in ([2, 3, 2], [1, 4, 2], [2, 1, 2], [6], [0, 3], [1]):
    for order in itertools.permutations(range(len(shape))):
        base = torch.arange(math.prod(shape)).view(shape)
        view_case({"shape": shape, "permute": list(order)}, base.permute(order))
        for dim, (start, length) in itertools.product(range(len(shape)), ((0, 1), (1, 1), (1, 2))):
            if base.permute(order).shape[dim] >= start + length and shape not in ([0, 3], [1]):
                how = {"shape": shape, "permute": list(order), "narrow": [dim, start, length]}
                view_case(how, base.permute(order).narrow(dim, start, length))
for shape, target in (([3, 1], [3, 2]), ([1, 3], [2, 3]), ([2], [3, 2]), ([1], [4]), ([2, 1, 2], [2, 2, 2])):
    view_case({"shape": shape, "expand": target}, torch.arange(math.prod(shape)).view(shape).expand(target))

out = {"torch": torch.__version__, "promotion": promotion, "dtypes": dtypes, "arange": ranges, "linspace": spaces, "random": random, "views": views}
text = "{" + ",\n".join(f"{json.dumps(k)}:{json.dumps(v, separators=(',', ':'))}" for k, v in out.items()) + "}\n"
(here / "tensor-rules.json").write_text(text)
print(len(text), "bytes", len(views), "views")
