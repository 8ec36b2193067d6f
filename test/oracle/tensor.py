"""Values, shapes, dtypes, first and second derivatives of tensor operations, by real PyTorch (2.13, CPU).

    python tensor.py        # writes tensor-*.json next to itself

A case: {"op", "in": [inputs], "args": [...], "out": [arrays], "grads": [arrays], "grads2": [arrays]} or, where
PyTorch refuses the call, {"op", "in", "args", "error"}. An input is a plain number or names an array of
"pool" with a view of it and a dtype: "m.T/float32". Gradients are with respect to the pool's array, before
the view was taken. An array: {"s": shape, "d": dtype, "v": elements in C order, "e": how far PyTorch's own
float32 result lies from its float64 one, if that is more than 2e-6 of it}. int64 is written int32.
"""

import json
import math
import pathlib
import warnings

import numpy as np
import torch
import torch.nn.functional as F

warnings.simplefilter("ignore")
here = pathlib.Path(__file__).parent
rng = np.random.default_rng(20)
nan, inf = math.nan, math.inf
DTYPES = {"float64": torch.float64, "float32": torch.float32, "int32": torch.int32, "bool": torch.bool}


def distinct(*shape, low=-2.4, high=2.5, digits=2):
    """Numbers of few digits, no two alike and none zero."""
    n = math.prod(shape)
    grid = np.linspace(low, high, max(n, 1)) + 0.005
    return np.round(rng.permutation(grid)[:n], digits).reshape(shape)


pool = {
    "s": np.array(0.7),
    "s2": np.array(-1.3),
    "v": distinct(4),
    "w": distinct(4),
    "one": distinct(1),
    "m": distinct(3, 4),
    "m2": distinct(3, 4),
    "col": distinct(3, 1),
    "sq": distinct(3, 3),
    "b3": distinct(3),
    "mn": distinct(4, 2),
    "c": distinct(2, 3, 4),
    "c2": distinct(2, 4, 3),
    "mid": distinct(2, 1, 3),
    "q": distinct(2, 1, 3, 2),
    "q2": distinct(2, 2, 1),
    "pos": distinct(3, 4, low=0.1, high=3),
    "posv": distinct(4, low=0.1, high=3),
    "i": np.array([[3, -2, 0, 7], [5, 1, -4, 2]], float),
    "i2": np.array([2, 3, 1, 4], float),
    "tf": np.array([[1, 0, 0, 1], [0, 0, 0, 0], [1, 1, 1, 1]], float),
    "tv": np.array([1, 0, 1, 0], float),
    "ties": np.array([[1, 2, 2, 0], [3, 3, 3, 3], [-1, -1, 0, -1]], float),
    "zeros": np.array([[0, 2, 3, -1.5], [0, 0, 3, 1], [1.5, 2, -3, 0.5]], float),
    "allzero": np.zeros((2, 3)),
    "same": np.full((2, 3), 1.25),
    "special": np.array([nan, inf, -inf, -0.0, 0.0, 1, -1, 1e-20, -1e-9, 40, -40, 800, -800]),
    "nans": np.array([[1, nan, 2], [nan, nan, 3], [0, 1, 2], [-inf, 2, nan]], float),
    "infs": np.array([[-inf, -inf, -inf], [-inf, 1, 2], [inf, 1, 2], [inf, inf, -inf]], float),
    "big": np.array([[1000, 999, 998.5], [-1000, -1000.5, -999]], float),
    "e0": np.zeros((0,)),
    "e3": np.zeros((0, 3)),
    "e30": np.zeros((3, 0)),
    "eq": np.zeros((2, 0, 3)),
    "grida": np.repeat(np.array([nan, inf, -inf, -0.0, 0.0, 1, -1, 0.5, -2, 3]), 10).reshape(10, 10),
    "gridb": np.tile(np.array([nan, inf, -inf, -0.0, 0.0, 1, -1, 0.5, -2, 3]), 10).reshape(10, 10),
    "idx": np.array([2, 0, 2, 1], float),
    "idxm": np.array([[0, 2, 1, 1], [2, 2, 0, 1]], float),
    "idxn": np.array([[3, 0], [1, 1], [2, 0]], float),
    "idx0": np.array(0.0),
    "idxe": np.zeros((0,)),
    "neg1": np.array([0, -1], float),
}

