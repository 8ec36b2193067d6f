"""The numbers of src/measure/conventions by the libraries themselves.

From PyTorch, SciPy, Keras (on JAX), optax and torchmetrics directly; where a library is not at hand, from its
source's formula written again in NumPy, with NumPy's own histograms. Arithmetic is float64 wherever the library
allows it. Writes conventions.json next to itself.

    python3 test/oracle/conventions.py     (needs torch, scipy, keras, jax, optax, torchmetrics)
"""

import json
import os
import warnings
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_ENABLE_X64"] = "1"
warnings.simplefilter("ignore")

import keras
import numpy as np
import optax
import torch
import torch.nn.functional as F
from scipy.spatial.distance import jensenshannon
from scipy.special import kl_div, log_softmax, rel_entr, softmax
from scipy.stats import entropy
from torchmetrics.functional.regression import kl_divergence as torchmetrics_kl

keras.config.set_floatx("float64")
np.seterr(all="ignore")
here = Path(__file__).parent
LN2, LN10 = np.log(2), np.log(10)
EPS = 2.2204e-16


def torch_kl(log_q, p, reduction):
    return F.kl_div(torch.tensor(log_q), torch.tensor(p), reduction=reduction)


def rows_of(kind, a, dims):
    """What is done before a library's function is called."""
    if kind == "logits":
        return softmax(a, axis=dims)
    return np.exp(a) if kind == "logProbs" else a


def logs_of(kind, a, dims):
    if kind == "logits":
        return log_softmax(a, axis=dims)
    return a if kind == "logProbs" else np.log(a)


def js_distance(p, q, base=None):
    return float(np.mean(jensenshannon(p, q, base=base, axis=-1)))


def filled(x):
    x = x.copy()
    least = x[x != 0].min()
    x[x == 0] = least / 10**6 if least <= 1e-4 else 1e-4
    return x


def mit(sal, fix):
    sal, fix = sal / sal.sum(), fix / fix.sum()
    return float((fix * np.log(EPS + fix / (sal + EPS))).sum())


def pysaliency(sal, fix):
    def density(x):
        x = x - x.min() if x.min() < 0 else x
        x = x + 1e-20
        return x / x.sum()

    sal, fix = density(sal), density(fix)
    return float((fix * (np.log(fix) - np.log(sal))).sum())


def maps(a, b, f):
    """f over the last two axes, mean over the others."""
    pairs = zip(a.reshape(-1, *a.shape[-2:]), b.reshape(-1, *b.shape[-2:]))
    return float(np.mean([f(x, y) for x, y in pairs]))


