"""Values for `divergence(p, q, options)`: options against 50-digit arithmetic (mpmath), gradients by mpmath's
numerical differentiation. Writes divergence_options.json beside itself."""

import json
import pathlib

import mpmath as mp
import numpy as np

mp.mp.dps = 50
rng = np.random.default_rng(7)


def normalise(row, source, temperature=1):
    if source == "probs":
        total = mp.fsum(row)
        return [x / total for x in row]
    weights = [mp.exp(x / temperature) for x in row]
    total = mp.fsum(weights)
    return [w / total for w in weights]


def kl(p, q):
    return mp.fsum(0 if a == 0 else (mp.inf if b == 0 else a * mp.log(a / b)) for a, b in zip(p, q))


def mix(p, q, w):
    return [w * a + (1 - w) * b for a, b in zip(p, q)]


def js(p, q, w=mp.mpf(1) / 2):
    m = mix(p, q, w)
    return w * kl(p, m) + (1 - w) * kl(q, m)


def power_sum(p, q, order):
    return mp.fsum(0 if a == 0 or b == 0 else a**order * b ** (1 - order) for a, b in zip(p, q))


measures = {
    "kl": lambda p, q, o: kl(p, q),
    "reverse-kl": lambda p, q, o: kl(q, p),
    "jeffreys": lambda p, q, o: kl(p, q) + kl(q, p),
    "js": lambda p, q, o: js(p, q),
    "js-distance": lambda p, q, o: mp.sqrt(js(p, q)),
    "gjs": lambda p, q, o: js(p, q, mp.mpf(o["weight"])),
    "skew-kl": lambda p, q, o: kl(p, mix(p, q, mp.mpf(o["weight"]))),
    "tv": lambda p, q, o: mp.fsum(abs(a - b) for a, b in zip(p, q)) / 2,
    "hellinger": lambda p, q, o: mp.sqrt(mp.fsum((mp.sqrt(a) - mp.sqrt(b)) ** 2 for a, b in zip(p, q)) / 2),
    "chi2": lambda p, q, o: mp.fsum((a - b) ** 2 / b for a, b in zip(p, q)),
    "renyi": lambda p, q, o: mp.log(power_sum(p, q, mp.mpf(o["order"]))) / (mp.mpf(o["order"]) - 1),
    "alpha": lambda p, q, o: (power_sum(p, q, mp.mpf(o["order"])) - 1)
    / (mp.mpf(o["order"]) * (mp.mpf(o["order"]) - 1)),
}
log_power = {"tv": 0, "hellinger": 0, "chi2": 0, "alpha": 0, "js-distance": mp.mpf(1) / 2}


def rows_of(array, dims):
    array = np.asarray(array, dtype=object)
    dims = [d % array.ndim for d in dims]
    kept = [d for d in range(array.ndim) if d not in dims]
    shape = [array.shape[d] for d in kept]
    moved = np.transpose(array, kept + dims)
    return moved.reshape(int(np.prod(shape)), -1), shape


def value(p, q, options):
    """All of divergence() in high precision; p and q are object arrays of mpf."""
    measure = options.get("measure", "kl")
    source = options.get("from", "logits")
    dims = options.get("dim", -1)
    dims = [dims] if isinstance(dims, int) else dims
    p, q = np.broadcast_arrays(p, q)
    keep = np.broadcast_to(np.array(options.get("mask", True)), p.shape)
    keep, _ = rows_of(keep, dims)
    p_rows, shape = rows_of(p, dims)
    q_rows, _ = rows_of(q, dims)
    base = options.get("base", "e")
    scale = 1 if base == "e" else mp.log(base) ** -log_power.get(measure, 1)
    values = []
    for a, b, k in zip(p_rows, q_rows, keep):
        a = [x for x, kept in zip(a, k) if kept]
        b = [x for x, kept in zip(b, k) if kept]
        t = mp.mpf(options.get("temperature", 1))
        values.append(measures[measure](normalise(a, source, t), normalise(b, source, t), options) * scale)
    if options.get("reduction", "mean") == "none":
        return values, shape
    weights = [mp.mpf(w) for w in np.broadcast_to(np.array(options.get("weights", 1.0)), shape).reshape(-1)]
    total = mp.fsum(w * v for w, v in zip(weights, values))
    return [total if options.get("reduction") == "sum" else total / mp.fsum(weights)], []


