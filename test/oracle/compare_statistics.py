"""Statistics over rows that `kullback compare` must report of examples/data, by NumPy and SciPy in float64.

Candidates against digits_teacher, rows clustered by chunks of 599 (three of them) or by their label (ten), or
taken as independent. Writes compare_statistics.json next to itself.

    python3 test/oracle/compare_statistics.py        (needs numpy and scipy)
"""

import json
from pathlib import Path

import numpy as np
from scipy import special, stats

here = Path(__file__).parent
data = here.parent.parent / "examples" / "data"
load = lambda name: np.load(data / f"{name}.npy")
labels = load("digits_labels").astype(int)
names = ["digits_int2", "digits_int4", "digits_int3"]
a = load("digits_teacher").astype(np.float64)
n = len(a)
clusterings = {"none": np.arange(n), "chunk": np.arange(n) // 599, "label": labels}


def rows_of(b):
    p, q = special.softmax(a, axis=1), special.softmax(b, axis=1)
    m = (p + q) / 2
    kl, reverse = special.rel_entr(p, q).sum(1), special.rel_entr(q, p).sum(1)
    order_p, order_q = np.argsort(-a, axis=1, kind="stable"), np.argsort(-b, axis=1, kind="stable")
    overlap = [[len(set(x[:k]) & set(y[:k])) / k for k in range(1, 11)] for x, y in zip(order_p, order_q)]
    rank = (order_q == order_p[:, :1]).argmax(1) + 1
    r = np.arange(n)
    return {
        "kl": kl,
        "reverse-kl": reverse,
        "jeffreys": kl + reverse,
        "js": (special.rel_entr(p, m).sum(1) + special.rel_entr(q, m).sum(1)) / 2,
        "tv": abs(p - q).sum(1) / 2,
        "hellinger": np.sqrt(((np.sqrt(p) - np.sqrt(q)) ** 2).sum(1) / 2),
        "renyi-0.5": -2 * np.log(np.sqrt(p * q).sum(1)),
        "sameTop": (order_p[:, 0] == order_q[:, 0]).astype(float),
        "confidence": p.max(1),
        "entropyP": stats.entropy(p, axis=1),
        "entropyQ": stats.entropy(q, axis=1),
        "cross": -(p * special.log_softmax(b, axis=1)).sum(1),
        "logRatio": special.log_softmax(a, axis=1)[r, labels] - special.log_softmax(b, axis=1)[r, labels],
        "deltaP": q[r, labels] - p[r, labels],
        "rank": rank,
        "overlap": np.array(overlap),
    }


def clustered(x, clusters):
    """Mean, standard error and degrees of freedom: the residuals' sums by cluster, times G/(G − 1)."""
    groups = np.unique(clusters)
    sums = np.array([(x[clusters == g] - x.mean()).sum() for g in groups])
    g = len(groups)
    return x.mean(), np.sqrt(g / (g - 1) * (sums**2).sum()) / len(x), g - 1


def estimate(x, clusters):
    mean, se, _ = clustered(x, clusters)
    return {"value": float(mean), "stderr": float(se)}


def log_interval(x, clusters):
    mean, se, df = clustered(x, clusters)
    low, high = stats.t.interval(0.95, df, loc=np.log(mean), scale=se / mean)
    return [float(np.exp(low)), float(np.exp(high))]


def paired(x, y, clusters):
    mean, se, df = clustered(y - x, clusters)
    low, high = stats.t.interval(0.95, df, loc=mean, scale=se)
    return {
        "value": float(mean),
        "stderr": float(se),
        "low": float(low),
        "high": float(high),
        "p": float(2 * stats.t.sf(abs(mean / se), df)),
    }


rows = {name: rows_of(load(name).astype(np.float64)) for name in names}
edges = [0, 0.25, 0.5, 0.75, 0.9, 0.99, 1]


def buckets(row, of, values, clusters):
    found = []
    for value in values:
        take = of == value
        if take.any():
            kl = row["kl"][take]
            found.append(
                {
                    "rows": int(take.sum()),
                    "kl": float(kl.mean()),
                    "medianKl": float(np.median(kl)),
                    "sameTop": float(row["sameTop"][take].mean()),
                    "stderr": estimate(kl, clusters[take])["stderr"]
                    if len(set(clusters[take])) > 1
                    else "NaN",
                }
            )
    return found


measures = ["kl", "reverse-kl", "jeffreys", "js", "tv", "hellinger", "renyi-0.5"]
out = {"candidates": names, "clusterings": {}}
for by, clusters in clusterings.items():
    summaries = []
    for name in names:
        row = rows[name]
        quantiles = np.quantile(row["kl"], [0.01, 0.05, 0.1, 0.5, 0.99])
        bucket = np.minimum(np.searchsorted(edges, row["confidence"], side="right") - 1, len(edges) - 2)
        summaries.append(
            {
                "measures": {
                    m: {**estimate(row[m], clusters), "interval": log_interval(row[m], clusters)} for m in measures
                },
                "quantiles": [float(x) for x in quantiles],
                "sameTop": estimate(row["sameTop"], clusters),
                "topOverlap": [float(x) for x in row["overlap"].mean(0)],
                "rankOfTop": [float(row["rank"].mean()), *(float(x) for x in np.quantile(row["rank"], [0.5, 0.99, 1]))],
                "entropy": {k: estimate(row[v], clusters) for k, v in
                            {"reference": "entropyP", "candidate": "entropyQ", "cross": "cross"}.items()},
                "logRatioStderr": estimate(row["logRatio"], clusters)["stderr"],
                "deltaP": estimate(row["deltaP"], clusters),
                "confidence": buckets(row, bucket, range(len(edges) - 1), clusters),
                "label": buckets(row, labels, range(10), clusters),
            }
        )
    ranking = sorted(range(len(names)), key=lambda i: rows[names[i]]["kl"].mean())
    out["clusterings"][by] = {
        "candidates": summaries,
        "ranking": ranking,
        "differences": [
            paired(rows[names[x]]["kl"], rows[names[y]]["kl"], clusters) for x, y in zip(ranking, ranking[1:])
        ],
    }
# scipy's own test of the same thing, where rows are independent.
d = rows["digits_int3"]["kl"] - rows["digits_int4"]["kl"]
test = stats.ttest_1samp(d, 0)
assert abs(test.statistic - out["clusterings"]["none"]["differences"][0]["value"]
           / out["clusterings"]["none"]["differences"][0]["stderr"]) < 1e-9
(here / "compare_statistics.json").write_text(json.dumps(out, separators=(",", ":")) + "\n")

# Student's t: two-sided tails and quantiles.
cases = [(t, df) for t in (0, 0.01, 0.1, 1, 2.5, 12.7, 300, 1e10) for df in (1, 2, 3, 7, 30, 1000, 1e6, 1e9)]
(here / "student_t.json").write_text(
    json.dumps(
        {
            "tails": [[t, df, float(2 * stats.t.sf(t, df))] for t, df in cases],
            "quantiles": [[df, float(stats.t.isf(0.025, df))] for df in (1, 2, 3, 4, 7, 15, 100, 1e4, 1e8)],
        },
        separators=(",", ":"),
    )
    + "\n"
)
