"""Values, gradients and Hessian-vector products of divergences between two rows, by mpmath.

Everything follows from the definitions in `divergence` below, evaluated with 200 digits; derivatives are
central differences with a step of 1e-40 (relative to the input for probabilities), so they owe nothing to
any formula. Writes divergence.json beside itself. Needs mpmath and numpy.
"""

import json
import math
from pathlib import Path

import numpy as np
from mpmath import exp, inf, isinf, log, mp, mpf, sqrt

mp.dps = 200
STEP = mpf(10) ** -40

MEASURES = [
    ("kl", {}),
    ("reverse-kl", {}),
    ("jeffreys", {}),
    ("js", {}),
    ("js-distance", {}),
    ("gjs", {"weight": 0}),
    ("gjs", {"weight": 1e-9}),
    ("gjs", {"weight": 0.1}),
    ("gjs", {"weight": 0.7}),
    ("gjs", {"weight": 1}),
    ("skew-kl", {"weight": 0}),
    ("skew-kl", {"weight": 1e-6}),
    ("skew-kl", {"weight": 0.1}),
    ("skew-kl", {"weight": 0.9}),
    ("skew-kl", {"weight": 1}),
    ("tv", {}),
    ("hellinger", {}),
    ("chi2", {}),
    ("renyi", {"order": 0}),
    ("renyi", {"order": 1e-9}),
    ("renyi", {"order": 0.3}),
    ("renyi", {"order": 0.5}),
    ("renyi", {"order": 0.999999}),
    ("renyi", {"order": 1}),
    ("renyi", {"order": 1.000001}),
    ("renyi", {"order": 2}),
    ("renyi", {"order": 50}),
    ("renyi", {"order": "Infinity"}),
    ("alpha", {"order": -1.5}),
    ("alpha", {"order": 0}),
    ("alpha", {"order": 1e-9}),
    ("alpha", {"order": 0.4}),
    ("alpha", {"order": 0.6}),
    ("alpha", {"order": 1}),
    ("alpha", {"order": 1.000001}),
    ("alpha", {"order": 3}),
]


def x_log_ratio(x, log_x, log_y):
    """x·log(x/y), with 0·log 0 = 0."""
    return mpf(0) if x == 0 else x * (log_x - log_y)


def log_of(x):
    return log(x) if x > 0 else -inf


def power_sum(order, p, lp, q, lq):
    """Σ p^order·q^(1 − order), a class without p or without q at its limit."""
    total = mpf(0)
    for pi, li, qi, mi in zip(p, lp, q, lq):
        if pi == 0 and qi == 0:
            continue
        if pi == 0:
            total += inf if order < 0 else 0
        elif qi == 0:
            total += inf if order > 1 else 0
        else:
            total += exp(order * li + (1 - order) * mi)
    return total


def divergence(name, params, p, lp, q, lq):
    """D(P, Q) in nats of normalised rows, given with their logarithms."""
    weight = mpf(params.get("weight", 0))
    order = mpf(float(params.get("order", 0)))

    def kl(p, lp, q, lq):
        return sum(x_log_ratio(x, lx, ly) for x, lx, ly in zip(p, lp, lq))

    def mixed(w):
        m = [w * x + (1 - w) * y for x, y in zip(p, q)]
        return m, [log_of(x) for x in m]

    if name == "kl":
        return kl(p, lp, q, lq)
    if name == "reverse-kl":
        return kl(q, lq, p, lp)
    if name == "jeffreys":
        return kl(p, lp, q, lq) + kl(q, lq, p, lp)
    if name in ("js", "js-distance", "gjs"):
        w = weight if name == "gjs" else mpf(1) / 2
        if w == 0:
            return kl(p, lp, q, lq)
        if w == 1:
            return kl(q, lq, p, lp)
        m, lm = mixed(w)
        d = w * kl(p, lp, m, lm) + (1 - w) * kl(q, lq, m, lm)
        if name == "js-distance":
            return sqrt(d) if d > 1e-150 else mpf(0)
        return d
    if name == "skew-kl":
        m, lm = mixed(weight)
        return kl(p, lp, m, lm)
    if name == "tv":
        return sum(abs(x - y) for x, y in zip(p, q)) / 2
    if name == "hellinger":
        return sqrt(sum((sqrt(x) - sqrt(y)) ** 2 for x, y in zip(p, q)) / 2)
    if name == "chi2":
        return sum(inf if y == 0 else (x - y) ** 2 / y for x, y in zip(p, q) if x > 0 or y > 0)
    if name == "renyi":
        if order == 1:
            return kl(p, lp, q, lq)
        if isinf(order):
            return max(lx - ly for x, lx, ly in zip(p, lp, lq) if x > 0)
        s = power_sum(order, p, lp, q, lq)
        return inf if isinf(s) or s == 0 else log(s) / (order - 1)
    if name == "alpha":
        if order == 1:
            return kl(p, lp, q, lq)
        if order == 0:
            return kl(q, lq, p, lp)
        return (power_sum(order, p, lp, q, lq) - 1) / (order * (order - 1))
    raise ValueError(name)


