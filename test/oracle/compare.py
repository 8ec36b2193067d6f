"""What `kullback compare` must say of the data in examples/data, in 40-digit arithmetic.

Rows are computed with mpmath from the values as stored; statistics over rows with mpmath and, for
quantiles, NumPy's linear interpolation in float64. Writes compare.json next to itself.

    python3 test/oracle/compare.py        (needs numpy and mpmath)
"""

import json
from pathlib import Path

import mpmath
import numpy as np
from mpmath import mpf

mpmath.mp.dps = 40
here = Path(__file__).parent
data = here.parent.parent / "examples" / "data"
quantiles = {"min": 0, "median": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99, "p999": 0.999, "max": 1}


def log_softmax(row):
    row = [mpf(float(x)) for x in row]
    m = max(row)
    log_z = m + mpmath.log(mpmath.fsum(mpmath.exp(x - m) for x in row))
    return [x - log_z for x in row]


def mean_and_stderr(values):
    n = len(values)
    mean = mpmath.fsum(values) / n
    variance = mpmath.fsum((x - mean) ** 2 for x in values) / (n - 1)
    return mean, mpmath.sqrt(variance / n)


def row_measures(log_p, log_q):
    p = [mpmath.exp(x) for x in log_p]
    q = [mpmath.exp(x) for x in log_q]
    log_m = [mpmath.log((x + y) / 2) for x, y in zip(p, q)]
    return {
        "kl": mpmath.fsum(x * (a - b) for x, a, b in zip(p, log_p, log_q)),
        "reverse-kl": mpmath.fsum(y * (b - a) for y, a, b in zip(q, log_p, log_q)),
        "js": mpmath.fsum(x * (a - m) + y * (b - m) for x, y, a, b, m in zip(p, q, log_p, log_q, log_m)) / 2,
        "tv": mpmath.fsum(abs(x - y) for x, y in zip(p, q)) / 2,
    }


def compare(reference, candidate, labels):
    a, b, labels = (np.load(data / f"{name}.npy") for name in (reference, candidate, labels))
    log_p = [log_softmax(row) for row in a]
    log_q = [log_softmax(row) for row in b]
    rows = [row_measures(p, q) for p, q in zip(log_p, log_q)]
    n = len(rows)
    measures = {}
    for name in ("kl", "reverse-kl", "js", "tv"):
        values = [row[name] for row in rows]
        mean, stderr = mean_and_stderr(values)
        floats = np.array([float(x) for x in values])
        measures[name] = {
            "mean": float(mean),
            "stderr": float(stderr),
            **{key: float(np.quantile(floats, p)) for key, p in quantiles.items()},
        }
    same = float(np.mean(a.argmax(-1) == b.argmax(-1)))
    label_p = [row[label] for row, label in zip(log_p, labels)]
    label_q = [row[label] for row, label in zip(log_q, labels)]
    nll_p, nll_q = -mpmath.fsum(label_p) / n, -mpmath.fsum(label_q) / n
    delta = [mpmath.exp(y) - mpmath.exp(x) for x, y in zip(label_p, label_q)]
    mean_dp, stderr_dp = mean_and_stderr(delta)
    kl = np.array([float(row["kl"]) for row in rows])
    return {
        "reference": reference,
        "candidate": candidate,
        "rows": n,
        "measures": measures,
        "sameTop": {"value": same, "stderr": float(np.sqrt(same * (1 - same) / (n - 1)))},
        "worst": [{"row": int(i), "kl": float(kl[i])} for i in np.argsort(-kl, kind="stable")[:5]],
        "labels": {
            "rows": n,
            "perplexity": {
                "reference": float(mpmath.exp(nll_p)),
                "candidate": float(mpmath.exp(nll_q)),
                "ratio": float(mpmath.exp(nll_q - nll_p)),
            },
            "deltaP": {
                "mean": float(mean_dp),
                "stderr": float(stderr_dp),
                "rms": float(mpmath.sqrt(mpmath.fsum(x * x for x in delta) / n)),
            },
        },
    }


cases = [("digits_teacher", f"digits_int{bits}", "digits_labels") for bits in (8, 5, 4, 3, 2)]
cases.append(("lm_base", "lm_int4", "lm_labels"))
(here / "compare.json").write_text(json.dumps([compare(*case) for case in cases], indent=1) + "\n")
