"""Divergences of rows of up to 200,000 classes, and entries and norms of their gradients, in 60-digit arithmetic
(MPFR by gmpy2). Inputs come from a linear congruential generator that the tests have too.

Run: python divergence_long.py (needs gmpy2 and numpy; some minutes). Writes divergence_long.json beside it.
"""

import json
from pathlib import Path

import gmpy2
import numpy as np
from gmpy2 import exp, log, mpfr, sqrt

gmpy2.get_context().precision = 200

LENGTHS = [1000, 32000, 128256, 200000]
REGIMES = ["independent", "near", "shifted", "masked"]
SCALE = 16
NEAR = 1e-3


def lcg(seed, count):
    """`count` numbers of [-1/2, 1/2), exact in float64."""
    out = np.empty(count)
    x = seed
    for i in range(count):
        x = (1664525 * x + 1013904223) % 2**32
        out[i] = x / 2**32 - 0.5
    return out


def inputs(regime, n, dtype):
    p = (lcg(n, n) * SCALE).astype(dtype)
    x = p.astype(np.float64)
    other = lcg(n + 1, n)
    if regime == "independent":
        q = other * SCALE
    elif regime == "near":
        q = x + x * (other * NEAR)
    elif regime == "shifted":
        q = x + 3.1
    else:
        q = x + other
        p[other < -0.4] = -np.inf
        q[other < -0.3] = -np.inf
        p[other < -0.3] = -np.inf
        q[other > 0.45] = SCALE * other[other > 0.45]
        p[other > 0.45] = -np.inf
    return p, q.astype(dtype)


def softmax(row):
    powers = [exp(mpfr(float(x))) for x in row]
    total = sum(powers)
    log_total = log(total)
    return [w / total for w in powers], [mpfr(float(x)) - log_total for x in row]


def measure_row(p, q):
    """Values by name, and of some measures p*dh/dp and q*dh/dq of every class."""
    P, lp = softmax(p)
    Q, lq = softmax(q)
    zero = mpfr(0)
    beta, lam = mpfr(0.3), mpfr(0.2)
    sums = {k: zero for k in ["kl", "reverse-kl", "js", "gjs", "skew-kl", "tv", "bc", "p2q", "p0.6"]}
    worst = -mpfr("inf")
    slopes = {k: ([], []) for k in ["kl", "reverse-kl", "jeffreys", "js", "tv", "hellinger", "chi2"]}
    in_both = True
    for a, b, x, y in zip(P, Q, lp, lq):
        if a == 0 or b == 0:
            in_both = in_both and a == 0 and b == 0
        both = a > 0 and b > 0
        t = y - x if both else zero
        root = sqrt(a * b)
        m = (a + b) / 2
        log_m = log(m) if m > 0 else zero
        ja = a * (x - log_m) if a > 0 else zero
        jb = b * (y - log_m) if b > 0 else zero
        ratio = a * a / b if b > 0 else zero
        if b > 0 or a == 0:
            sums["kl"] -= a * t
        sums["reverse-kl"] += b * t
        sums["js"] += (ja + jb) / 2
        mix = beta * a + (1 - beta) * b
        if mix > 0:
            log_mix = log(mix)
            sums["gjs"] += (beta * a * (x - log_mix) if a > 0 else zero) + (
                (1 - beta) * b * (y - log_mix) if b > 0 else zero
            )
        if a > 0:
            sums["skew-kl"] += a * (x - log(lam * a + (1 - lam) * b))
        sums["tv"] += abs(a - b) / 2
        sums["bc"] += root
        sums["p2q"] += ratio
        if both:
            sums["p0.6"] += exp(x + mpfr(0.4) * t)
            worst = max(worst, -t)
        sign = 1 if a > b else -1 if a < b else 0
        for name, one, two in [
            ("kl", -a * t, -a),
            ("reverse-kl", -b, b * t),
            ("jeffreys", -a * t - b, b * t - a),
            ("js", ja / 2, jb / 2),
            ("tv", sign * a / 2, -sign * b / 2),
            ("hellinger", root, root),
            ("chi2", 2 * ratio, -ratio),
        ]:
            slopes[name][0].append(one)
            slopes[name][1].append(two)
    inf = mpfr("inf")
    supported = in_both  # the masked rows: Q has classes that P lacks
    hellinger = sqrt(1 - sums["bc"])
    values = {
        "kl": sums["kl"],
        "reverse-kl": sums["reverse-kl"] if supported else inf,
        "jeffreys": sums["kl"] + sums["reverse-kl"] if supported else inf,
        "js": sums["js"],
        "js-distance": sqrt(sums["js"]),
        "gjs 0.3": sums["gjs"],
        "skew-kl 0.2": sums["skew-kl"],
        "tv": sums["tv"],
        "hellinger": hellinger,
        "chi2": sums["p2q"] - 1,
        "renyi 0.5": -2 * log(sums["bc"]),
        "renyi 2": log(sums["p2q"]),
        "renyi Infinity": worst,
        "alpha 0.6": (sums["p0.6"] - 1) / (mpfr(0.6) * (mpfr(0.6) - 1)),
    }
    factors = {name: mpfr(1) for name in slopes}
    factors["hellinger"] = -1 / (4 * hellinger)
    if not supported:
        for name in ["reverse-kl", "jeffreys"]:
            del slopes[name]
    gradients = {}
    for name, (one, two) in slopes.items():
        sides = []
        for shares, slope in [(P, one), (Q, two)]:
            total = sum(slope)
            gradient = [factors[name] * (s - w * total) for s, w in zip(slope, shares)]
            norm = sqrt(sum(g * g for g in gradient))
            n = len(gradient)
            largest = max(range(n), key=lambda i: abs(gradient[i]))
            places = [0, 1, n // 3, n // 2 + 1, n - 2, n - 1, largest]
            sides.append({"norm": float(norm), "at": {i: float(gradient[i]) for i in places}})
        gradients[name] = sides
    return {k: float(v) for k, v in values.items()}, gradients


def plain(x):
    if isinstance(x, dict):
        return {str(k): plain(v) for k, v in x.items()}
    if isinstance(x, list):
        return [plain(v) for v in x]
    if isinstance(x, float) and np.isinf(x):
        return "Infinity" if x > 0 else "-Infinity"
    return x


cases = []
for n in LENGTHS:
    for dtype in ["float32", "float64"]:
        for regime in REGIMES:
            values, gradients = measure_row(*inputs(regime, n, dtype))
            cases.append({"n": n, "dtype": dtype, "regime": regime, "values": values, "gradients": gradients})
            print(n, dtype, regime, values["kl"], flush=True)
Path(__file__).with_suffix(".json").write_text(json.dumps(plain({"cases": cases}), indent=None) + "\n")