def normalised(row, source, temperature):
    """Probabilities and their logarithms."""
    if source == "probs":
        total = sum(row)
        p = [x / total for x in row]
        return p, [log_of(x) for x in p]
    top = max(row)
    scaled = [(x - top) / temperature if not isinf(x) else -inf for x in row]
    weights = [exp(x) if not isinf(x) else mpf(0) for x in scaled]
    total = sum(weights)
    return [w / total for w in weights], [x - log(total) if not isinf(x) else -inf for x in scaled]


def step_of(x, source):
    """The difference step at an input; 0 where no derivative is asked for (a mask, a probability of 0)."""
    if isinf(x) or (source == "probs" and x == 0):
        return mpf(0)
    return STEP * x if source == "probs" else STEP


def derivatives(value, p, q, source, direction):
    """Gradient and Hessian-vector product of value(p, q), entries None where there is no step."""
    x = p + q
    n = len(p)
    v = [mpf(d) if step_of(xi, source) else mpf(0) for xi, d in zip(x, direction)]
    smallest = min((abs(xi) for xi in x if xi != 0), default=mpf(1)) if source == "probs" else mpf(1)
    along = STEP * smallest

    def at(j, step, shift):
        y = [xi + shift * vi if vi else xi for xi, vi in zip(x, v)]
        y[j] += step
        return value(y[:n], y[n:])

    base = value(p, q)
    gradient, product = [], []
    for j in range(2 * n):
        h = step_of(x[j], source)
        if not h:
            gradient.append(None)
            product.append(None)
            continue
        above, below = at(j, h, 0) - base, base - at(j, -h, 0)
        if abs(above - below) > 1e-20 * (abs(above) + abs(below)):
            return None, None  # not differentiable here
        gradient.append((above + below) / (2 * h))
        cross = at(j, h, along) - at(j, -h, along) - at(j, h, -along) + at(j, -h, -along)
        product.append(cross / (4 * h * along))
    return gradient, product


def number(x):
    if x is None:
        return None
    x = float(x)
    if abs(x) < 1e-150:  # what 200 digits leave of 0
        return 0
    return x if math.isfinite(x) else ("NaN" if math.isnan(x) else "Infinity" if x > 0 else "-Infinity")


class Lcg:
    """x ← 1664525·x + 1013904223 mod 2³²; uniform() = x/2³² − ½, exactly. The tests have the same."""

    def __init__(self, seed):
        self.x = seed

    def uniform(self):
        self.x = (1664525 * self.x + 1013904223) % 2**32
        return self.x / 2**32 - 0.5


def as_dtype(row, dtype):
    return [float(np.float32(x)) for x in row] if dtype == "float32" else [float(x) for x in row]


def random_row(n, scale, seed, dtype):
    lcg = Lcg(seed)
    return as_dtype([lcg.uniform() * scale for _ in range(n)], dtype)


def near_row(row, noise, seed, dtype):
    lcg = Lcg(seed)
    return as_dtype([x + x * (lcg.uniform() * noise) for x in row], dtype)


def ulp_up(row, index, dtype):
    kind = np.float32 if dtype == "float32" else np.float64
    changed = list(row)
    changed[index] = float(np.nextafter(kind(row[index]), kind(np.inf)))
    return changed


def probabilities(row, dtype, scale=1.0):
    e = np.exp(np.array(row) - max(row))
    return as_dtype(e / e.sum() * scale, dtype)


def logarithms(row, dtype):
    e = np.array(row) - max(row)
    return as_dtype(e - np.log(np.exp(e).sum()), dtype)


N = 6
I = -math.inf


