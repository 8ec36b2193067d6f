"""Losses of torch.nn.functional, and distillation losses by their formulas in PyTorch, written to losses.json.

Run: python losses.py (needs torch 2.13)
"""

import itertools
import json
import warnings
from pathlib import Path

import torch
import torch.nn.functional as F
from derivatives import NAMES, derivatives, encode, f32, f64

warnings.simplefilter("ignore")
generator = torch.Generator().manual_seed(0)
REDUCTIONS = ["none", "mean", "sum"]


def grid(shape, low, high):
    """Multiples of 1/1024, which float32 and float64 share."""
    return torch.randint(low, high, shape, generator=generator).to(f64) / 1024


def classes(shape, count):
    return torch.randint(0, count, shape, generator=generator)


def camel(name):
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)


oracle = {}


def case(key, f, inputs, options, second=True, **more):
    """A case in float64 with second derivatives, and in float32."""
    given = {camel(k): encode(v) if isinstance(v, torch.Tensor) else v for k, v in options.items()}
    fixed = {k: encode(v) for k, v in more.items()}
    for dtype in [f64, f32]:
        converted = {k: v.to(dtype) if isinstance(v, torch.Tensor) else v for k, v in options.items()}
        run = derivatives(lambda *xs: f(*xs, **converted), [x.to(dtype) for x in inputs], second and dtype == f64)
        entry = {"inputs": [encode(x) for x in inputs], "options": given, "dtype": NAMES[dtype], **fixed, **run}
        oracle.setdefault(key, []).append(entry)


# Cross-entropy and NLL with classes.
weight5 = torch.tensor([1.0, 0.5, 2.0, 0.25, 1.5], dtype=f64)
for shape, reduction in itertools.product([(4, 5), (5,), (2, 5, 3)], REDUCTIONS):
    rows = shape[:1] + shape[2:] if len(shape) > 1 else ()
    x, target = grid(shape, -4096, 4096), classes(rows, 5)
    if rows:
        target.view(-1)[1] = -100
    for options in [{}, {"weight": weight5}, {"label_smoothing": 0.1}, {"weight": weight5, "label_smoothing": 0.3}]:
        case("crossEntropy", lambda x, **o: F.cross_entropy(x, target, **o), [x], {**options, "reduction": reduction}, target=target)
    for options in [{}, {"weight": weight5, "ignore_index": 2}]:
        y = target.clone().clamp(min=0) if options else target
        case("nllLoss", lambda x, **o: F.nll_loss(x, y, **o), [-x.abs()], {**options, "reduction": reduction}, target=y)

# Cross-entropy with probabilities: gradients in both arguments.
for shape, reduction in itertools.product([(3, 5), (5,), (2, 5, 2)], REDUCTIONS):
    x, target = grid(shape, -4096, 4096), grid(shape, 1, 1024)
    for options in [{}, {"weight": weight5, "label_smoothing": 0.2}]:
        case("crossEntropyProbabilities", F.cross_entropy, [x, target], {**options, "reduction": reduction})

for reduction in REDUCTIONS:
    p, t = grid((3, 2), 1, 1024), grid((3, 2), 0, 1025)
    w = grid((2,), 512, 2048)
    for options in [{}, {"weight": w}]:
        case("binaryCrossEntropy", F.binary_cross_entropy, [p, t], {**options, "reduction": reduction})
    x = torch.cat([grid((2, 2), -4096, 4096), torch.tensor([[0.0, 90.0]], dtype=f64)])
    for options in [{}, {"weight": w}, {"pos_weight": w}, {"weight": w, "pos_weight": w * 2}]:
        f = F.binary_cross_entropy_with_logits
        case("binaryCrossEntropyWithLogits", f, [x, t], {**options, "reduction": reduction})
    x, t = grid((3, 4), -3072, 3072), grid((3, 4), -3072, 3072)
    x[0, 0] = t[0, 0]
    x[0, 1] = t[0, 1] + 1
    case("l1Loss", F.l1_loss, [x, t], {"reduction": reduction})
    for beta in [1.0, 0.3, 2.5, 0.0]:
        case("smoothL1Loss", F.smooth_l1_loss, [x, t], {"beta": beta, "reduction": reduction}, second=beta > 0)
    for delta in [1.0, 0.3, 2.5]:
        case("huberLoss", F.huber_loss, [x, t], {"delta": delta, "reduction": reduction})
    a, b = grid((4, 3), -2048, 2048), grid((4, 3), -2048, 2048)
    sides = torch.tensor([1, -1, 1, -1])
    for margin in [0.0, 0.2, -0.5]:
        f = lambda a, b, **o: F.cosine_embedding_loss(a, b, sides, **o)
        case("cosineEmbeddingLoss", f, [a, b], {"margin": margin, "reduction": reduction}, target=sides)

x = torch.tensor([0.0, 0.0, 1.0, 1.0, 0.25], dtype=f64)
t = torch.tensor([0.0, 1.0, 0.0, 1.0, 0.5], dtype=f64)
case("binaryCrossEntropyEdges", F.binary_cross_entropy, [x, t], {"reduction": "none"}, second=False)