VIEWS = {
    "T": lambda x: x.transpose(-2, -1),
    "N": lambda x: x.narrow(-1, 1, x.shape[-1] - 2),
    "E": lambda x: x.expand(3, *x.shape),
    "F": lambda x: x.narrow(0, 1, x.shape[0] - 1),
    "P": lambda x: x.permute(2, 0, 1),
}

unary = {
    "neg": torch.neg, "exp": torch.exp, "expm1": torch.expm1, "log": torch.log, "log1p": torch.log1p,
    "log2": torch.log2, "sqrt": torch.sqrt, "abs": torch.abs, "sign": torch.sign, "sigmoid": torch.sigmoid,
    "tanh": torch.tanh, "relu": torch.relu, "softplus": F.softplus, "gelu": F.gelu, "erf": torch.erf,
    "isnan": torch.isnan, "isfinite": torch.isfinite, "logicalNot": torch.logical_not,
}
binary = {
    "add": torch.add, "sub": torch.sub, "mul": torch.mul, "div": torch.div, "pow": torch.pow,
    "xlogy": torch.xlogy, "maximum": torch.maximum, "minimum": torch.minimum, "eq": torch.eq, "ne": torch.ne,
    "lt": torch.lt, "le": torch.le, "gt": torch.gt, "ge": torch.ge,
}


def dims_of(dim):
    return tuple(dim) if isinstance(dim, list) else dim


def reduction(f):
    return lambda x, dim=None, keepdim=False: f(x) if dim is None else f(x, dim=dims_of(dim), keepdim=keepdim)


def pair(f):
    return lambda x, dim=None, keepdim=False: f(x) if dim is None else tuple(f(x, dim=dim, keepdim=keepdim))


def spread(f):
    def call(x, dim=None, correction=1, keepdim=False):
        return f(x, dim=None if dim is None else dims_of(dim), correction=correction, keepdim=keepdim)
    return call


def index(i):
    return i.to(torch.int64)


def norm(x, p=2, dim=None, keepdim=False):
    dim = None if dim is None else (dim if isinstance(dim, int) else list(dim))
    return torch.norm(x, p=p, dim=dim, keepdim=keepdim)