def cases():
    for dtype in ("float32", "float64"):
        short = dtype[0] + dtype[-2:]
        a = random_row(N, 4.0, 1, dtype)
        b = random_row(N, 4.0, 2, dtype)

        def logits(name, p, q, **more):
            return {"regime": name, "dtype": dtype, "from": "logits", "p": p, "q": q, **more}

        yield logits("random ×1", a, b, derivatives=dtype == "float64")
        yield logits("random ×10", random_row(N, 40.0, 3, dtype), random_row(N, 40.0, 4, dtype), derivatives=dtype == "float64")
        yield logits("random ±80", random_row(N, 160.0, 5, dtype), random_row(N, 160.0, 6, dtype), derivatives=dtype == "float64")
        yield logits("temperature 2.5", a, b, temperature=2.5, derivatives=dtype == "float64")
        yield logits("temperature 0.3, near 1e-5", a, near_row(a, 1e-5, 7, dtype), temperature=0.3)
        for noise in (1e-3, 1e-5, 1e-7) + ((1e-12,) if dtype == "float64" else ()):
            yield logits(f"near {noise:g}", a, near_row(a, noise, 8, dtype), derivatives=dtype == "float64" and noise in (1e-3, 1e-7))
        yield logits("one ulp", a, ulp_up(a, 2, dtype), derivatives=True)
        yield logits("identical", a, a)
        dyadic = [round(x * 64) / 64 for x in a]
        yield logits("shifted, exactly", dyadic, [x + 3 for x in dyadic])
        full = as_dtype([1.1 * x for x in a], dtype)  # no bit of the significand to spare
        yield logits("shifted, rounded", full, as_dtype([x + 3 for x in full], dtype), derivatives=True)
        yield logits("shifted by 1000, rounded", full, as_dtype([x + 1000 for x in full], dtype))
        yield logits("masked in both", [a[0], I, *a[2:]], [b[0], I, *b[2:]], derivatives=dtype == "float64")
        yield logits("masked in P", [a[0], I, *a[2:]], b, derivatives=dtype == "float64")
        yield logits("masked in Q", a, [b[0], I, *b[2:]])
        yield logits("masked in each", [a[0], I, *a[2:]], [*b[:4], I, b[5]])
        yield logits("range 1e3", random_row(N, 2000.0, 9, dtype), random_row(N, 2000.0, 10, dtype))
        yield logits("range 1e30", random_row(N, 2e30, 11, dtype), random_row(N, 2e30, 12, dtype))
        yield logits("range 1e30, ties", *(as_dtype(row, dtype) for row in ([1e30, 1e30, -1e30], [-1e30, -3e30, -1e30])))
        yield logits("near with a far tail", [*a, -30.0, -45.0], [*near_row(a, 1e-5, 13, dtype), -38.0, -33.0])
        if dtype == "float64":
            yield logits("disjoint", [a[0], a[1], I, I], [I, I, b[2], b[3]])
            yield logits("one-hot, equal", [I, 2.0, I], [I, 1.0, I])
            yield logits("one-hot, P", [I, 2.0, I], b[:3])
            yield logits("one-hot, Q", a[:3], [I, I, 1.5])
            yield logits("underflowing P and Q", [0.0, 1.0, -750.0], [0.5, 1.0, -1500.0])
            yield logits("underflowing P", [0.0, 1.0, -900.0], [0.5, 1.0, 2.0])
            yield logits("underflowing Q", [0.0, 1.0, 0.5], [0.5, 1.0, -900.0])
            yield logits("one class", [a[0]], [b[0]])
            yield logits("two classes", a[:2], b[:2])
            yield logits("three classes", a[:3], b[:3])
        yield logits("1000 classes", {"seed": 14, "n": 1000, "scale": 8.0}, {"seed": 15, "n": 1000, "scale": 8.0})
        yield logits("1000 classes, near 1e-5", {"seed": 14, "n": 1000, "scale": 8.0}, {"near": 1e-5, "seed": 16})

        pa, pb = probabilities(a, dtype), probabilities(b, dtype)

        def probs(name, p, q, **more):
            return {"regime": f"probabilities: {name}", "dtype": dtype, "from": "probs", "tolerance": 1e-3, "p": p, "q": q, **more}

        yield probs("random", pa, pb, derivatives=dtype == "float64")
        for noise in (1e-3, 1e-5, 1e-7):
            yield probs(f"near {noise:g}", pa, near_row(pa, noise, 17, dtype), derivatives=dtype == "float64" and noise == 1e-5)
        yield probs("one ulp", pa, ulp_up(pa, 2, dtype))
        yield probs("identical", pa, pa)
        yield probs("zero in P", as_dtype([0, 0.25, 0.5, 0.25], dtype), probabilities(b[:4], dtype), derivatives=dtype == "float64")
        yield probs("zero in Q", probabilities(a[:4], dtype), as_dtype([0.25, 0, 0.5, 0.25], dtype))
        yield probs("zero in both", as_dtype([0, 0.25, 0.5, 0.25], dtype), as_dtype([0, 0.125, 0.75, 0.125], dtype), derivatives=dtype == "float64")
        yield probs("one-hot", as_dtype([0, 1, 0], dtype), probabilities(b[:3], dtype))
        yield probs("tiny", as_dtype([1e-30, 1, 1e-20], dtype), as_dtype([1e-20, 1, 1e-35], dtype))
        scaled = probabilities(a, dtype, 3.0)
        yield probs("any sum", scaled, probabilities(b, dtype, 1e6), normalize="sum", derivatives=dtype == "float64")
        yield probs("any sum, near 1e-5", pa, near_row(scaled, 1e-5, 18, dtype), normalize="sum")
        yield probs("any sum, doubled", pa, [2 * x for x in pa], normalize="sum")

        la, lb = logarithms(a, dtype), logarithms(b, dtype)

        def log_probs(name, p, q):
            return {"regime": f"log-probabilities: {name}", "dtype": dtype, "from": "logProbs", "p": p, "q": q}

        yield log_probs("random", la, lb)
        yield log_probs("near 1e-5", la, near_row(la, 1e-5, 19, dtype))