def values(kind, a, b, dims=-1):
    """a is the reference, b the candidate; rows along dims, one axis."""
    rank, last = a.ndim, dims in (-1, a.ndim - 1)
    p, q = rows_of(kind, a, dims), rows_of(kind, b, dims)
    log_p, log_q = logs_of(kind, a, dims), logs_of(kind, b, dims)
    n = p / p.sum(dims, keepdims=True), q / q.sum(dims, keepdims=True)
    t = lambda x: torch.tensor(x)
    log_n = [np.log(x) for x in n]
    exact = rel_entr(*n).sum(dims).mean()
    reverse = rel_entr(*n[::-1]).sum(dims).mean()
    rows = [np.moveaxis(x, dims, -1).reshape(-1, x.shape[dims]) for x in n]
    m = (rows[0] + rows[1]) / 2
    js = (rel_entr(rows[0], m) + rel_entr(rows[1], m)).sum(-1) / 2
    out = {
        "math": exact,
        "bits": exact / LN2,
        "hartleys": exact / LN10,
        "reverse": reverse,
        "jeffreys": exact + reverse,
        "js": js.mean(),
        "js.bits": js.mean() / LN2,
        "js-distance": np.sqrt(js).mean(),
        "torch.none": torch_kl(log_q, p, "none").sum(dims).mean().item(),
        "torch.sum": torch_kl(log_q, p, "sum").item(),
        "torch.mean": torch_kl(log_q, p, "mean").item(),
        "torch.batchmean": torch_kl(log_q, p, "batchmean").item(),
        "torch.swapped": torch_kl(log_p, q, "batchmean").item(),
        "torch.missing-log": torch_kl(q, p, "batchmean").item(),
        "torch.missing-log.mean": torch_kl(q, p, "mean").item(),
        "torch.missing-log.sum": torch_kl(q, p, "sum").item(),
        "torch.log-target": torch_kl(log_q, log_p, "batchmean").item(),
        "scipy.entropy": float(np.mean(entropy(p, q, axis=dims))),
        "scipy.rel_entr": rel_entr(p, q).sum(),
        "scipy.kl_div": kl_div(p, q).sum(),
        "scipy.jensenshannon": js_distance(*rows),
        "scipy.jensenshannon.base2": js_distance(*rows, base=2),
        "keras": float(keras.losses.KLDivergence()(p, q)),
        "optax": float(optax.losses.kl_divergence(log_q, p).mean()),
        "optax.generalized": float(optax.losses.generalized_kl_divergence(log_q, p).mean()),
    }
    if rank == 2 and last:
        out["scipy.entropy.axis0"] = float(np.mean(entropy(p, q)))
        out["torchmetrics"] = torchmetrics_kl(t(p), t(q)).item()
    if kind != "weights":
        kept = log_n[0] > -16
        out["llama.cpp"] = np.where(kept, n[0] * (log_n[0] - log_n[1]), 0).sum(dims).mean()
    if kind in ("logits", "probs", "weights"):
        once = softmax(p, axis=dims), log_softmax(q, axis=dims)
        out["softmax-twice"] = torch_kl(once[1], once[0], "none").sum(dims).mean().item()
    if kind == "logits":
        out["torch.missing-softmax"] = torch_kl(b, a, "batchmean").item()
        out["torch.missing-log-softmax"] = torch_kl(b, p, "batchmean").item()
        implicit = lambda f, x: f(t(x))
        if rank > 1 and (0 if rank in (0, 1, 3) else 1) != dims % rank:
            out["torch.implicit-dim"] = F.kl_div(
                implicit(F.log_softmax, b), implicit(F.softmax, a), reduction="batchmean"
            ).item()
        if rank > 1 and rank != 3 and dims % rank != 0:
            out["torch.wrong-axis"] = torch_kl(log_softmax(b, axis=0), softmax(a, axis=0), "batchmean").item()
        out["tensorflow"] = float(keras.losses.KLDivergence()(softmax(a, axis=-1), softmax(b, axis=-1)))
        sums = a / a.sum(dims, keepdims=True), b / b.sum(dims, keepdims=True)
        out["sum-normalised"] = float(np.mean(rel_entr(*sums).sum(dims)))
        if rank > 1:
            whole = lambda x: softmax(x, axis=(-2, -1))
            out["map.softmax"] = maps(whole(a), whole(b), lambda x, y: rel_entr(x, y).sum())
            out["pysaliency"] = maps(a, b, lambda x, y: pysaliency(y, x))
    if kind in ("probs", "weights"):
        if rank > 1:
            out["map.sum"] = maps(a, b, lambda x, y: rel_entr(x / x.sum(), y / y.sum()).sum())
            out["mit-saliency"] = maps(a, b, lambda x, y: mit(y, x))
            out["pysaliency"] = maps(a, b, lambda x, y: pysaliency(y, x))
        pairs = list(zip(*rows))
        psi = lambda x, y: float(((x - y) * np.log(x / y)).sum())
        each = lambda f: float(np.mean([f(x, y) for x, y in pairs]))

        def nannyml(x, y):
            some = x > 0
            rest = y[~some].sum()
            return jensenshannon(np.append(x[some], 0), np.append(y[some], rest), base=2)

        out["evidently.kl_div"] = each(lambda x, y: entropy(filled(x), filled(y)))
        out["evidently.psi"] = each(lambda x, y: psi(filled(x), filled(y)))
        out["evidently.jensenshannon"] = js_distance(*rows)
        out["nannyml.jensen_shannon"] = each(nannyml)
        out["tfdv"] = js.mean() / LN2
        out["psi"] = exact + reverse
        out["deepchecks.psi"] = each(lambda x, y: psi(np.maximum(x, 0.01), np.maximum(y, 0.01)))
    return out


def evidently(a, b):
    if len(np.unique(a)) > 20:
        bins = np.histogram_bin_edges(np.concatenate([a, b]), bins="sturges")
        return np.histogram(a, bins)[0] / len(a), np.histogram(b, bins)[0] / len(b)
    keys = np.union1d(a, b)
    return tuple(np.array([(x == key).mean() for key in keys]) for x in (a, b))