ops = {
    **{name: (lambda f: lambda x: f(x))(f) for name, f in unary.items()},
    **{name: (lambda f: lambda x, y: f(x, y))(f) for name, f in binary.items()},
    "softplusWith": lambda x, beta, threshold: F.softplus(x, beta, threshold),
    "geluTanh": lambda x: F.gelu(x, approximate="tanh"),
    "clamp": lambda x, low, high: torch.clamp(x, low, high),
    "where": lambda c, x, y: torch.where(c, x, y),
    "to": lambda x, dtype: x.to(DTYPES[dtype]),
    "sum": reduction(torch.sum), "mean": reduction(torch.mean), "prod": reduction(torch.prod),
    "amax": reduction(torch.amax), "amin": reduction(torch.amin), "all": reduction(torch.all),
    "any": reduction(torch.any), "argmax": reduction(torch.argmax), "argmin": reduction(torch.argmin),
    "max": pair(torch.max), "min": pair(torch.min),
    "logsumexp": lambda x, dim, keepdim=False: torch.logsumexp(x, dims_of(dim), keepdim),
    "cumsum": lambda x, dim: torch.cumsum(x, dim),
    "var": spread(torch.var), "std": spread(torch.std), "norm": norm,
    "softmax": lambda x, dim: torch.softmax(x, dim), "logSoftmax": lambda x, dim: torch.log_softmax(x, dim),
    "softmaxAs": lambda x, dim, dtype: torch.softmax(x, dim, dtype=DTYPES[dtype]),
    "logSoftmaxAs": lambda x, dim, dtype: torch.log_softmax(x, dim, dtype=DTYPES[dtype]),
    "matmul": torch.matmul,
    "linear": lambda x, w, b=None: F.linear(x, w, b),
    "cat": lambda *a: torch.cat(a[:-1], a[-1]), "stack": lambda *a: torch.stack(a[:-1], a[-1]),
    "split": lambda x, size, dim=0: x.split(size, dim), "chunk": lambda x, n, dim=0: x.chunk(n, dim),
    "gather": lambda x, i, dim: torch.gather(x, dim, index(i)),
    "indexSelect": lambda x, i, dim: torch.index_select(x, dim, index(i)),
    "topk": lambda x, k, dim=-1, largest=True: tuple(torch.topk(x, k, dim, largest)),
    "sort": lambda x, dim=-1, descending=False: tuple(torch.sort(x, dim=dim, descending=descending, stable=True)),
    "flatten": lambda x, start=0, end=-1: torch.flatten(x, start, end),
    "squeeze": lambda x, dim=None: x.squeeze() if dim is None else x.squeeze(dims_of(dim)),
    "unsqueeze": lambda x, dim: x.unsqueeze(dim), "flip": lambda x, dims: x.flip(dims),
    "view": lambda x, shape: x.view(shape), "reshape": lambda x, shape: x.reshape(shape),
    "transpose": lambda x, a, b: x.transpose(a, b), "permute": lambda x, dims: x.permute(dims), "t": lambda x: x.t(),
    "expand": lambda x, shape: x.expand(shape), "select": lambda x, dim, i: x.select(dim, i),
    "narrow": lambda x, dim, start, length: x.narrow(dim, start, length),
    "clone": lambda x: x.clone(), "contiguous": lambda x: x.contiguous(), "detach": lambda x: x.detach(),
}


def number(x):
    if isinstance(x, bool):
        return int(x)
    if math.isnan(x):
        return "NaN"
    if math.isinf(x):
        return "Infinity" if x > 0 else "-Infinity"
    return int(x) if x == int(x) and abs(x) < 1e9 and not (x == 0 and math.copysign(1, x) < 0) else x


def array(x, precise=None):
    if x._is_zerotensor():  # holds no memory to read
        x = torch.zeros(x.shape, dtype=x.dtype)
    values = x.detach().contiguous().reshape(-1)
    if x.dtype == torch.float32:
        listed = [float(str(v)) for v in values.numpy()]
    else:
        listed = values.tolist()
    dtype = {torch.int64: "int32"}.get(x.dtype, str(x.dtype).removeprefix("torch."))
    out = {"s": list(x.shape), "d": dtype, "v": [number(v) for v in listed]}
    if precise is not None and x.dtype == torch.float32:
        a, b = values.double().numpy(), (precise.detach() + 0).contiguous().reshape(-1).double().numpy()
        finite = np.isfinite(a) & np.isfinite(b)
        off = np.abs(a - b)[finite]
        if np.any(off > 2e-6 * np.abs(b[finite])):
            out["e"] = float(f"{off.max():.2e}")
    return out


def upstream(x):
    """(7i mod 11 − 4.5)/4: no two neighbours alike, none 0, exact in float32."""
    n = torch.arange(x.numel(), dtype=torch.float64)
    return (((n * 7) % 11 - 4.5) / 4).reshape(x.shape).to(x.dtype)


def second(x):
    """(5i mod 7 − 2.5)/2."""
    n = torch.arange(x.numel(), dtype=torch.float64)
    return (((n * 5) % 7 - 2.5) / 2).reshape(x.shape).to(x.dtype)