def rows_of(case):
    """The rows as lists of floats; generated ones as the tests generate them."""
    p, q, dtype = case["p"], case["q"], case["dtype"]
    if isinstance(p, dict):
        p = random_row(p["n"], p["scale"], p["seed"], dtype)
    if isinstance(q, dict):
        q = near_row(p, q["near"], q["seed"], dtype) if "near" in q else random_row(q["n"], q["scale"], q["seed"], dtype)
    return p, q


DERIVED = {json.dumps(m) for m in MEASURES} - {
    json.dumps(m)
    for m in MEASURES
    if m in [("gjs", {"weight": 0}), ("gjs", {"weight": 1}), ("skew-kl", {"weight": 0}), ("skew-kl", {"weight": 1}),
             ("renyi", {"order": 1}), ("alpha", {"order": 0}), ("alpha", {"order": 1}), ("gjs", {"weight": 1e-9}),
             ("alpha", {"order": 0.6}), ("renyi", {"order": 0.5}), ("renyi", {"order": 50})]
}


def main():
    out = []
    for case in cases():
        p, q = rows_of(case)
        source, temperature = case["from"], mpf(case.get("temperature", 1))
        wants = case.pop("derivatives", False)

        def value(name, params):
            def at(p, q):
                return divergence(name, params, *normalised(p, source, temperature), *normalised(q, source, temperature))
            return at

        P, Q = [mpf(x) for x in p], [mpf(x) for x in q]
        case["values"] = [number(value(name, params)(P, Q)) for name, params in MEASURES]
        if wants:
            direction = [round(32 * x) / 32 for x in random_row(2 * len(p), 4.0, 20, "float64")]
            if source == "probs":
                direction = [d / 16 for d in direction]
            case["direction"] = direction
            case["derivatives"] = {}
            for k, (name, params) in enumerate(MEASURES):
                if json.dumps((name, params)) not in DERIVED or not isinstance(case["values"][k], float):
                    continue
                if (name, params) == ("renyi", {"order": 0}) or case["values"][k] == 0:
                    continue
                gradient, product = derivatives(value(name, params), P, Q, source, direction)
                if gradient is None:
                    continue
                entry = {"gradient": [float(f"{float(x):.13g}") if x is not None else None for x in gradient]}
                if k % 2 == 0 or name == "renyi":
                    entry["product"] = [float(f"{float(x):.12g}") if x is not None else None for x in product]
                case["derivatives"][str(k)] = entry
        for side in ("p", "q"):
            if isinstance(case[side], list):
                case[side] = [number(x) for x in case[side]]
        out.append(case)
        print(case["dtype"], case["regime"], flush=True)
    points = [sign * x for x in (1e-20, 1e-9, 0.01, 0.3, 0.49, 0.5, 0.51, 1.0, 7.5, 30.0) for sign in (-1, 1)]
    special = [
        {"x": x, "expm1MinusX": number(exp(mpf(x)) - 1 - mpf(x)), "entropyGap": number((mpf(x) - 1) * exp(mpf(x)) + 1)}
        for x in points
    ]
    measures = [{"name": name, **params} for name, params in MEASURES]
    text = json.dumps({"special": special, "measures": measures, "cases": out}, separators=(",", ":"), ensure_ascii=False)
    Path(__file__).with_suffix(".json").write_text(text.replace('{"regime"', '\n{"regime"') + "\n")


if __name__ == "__main__":
    main()
