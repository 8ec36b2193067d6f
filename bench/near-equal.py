"""The mean divergence of the near-equal rows of lib/inputs.ts, by mpmath with 60 digits.

    python near-equal.py        (needs mpmath and numpy; prints the constants of lib/reference.ts)
"""

import math

import mpmath
import numpy as np

mpmath.mp.dps = 60


def uniforms(seed):
    """mulberry32, as in lib/inputs.ts."""
    mask = 0xFFFFFFFF
    state = seed
    while True:
        state = (state + 0x6D2B79F5) & mask
        t = ((state ^ (state >> 15)) * (1 | state)) & mask
        t = ((t + (((t ^ (t >> 7)) * (61 | t)) & mask)) & mask) ^ t
        yield (t ^ (t >> 14)) / 2**32


def normals(seed):
    uniform = uniforms(seed)
    while True:
        yield (next(uniform) + next(uniform) + next(uniform) + next(uniform) - 2) * 1.7320508075688772


def near_logits(count):
    first, second = normals(1), normals(2)
    a = [float(np.float32(2 * next(first))) for _ in range(count)]
    b = [float(np.float32(value * (1 + 1e-5 * next(second)))) for value in a]
    return a, b


def near_probs(rows, classes):
    first, second = uniforms(1), uniforms(2)
    share = 2**20 // classes
    p, q = [], []
    for _ in range(rows):
        parts = [math.floor(share * (0.5 + next(first) / 2)) for _ in range(classes - 1)]
        row = [part / 2**20 for part in parts] + [(2**20 - sum(parts)) / 2**20]
        p += row
        for i in range(0, classes - 1, 2):
            part = math.floor(64 * next(second)) / 2**26
            row[i] += part
            row[i + 1] -= part
        q += row
    return p, q


def softmax(row):
    exps = [mpmath.exp(mpmath.mpf(value)) for value in row]
    total = mpmath.fsum(exps)
    return [value / total for value in exps]


def divergence(p, q):
    return mpmath.fsum(mpmath.mpf(x) * mpmath.log(mpmath.mpf(x) / mpmath.mpf(y)) for x, y in zip(p, q))


def mean_divergence(p, q, rows, classes, to_probs):
    cut = lambda values, row: to_probs(values[row * classes : (row + 1) * classes])
    return mpmath.fsum(divergence(cut(p, row), cut(q, row)) for row in range(rows)) / rows


print("nearLogits 64x1000", mpmath.nstr(mean_divergence(*near_logits(64 * 1000), 64, 1000, softmax), 17))
print("nearProbs 64x10", mpmath.nstr(mean_divergence(*near_probs(64, 10), 64, 10, list), 17))