def run(op, inputs, args, twice, widen=False):
    leaves, operands = [], []
    for ref in inputs:
        if not isinstance(ref, str):
            operands.append(ref)
            continue
        name, _, dtype = ref.partition("/")
        name, _, how = name.partition(".")
        dtype = DTYPES[dtype or "float64"]
        leaf = torch.tensor(pool[name]).to(dtype)
        if widen and dtype == torch.float32:
            leaf = leaf.double()
        if leaf.is_floating_point():
            leaf.requires_grad_()
            leaves.append(leaf)
        operands.append(VIEWS[how](leaf) if how else leaf)
    out = ops[op](*operands, *args)
    outs = list(out) if isinstance(out, tuple | list) else [out]
    live = [o for o in outs if o.requires_grad]
    grads, grads2 = [], []
    if live and leaves:
        grads = torch.autograd.grad(live, leaves, [upstream(o) for o in live], create_graph=twice, allow_unused=True)
        grads = [g if g is not None else torch.zeros_like(x) for g, x in zip(grads, leaves)]
        if twice:
            again = [g for g in grads if g.requires_grad]
            if again:
                grads2 = torch.autograd.grad(again, leaves, [second(g) for g in again], allow_unused=True)
                grads2 = [g if g is not None else torch.zeros_like(x) for g, x in zip(grads2, leaves)]
    return outs, grads, grads2


cases = []


def case(op, *inputs, args=(), twice=False):
    args = list(args)
    entry = {"op": op, "in": list(inputs)}
    if args:
        entry["args"] = [number(a) if isinstance(a, float) else a for a in args]
    try:
        found = run(op, inputs, args, twice)
    except Exception as error:
        entry["error"] = str(error).split("\n")[0][:40]
        cases.append(entry)
        return
    narrow = any(isinstance(i, str) and i.endswith("float32") for i in inputs)
    wide = run(op, inputs, args, twice, widen=True) if narrow else ([], [], [])
    for key, arrays, precise in zip(("out", "grads", "grads2"), found, wide):
        if len(arrays) > 0:
            entry[key] = [array(a, p) for a, p in zip(arrays, precise or [None] * len(arrays))]
    cases.append(entry)


def write(name):
    used = {ref.partition("/")[0].partition(".")[0] for c in cases for ref in c["in"] if isinstance(ref, str)}
    arrays = {k: {"s": list(a.shape), "v": [number(float(x)) for x in a.reshape(-1)]} for k, a in pool.items() if k in used}
    lines = ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases)
    head = json.dumps(arrays, separators=(",", ":"))
    path = here / f"tensor-{name}.json"
    path.write_text(f'{{"torch":"{torch.__version__}","pool":{head},"cases":[\n{lines}\n]}}\n')
    print(path.name, len(cases), "cases", path.stat().st_size, "bytes", sum("error" in c for c in cases), "refused")
    cases.clear()


# Elementwise

for name in unary:
    needs_positive = name in ("log", "log2", "sqrt", "log1p")
    plain = "pos" if needs_positive else "m"
    case(name, plain, twice=True)
    case(name, plain + ".T")
    case(name, "posv.E/float32" if needs_positive else "v.E/float32")
    case(name, "special")
    for ref in ("special/float32", "s", "e3", "i/int32", "tf/bool"):
        case(name, ref)
for args in ((2, 20), (0.5, 1), (-1.5, 2)):
    case("softplusWith", "m", args=args, twice=True)
case("softplusWith", "special/float32", args=(3, 30))
for ref in ("m", "special", "m.T/float32", "e0"):
    case("geluTanh", ref, twice=ref == "m")
for low, high in ((-1, 1), (None, 0.5), (0.25, None), (1, -1), (-inf, 0), (None, None), (nan, 1)):
    case("clamp", "m", args=(low, high))
    case("clamp", "i/int32", args=(low, high))
for ref in ("special", "ties", "m.T/float32", "tf/bool", "s", "e3"):
    case("clamp", ref, args=(-1, 2))
for source in ("m", "m/float32", "i/int32", "tf/bool", "special"):
    for target in DTYPES:
        if (source, target) != ("special", "int32"):
            case("to", source, args=(target,))