def gradient(p, q, options, which):
    """Derivative of the sum of all results with respect to every element of p or q."""
    x = (p, q)[which]
    out = []
    for index in np.ndindex(x.shape):

        def along(step):
            moved = x.copy()
            moved[index] = moved[index] + step
            args = (moved, q) if which == 0 else (p, moved)
            return mp.fsum(value(*args, options)[0])

        h = mp.mpf(10) ** -16
        out.append(float((along(h) - along(-h)) / (2 * h)))
    return out


def exact(array):
    out = np.empty(array.shape, dtype=object)
    for index in np.ndindex(array.shape):
        out[index] = mp.mpf(float(array[index]))
    return out


def logits(shape, dtype, scale=2.0):
    return (rng.standard_normal(shape) * scale).astype(dtype)


def probs(shape, dtype):
    x = np.exp(rng.standard_normal(shape))
    return (x / x.sum(-1, keepdims=True)).astype(dtype)


cases = []


def case(p, q, gradients=True, **options):
    ep, eq = exact(p), exact(q)
    values, shape = value(ep, eq, options)
    cases.append(
        {
            "p": p.astype(float).tolist(),
            "q": q.astype(float).tolist(),
            "dtype": str(p.dtype),
            "options": options,
            "shape": shape,
            "value": [float(v) for v in values],
            **({"gradP": gradient(ep, eq, options, 0), "gradQ": gradient(ep, eq, options, 1)} if gradients else {}),
        }
    )


parameters = {"gjs": {"weight": 0.3}, "skew-kl": {"weight": 0.1}, "renyi": {"order": 0.5}, "alpha": {"order": -0.5}}
for dtype in (np.float32, np.float64):
    for measure in measures:
        extra = parameters.get(measure, {})
        case(logits((3, 4), dtype), logits((3, 4), dtype), measure=measure, reduction="none", **extra)
        case(probs((2, 3), dtype), probs((2, 3), dtype), measure=measure, base=2, **{"from": "probs"}, **extra)
    x, y = logits((2, 3, 4), dtype), logits((2, 3, 4), dtype)
    case(x, y, dim=0)
    case(x, y, dim=1, reduction="sum", base=10)
    case(x, y, dim=[-2, -1], reduction="none")
    case(x, y, dim=[0, 2], reduction="none", measure="js", base=2)
    case(x, y, dim=[0, 1, 2], measure="tv")
    case(x, y, temperature=2.5, measure="jeffreys")
    case(x, y, mask=[True, False, True, True])
    case(x, y, mask=rng.random((2, 3, 4)).__gt__(0.3).tolist(), measure="reverse-kl", reduction="none")
    case(x, y, weights=[[1.0, 2.0, 0.5], [3.0, 0.25, 1.5]])
    case(x, y, weights=[1.0, 0.0, 2.0], reduction="sum")
    case(x, logits((4,), dtype), measure="js")
    case(logits((1, 4), dtype), logits((3, 4), dtype), measure="chi2")
    case(np.log(probs((2, 5), np.float64)).astype(dtype), np.log(probs((2, 5), np.float64)).astype(dtype), **{"from": "logProbs"})
    case(probs((2, 4), dtype) * 7, probs((2, 4), dtype) * 3, normalize="sum", **{"from": "probs"})
    near = logits((2, 6), dtype)
    case(near, (near * (1 + 1e-5 * rng.standard_normal(near.shape))).astype(dtype), reduction="none")

here = pathlib.Path(__file__)
here.with_suffix(".json").write_text(json.dumps(cases, separators=(",", ":")) + "\n")