def nannyml_samples(a, b):
    keys = np.unique(a)
    if len(keys) > 50 or len(keys) / len(a) > 0.1:
        bins = np.histogram_bin_edges(a, bins="doane")
        x, y = np.histogram(a, bins)[0] / len(a), np.histogram(b, bins)[0] / len(b)
    else:
        x, y = (np.array([(v == key).mean() for key in keys]) for v in (a, b))
    rest = 1 - y.sum()
    if rest > 0:
        x, y = np.append(x, 0), np.append(y, rest)
    return jensenshannon(x, y, base=2)


def tfdv_samples(a, b):
    """Piecewise linear distribution functions of both histograms, differenced over all edges."""
    both = [np.histogram(x, 10) for x in (a, b)]
    edges = np.union1d(both[0][1], both[1][1])
    at = [np.interp(edges, e, np.append(0, np.cumsum(c) / c.sum())) for c, e in both]
    x, y = (np.diff(cdf) for cdf in at)
    m = (x + y) / 2
    return (rel_entr(x, m) + rel_entr(y, m)).sum() / 2 / LN2


def samples(a, b):
    x, y = evidently(a, b)
    fx, fy = filled(x), filled(y)
    return {
        "evidently.kl_div": entropy(fx, fy),
        "evidently.psi": ((fx - fy) * np.log(fx / fy)).sum(),
        "evidently.jensenshannon": jensenshannon(x, y),
        "nannyml.jensen_shannon": nannyml_samples(a, b),
        "tfdv": tfdv_samples(a, b),
    }


def number(x):
    x = float(x)
    return x if np.isfinite(x) else "NaN" if np.isnan(x) else "Infinity" if x > 0 else "-Infinity"


cases = []


def case(name, kind, a, b, dim=-1):
    found = samples(a, b) if kind == "samples" else values(kind, a, b, dim)
    cases.append(
        {
            "name": name,
            "kind": kind,
            "shape": list(a.shape),
            "dim": dim,
            "p": [number(x) for x in a.ravel()],
            "q": [number(x) for x in b.ravel()],
            "values": {key: number(value) for key, value in found.items()},
        }
    )


rng = np.random.default_rng(7)
normal = lambda *shape: rng.normal(size=shape)
simplex = lambda *shape: softmax(2 * normal(*shape), axis=-1)
a, b = normal(4, 5), normal(4, 5)
case("logits in a matrix", "logits", a, b)
case("the columns of a matrix of logits", "logits", a, b, 0)
case("logits in three axes", "logits", 3 * normal(2, 3, 6), 3 * normal(2, 3, 6))
case("logits in four axes", "logits", normal(2, 3, 4, 5), normal(2, 3, 4, 5), 1)
case("logits in one row", "logits", normal(7), normal(7))
case("logits far apart", "logits", 12 * normal(3, 8), 12 * normal(3, 8))
case("logits without a negative one", "logits", np.abs(normal(3, 4)), np.abs(normal(3, 4)))
case("probabilities in a matrix", "probs", simplex(6, 4), simplex(6, 4))
zeros = simplex(5, 6)
zeros[:, 1] = 0
zeros /= zeros.sum(-1, keepdims=True)
case("probabilities with zeros in P", "probs", zeros, simplex(5, 6))
case("probabilities with zeros in Q", "probs", simplex(5, 6), zeros)
case("probabilities with zeros in both", "probs", zeros, np.roll(zeros, 1, 0))
case("log-probabilities", "logProbs", log_softmax(3 * normal(4, 9), axis=-1), log_softmax(3 * normal(4, 9), axis=-1))
case("counts", "weights", rng.integers(0, 40, (3, 8)).astype(float), rng.integers(0, 40, (3, 8)).astype(float))
case("maps", "weights", rng.random((2, 5, 6)) ** 4, rng.random((2, 5, 6)) ** 4)
case("many samples", "samples", rng.normal(size=300), rng.normal(0.4, 1.3, size=260))
case("skewed samples", "samples", rng.exponential(size=200), 1 + rng.exponential(size=150))
case("samples of few values", "samples", rng.integers(0, 8, 400).astype(float), rng.integers(2, 10, 300).astype(float))
(here / "conventions.json").write_text(json.dumps(cases, separators=(",", ":")) + "\n")