for name in binary:
    smooth = name in ("add", "sub", "mul", "div", "pow", "xlogy", "maximum", "minimum")
    first = "pos" if name in ("pow", "xlogy") else "m"
    other = "posv" if name == "xlogy" else "v"
    positive = "pos" if name == "xlogy" else "m2"
    if smooth:
        case(name, first, positive, twice=True)
        case(name, "col" if first == "m" else "pos.F", other if name != "pow" else "v", twice=True)
        case(name, first + ".T/float32", positive + ".T/float32")
        case(name, "s", first)
        case(name, first, "s")
        case(name, first + "/float32", other)
        case(name, "mid", "q2" if name not in ("pow", "xlogy") else "s")
    else:
        case(name, "ties", "m")
        case(name, "col", "v")
        case(name, "ties/float32", "tv/bool")
    case(name, "grida", "gridb")
    case(name, "e3", "one")
    case(name, "m", "mn")
    for ref in ("i/int32", "tf/bool", first + "/float32"):
        case(name, ref, "i2/int32")
        if name != "pow" or ref != "pos/float32":  # PyTorch has the value but trips over the gradient
            case(name, ref, "tv/bool")
        if name not in ("maximum", "minimum"):
            for plain in (2, 0.5, True, -1):
                if (name, ref, plain) != ("pow", "tf/bool", True):  # PyTorch refuses True as a tensor
                    case(name, ref, plain)
            if name not in ("eq", "ne", "lt", "le", "gt", "ge"):
                case(name, 2, ref)
for exponent in (0, 1, 2, 3, -1, 0.5, -0.5):
    case("pow", "pos", exponent, twice=True)
case("pow", "zeros", 2)
case("pow", "zeros", "m2")
case("pow", "m", 3)
case("pow", 2, "m")
case("pow", 0, "m")
case("where", "tf/bool", "m", "m2", twice=True)
case("where", "tf/bool", "col", "v")
case("where", "tv/bool", "s", "m/float32")
case("where", "tv/bool", "m/float32", "s")
case("where", "tf/bool", "i2/int32", "m/float32")
case("where", "tf/bool", 1, "m")
case("where", "tf/bool", "m", 0.5)
case("where", "tf/bool", "i2/int32", 0.5)
case("where", "tf/bool", "m", "sq")
case("where", "i/int32", "m.F", "v")
write("elementwise")

# Reductions

DIMS = {"v": [0, -1], "m": [0, -1, [0, 1]], "c": [1, -3, [0, -1], [1]], "q": [3, [1, 2]]}


def reduce_cases(name, lists, first="m", twice=True, keep=True):
    case(name, first, twice=twice)
    case(name, "s")
    case(name, "s", args=(0,))
    case(name, "s", args=(1,))
    case(name, first + ".T", args=(0,))
    case(name, first + "/float32", args=(1,))
    case(name, "v.E", args=(0,))
    for ref, dims in DIMS.items():
        for dim in dims:
            if lists or not isinstance(dim, list):
                case(name, ref, args=(dim, True) if keep and dim in (-1, [0, -1]) else (dim,))
    if lists:
        case(name, "c", args=([0, 0],))
        if name not in ("all", "any"):  # which PyTorch then applies to each element
            case(name, "c", args=([],))
    for ref in ("i/int32", "e0", "e3", "e30"):
        case(name, ref)
    if name not in ("argmax", "argmin"):  # which PyTorch refuses, and has in max and min all the same
        case(name, "tf/bool")
        case(name, "tf/bool", args=(0,))
    for ref, dim in (("i/int32", 1), ("e3", 0), ("e3", 1), ("e30", 0), ("eq", 1), ("eq", -1)):
        case(name, ref, args=(dim,))
    for ref in ("nans", "infs"):
        case(name, ref, args=(1,))


for name in ("sum", "mean", "amax", "amin"):
    reduce_cases(name, lists=True)
for name in ("prod", "argmax", "argmin", "max", "min"):
    reduce_cases(name, lists=False)
for name in ("all", "any"):
    reduce_cases(name, lists=True, first="tf")