# Distillation, by the textbook formulas: [2 sequences, 3 tokens, 5 classes].
def rows(measure, s, t, weight):
    p, q = t.softmax(-1), s.softmax(-1)
    kl = lambda a, b: (a * (a / b).log()).sum(-1)
    m = lambda w: w * p + (1 - w) * q
    return {
        "kl": lambda: kl(p, q),
        "reverse-kl": lambda: kl(q, p),
        "jeffreys": lambda: kl(p, q) + kl(q, p),
        "js": lambda: (kl(p, m(0.5)) + kl(q, m(0.5))) / 2,
        "gjs": lambda: weight * kl(p, m(weight)) + (1 - weight) * kl(q, m(weight)),
        "skew-kl": lambda: kl(p, m(weight)),
        "tv": lambda: (p - q).abs().sum(-1) / 2,
    }[measure]()


def reduce(values, counts, reduction):
    values = torch.where(counts, values, torch.zeros_like(values))
    if reduction == "none":
        return values
    if reduction == "sum":
        return values.sum()
    if reduction == "batchmean":
        return values.sum() / values.shape[0]
    if reduction == "token-mean":
        return values.sum() / counts.sum()
    tokens = counts.sum(-1)
    return (values.sum(-1) / tokens.clamp(min=1)).sum() / (tokens > 0).sum()


def distill(s, t, measure="kl", weight=None, temperature=1.0, temperature_squared=False, reduction="token-mean", counts=None):
    counts = torch.ones(s.shape[:-1], dtype=torch.bool) if counts is None else counts
    values = rows(measure, s / temperature, t / temperature, weight)
    return reduce(values, counts, reduction) * (temperature**2 if temperature_squared else 1)


s, t = grid((2, 3, 5), -3072, 3072), grid((2, 3, 5), -3072, 3072)
mask = torch.tensor([[True, True, False], [False, True, False]])
labels = torch.tensor([[1, -100, 2], [-100, -100, -100]])
MEASURES = [("kl", None), ("reverse-kl", None), ("jeffreys", None), ("js", None), ("gjs", 0.3), ("skew-kl", 0.1), ("tv", None)]
for measure, weight in MEASURES:
    for temperature, squared in [(1.0, False), (2.0, True), (4.0, False)]:
        options = {"measure": measure, "temperature": temperature, "temperature_squared": squared}
        if weight is not None:
            options["weight"] = weight
        case("distillation", distill, [s, t], options)
TOKENS = ["none", "sum", "token-mean", "sequence-mean", "batchmean"]
for reduction in TOKENS:
    f = lambda s, t, **o: distill(s, t, counts=mask, **o)
    case("distillationMask", f, [s, t], {"reduction": reduction}, mask=mask)
    f = lambda s, t, **o: distill(s, t, counts=labels != -100, **o)
    case("distillationLabels", f, [s, t], {"reduction": reduction}, labels=labels)

# Top-k teachers: k + 1 buckets.
top = t.log_softmax(-1).topk(2, -1)


def topk(s, known, classes=top.indices, measure="kl", temperature=1.0, reduction="token-mean"):
    def buckets(log_probs):
        return torch.cat([log_probs, (1 - log_probs.exp().sum(-1, keepdim=True)).log()], -1)

    student = (s / temperature).log_softmax(-1).gather(-1, classes)
    values = rows(measure, buckets(student), buckets(known), None)
    return reduce(values, torch.ones(s.shape[:-1], dtype=torch.bool), reduction)


for measure, temperature in [("kl", 1.0), ("reverse-kl", 1.0), ("js", 2.0)]:
    options = {"measure": measure, "temperature": temperature, "reduction": "none"}
    case("topk", lambda s, **o: topk(s, top.values.to(s.dtype), **o), [s], options, classes=top.indices, logProbs=top.values)

# Linear heads.
hs, ws, bs = grid((2, 3, 4), -2048, 2048), grid((5, 4), -1024, 1024), grid((5,), -1024, 1024)
ht, wt, bt = grid((2, 3, 6), -2048, 2048), grid((5, 6), -1024, 1024), grid((5,), -1024, 1024)
for measure, reduction in [("kl", "token-mean"), ("reverse-kl", "none"), ("js", "sum"), ("jeffreys", "sequence-mean")]:
    f = lambda hs, ws, ht, wt, bs, bt, **o: distill(F.linear(hs, ws, bs), F.linear(ht, wt, bt), counts=mask, **o)
    options = {"measure": measure, "reduction": reduction, "temperature": 2.0, "temperature_squared": True}
    case("linear", f, [hs, ws, ht, wt, bs, bt], options, second=False, mask=mask)

# Estimators of KL(q ‖ p) with log r = log p - log q.
logq, logp = grid((2, 3), -4096, -1), grid((2, 3), -4096, -1)
for estimator in ["k1", "k2", "k3"]:
    def sampled(q, p, estimator=estimator, gradient="naive", reduction="none"):
        r = p - q
        value = {"k1": -r, "k2": r * r / 2, "k3": r.exp() - 1 - r}[estimator]
        if gradient == "unbiased":
            value = r * r / 2 + (value - r * r / 2).detach()
        return reduce(value, mask, reduction)

    for gradient, reduction in [("naive", "none"), ("unbiased", "token-mean")]:
        options = {"estimator": estimator, "gradient": gradient, "reduction": reduction}
        case("sampled", sampled, [logq, logp], options, mask=mask)

path = Path(__file__).with_suffix(".json")
path.write_text(json.dumps(oracle, separators=(",", ":")) + "\n")