for name in ("amax", "amin", "max", "min", "argmax", "argmin"):
    case(name, "ties")
    case(name, "ties", args=(1,), twice=True)
    case(name, "ties/float32", args=(0, True))
    case(name, "nans")
for ref in ("zeros", "allzero", "zeros.T"):
    case("prod", ref, args=(1,), twice=True)
case("prod", "zeros")
for name in ("var", "std"):
    reduce_cases(name, lists=True, keep=False)
    for args in ((1, 0), (1, 0, True), ([0, 1], 2), (0, 1.5), (1, 4), (1, 7)):
        case(name, "m", args=args, twice=args == (1, 0))
    for ref in ("same", "one", "big", "same/float32"):
        case(name, ref, args=(-1,))
for p in (0, 1, 2, 3, 0.5, 1.5, -1, inf, -inf):
    case("norm", "m", args=(p,), twice=True)
    case("norm", "m.T/float32", args=(p, 0, True))
    case("norm", "mid", args=(p, [0, 2]))
    case("norm", "zeros", args=(p, 1), twice=p == 3)
    case("norm", "allzero", args=(p, 1))
    for ref, args in (("s", (p,)), ("e0", (p,)), ("ties", (p, 1)), ("infs", (p, 1)), ("nans", (p, 1))):
        case("norm", ref, args=args)
for ref in ("i/int32", "tf/bool", "big", "e3"):
    case("norm", ref)
for name in ("logsumexp", "cumsum", "softmax", "logSoftmax"):
    sums = name == "logsumexp"
    case(name, "m", args=(1,), twice=True)
    case(name, "m.T", args=(0,), twice=True)
    for ref, dim in (("c", 1), ("q", -1)):
        case(name, ref, args=(dim,))
    for ref in ("m/float32", "v.E/float32", "big", "big/float32", "nans", "infs", "ties", "i/int32", "tf/bool", "eq", "e30"):
        case(name, ref, args=(1,))
    for ref, dim in (("s", 0), ("s", -1), ("s", 1), ("e3", 0), ("e0", 0), ("m", 2), ("m", -3)):
        case(name, ref, args=(dim,))
    if sums:
        for dim in ([0, 1], [0, -1], []):
            case(name, "c", args=(dim, True))
            if dim != []:  # PyTorch 2.13 fails on this by mistake
                case(name, "m", args=(dim,), twice=True)
for name in ("softmaxAs", "logSoftmaxAs"):
    for ref, dtype in (("i/int32", "float32"), ("m/float32", "float64"), ("tf/bool", "float64"), ("m", "int32")):
        case(name, ref, args=(0, dtype))
write("reductions")

# Products, selection, layout

for a, b in (("v", "w"), ("m", "v"), ("v", "mn"), ("m", "mn"), ("m", "m2.T"), ("m.T", "col"), ("c", "c2"), ("c", "mn"),
             ("m", "c2"), ("c", "v"), ("w", "c2"), ("q", "q2"), ("c2.T", "mn"), ("v.E", "mn"), ("m.N", "q2.F")):
    case("matmul", a, b, twice=True)
for a, b in (("m/float32", "mn/float32"), ("c/float32", "c2/float32"), ("i/int32", "i2/int32"), ("e3", "sq"), ("e30", "e3"),
             ("e3.T", "e3"), ("s", "m"), ("m", "s"), ("m", "m2"), ("v", "col"), ("eq", "sq"), ("tf/bool", "tv/bool"), ("c", "q")):
    case("matmul", a, b)
case("linear", "m", "m2", twice=True)
case("linear", "c", "m", "b3", twice=True)
case("linear", "c", "mn.T", twice=True)
case("linear", "v", "m")
case("linear", "c/float32", "m/float32")
case("linear", "m", "mn.T", "one", twice=True)
case("linear", "m", "col")

for name in ("cat", "stack"):
    for dim in (0, 1, -1, 2, -3):
        case(name, "m", "m2", args=(dim,), twice=dim == 0)
    case(name, "m.T", "mn", args=(1,), twice=True)
    case(name, "v", "w", "v", args=(0,))
    case(name, "m/float32", "i/int32", args=(0,))
    case(name, "m/float32", "m2", args=(1,))
    case(name, "tv/bool", "i2/int32", args=(0,))
    case(name, "e3", "sq", args=(0,))
    case(name, "e3", "e3", args=(0,))
    case(name, "s", "s2", args=(0,))
    case(name, "m", "col", args=(1,))
    case(name, "m", "col", args=(0,))
    case(name, "v.E", "m", args=(0,))
case("cat", "c", "mid.T", args=(0,))
for size, dim in ((2, 0), (2, 1), (3, -1), (5, 0), ([1, 2], 0), ([0, 3, 1], 1), ([1, 1], 0), (0, 0), ([-1, 4], 0), (1, 2)):
    case("split", "m", args=(size, dim))
for n, dim in ((2, 0), (2, 1), (3, 1), (7, 1), (1, 0), (0, 0), (2, -3)):
    case("chunk", "m", args=(n, dim))
for op in ("split", "chunk"):
    case(op, "s", args=(1,))
    case(op, "e3", args=(3,))
    case(op, "c.T", args=(2, 1))
    case(op, "m/float32", args=(2, 1))
    case(op, "i/int32", args=(1,))
for ref, i, dim in (("m", "idxm", 0), ("m", "idxn", 1), ("m", "idxn", -1), ("m.T", "idxm", 1), ("m/float32", "idxn", 1), ("i/int32", "idxn", 1),
                    ("m", "idx", 0), ("s", "idx0", 0), ("m", "idxm", 1), ("sq", "idxm", 0), ("v", "idx", 0), ("v.E", "idxn", 1),
                    ("v", "idxe", 0), ("m", "idxm", 2), ("v", "neg1", 0)):
    case("gather", ref, i, args=(dim,), twice=ref == "m" and i != "idx")
for ref, i, dim in (("m", "idx", 0), ("m", "idx", 1), ("c", "idx", -1), ("c.P", "idx0", 1), ("m.T/float32", "idx", 0), ("i/int32", "idx", 1),
                    ("v", "idxe", 0), ("s", "idx0", 0), ("m", "idxm", 0), ("e3", "idxe", 0), ("e3", "idx", 1), ("mn", "idx", 1), ("m", "neg1", 0),
                    ("m", "idx", 2), ("tf/bool", "idx", 0)):
    case("indexSelect", ref, i, args=(dim,), twice=ref == "m" and i == "idx" and dim == 0)
for args in ((2,), (1, 0), (3, 0, False), (0,), (4, 1, False), (5,), (-1,), (2, 2)):
    case("topk", "m", args=args, twice=args == (2,))
for ref, args in (("s", (1,)), ("c.P", (2, 1)), ("m/float32", (2,)), ("i/int32", (2,)), ("nans", (1,)), ("e30", (0,)), ("e30", (0, 0)), ("e3", (2,)), ("infs", (1,))):
    case("topk", ref, args=args)
for args in ((), (0,), (-1, True), (2,)):
    case("sort", "m", args=args, twice=args == ())
for ref in ("s", "c.P", "m/float32", "i/int32", "ties", "nans", "infs", "special", "tf/bool", "e0", "e3", "e30"):
    case("sort", ref)
    case("sort", ref, args=(0, True))

for ref, args in (("c", ()), ("c", (1,)), ("c", (0, 1)), ("c.P", ()), ("s", ()), ("v", ()), ("e3", ()), ("c", (2, 1)), ("c", (-2, -1)), ("c", (3,)), ("i/int32", ())):
    case("flatten", ref, args=args, twice=args == (1,))
for ref, args in (("q", ()), ("mid", ()), ("mid", (1,)), ("mid", (-2,)), ("mid", (0,)), ("mid", ([0, 1],)), ("mid", ([],)), ("mid", (3,)), ("s", ()), ("s", (0,)),
                  ("one", (0,)), ("one.E", (1,)), ("col.T", (0,)), ("e3", ())):
    case("squeeze", ref, args=args)
for ref, dims in (("m", (0, 1, 2, -1, -2, -3, 3, -4)), ("s", (0, -1, 1)), ("m.T", (1,)), ("e3", (1,))):
    for dim in dims:
        case("unsqueeze", ref, args=(dim,))
for ref, dims in (("m", [0]), ("m", [0, 1]), ("m", [-1]), ("c", [0, 2]), ("c.P", [1]), ("m", []), ("m", [0, 0]), ("m", [2]), ("s", []), ("s", [0]), ("e3", [0]),
                  ("m/float32", [1]), ("v.E", [0, 1]), ("tf/bool", [0])):
    case("flip", ref, args=(dims,), twice=ref == "m" and dims == [0])
for op in ("view", "reshape"):
    for ref, shape in (("m", [4, 3]), ("m", [-1]), ("m", [2, -1, 3]), ("m.T", [12]), ("m.T", [4, 3, 1]), ("m.T", [2, 2, 3]), ("m.N", [6]), ("v.E", [12]), ("v.E", [3, 2, 2]),
                       ("m", [5]), ("m", [-1, -1]), ("m", [-1, 5]), ("m", [-2, -6]), ("s", []), ("s", [1, 1]), ("one", []), ("e3", [3, 0]), ("e3", [-1]), ("e3", [0, -1]),
                       ("e3", [-1, 3]), ("c.P", [4, 6]), ("c", [6, 4])):
        case(op, ref, args=(shape,), twice=shape == [2, -1, 3])
for ref, args in (("m", (0, 1)), ("c", (-1, 0)), ("s", (0, -1)), ("s", (0, 1)), ("m", (0, 2)), ("e3", (0, 1)), ("c", (1, 1)), ("m/float32", (0, 1))):
    case("transpose", ref, args=args)
for ref, dims in (("c", [2, 0, 1]), ("c", [-1, 0, -2]), ("m", [0]), ("m", [0, 0]), ("m", [0, 2]), ("s", []), ("e3", [1, 0]), ("i/int32", [1, 0])):
    case("permute", ref, args=(dims,))
for ref in ("m", "v", "s", "c"):
    case("t", ref)
for ref, shape in (("col", [3, 4]), ("col", [2, -1, 4]), ("v", [3, 4]), ("v", [-1, 4]), ("s", [2, 2]), ("m", [3, 5]), ("m", [4]), ("one", [0]), ("v", [4, 4]), ("v", [4, -1]),
                   ("col", [-1, -1]), ("col", [3, -2]), ("e3", [2, 0, 3]), ("e3", [-1, 3]), ("mid", [2, 5, 3]), ("col/float32", [3, 2])):
    case("expand", ref, args=(shape,), twice=shape == [2, 5, 3])
for ref, args in (("m", (0, 1)), ("m", (1, -1)), ("m", (-1, 0)), ("m", (0, 3)), ("m", (2, 0)), ("m", (0, -4)), ("s", (0, 0)), ("c.P", (1, 1)), ("v", (0, 2)), ("e3", (1, 1)), ("e3", (0, 0))):
    case("select", ref, args=args, twice=args == (0, 1))
for ref, args in (("m", (0, 1, 2)), ("m", (1, 0, 4)), ("m", (-1, -3, 2)), ("m", (1, 2, 3)), ("m", (0, 3, 0)), ("m", (0, 4, 0)), ("m", (0, 0, -1)), ("s", (0, 0, 1)),
                  ("m.T", (0, 1, 2)), ("m", (0, -4, 1)), ("c.P/float32", (2, 1, 1)), ("m", (0, -1, 2))):
    case("narrow", ref, args=args, twice=args == (0, 1, 2))
for op in ("clone", "contiguous", "detach"):
    for ref in ("m", "m.T", "c.P", "v.E", "s", "e3", "m.N/float32", "i.T/int32"):
        case(op, ref)
write("structure")
