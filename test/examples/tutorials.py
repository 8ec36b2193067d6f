"""What the programs in examples/ compute, by real PyTorch, NumPy and mpmath, written to tutorials.json.

Run: python tutorials.py (needs torch 2.13, numpy, mpmath)
"""

import json
import warnings
from pathlib import Path

import mpmath
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

warnings.simplefilter("ignore")
here = Path(__file__).parent
oracle = {}

# guide-x-with-y
torch.manual_seed(0)
x, y = torch.randn((4, 5)), torch.randn((4, 5))
a, b = F.log_softmax(x.double(), -1), F.log_softmax(y.double(), -1)
guided = lambda reduction: F.kl_div(F.log_softmax(x, -1), F.softmax(y, -1), reduction=reduction).item()
oracle["guideXWithY"] = {reduction: guided(reduction) for reduction in ["sum", "mean", "batchmean"]}
oracle["guideXWithY"]["exactSum"] = (b.exp() * (b - a)).sum().item()

# negative-kl
output = torch.tensor([[0.1132, 0.5477, 0.339]])
target = torch.tensor([[0.1541, 0.0511, 0.0947]])
p, q = target.double() / target.double().sum(), output.double() / output.double().sum()
torch.manual_seed(0)
near_p = torch.randn(1000, 5)
near_q = near_p + torch.randn(1000, 5) * 1e-5
near = F.kl_div(F.log_softmax(near_q, -1), F.softmax(near_p, -1), reduction="none").sum(-1)


def exact_kl(a, b):
    """KL(softmax(a) || softmax(b)) to 50 digits."""
    with mpmath.workdps(50):
        pa, pb = ([mpmath.exp(mpmath.mpf(v)) for v in row] for row in (a, b))
        za, zb = sum(pa), sum(pb)
        return sum(u / za * mpmath.log((u / za) / (v / zb)) for u, v in zip(pa, pb))


exact = [exact_kl(a, b) for a, b in zip(near_p.double().tolist(), near_q.double().tolist())]
oracle["negativeKl"] = {
    "unnormalised": nn.KLDivLoss()(output.log(), target).item(),
    "normalised": (p * (p / q).log()).sum().item(),
    "shareBelowZero": (near < 0).double().mean().item(),
    "exactMean": float(sum(exact) / len(exact)),
}

# softmax-axes
pred = torch.tensor([[[-1.23909949, 0.77767204], [0.08646117, -0.14608897]]], dtype=torch.float64)
true = torch.tensor([[[0.31, -0.52], [1.27, 0.04]]], dtype=torch.float64)
kld = lambda a, b: F.kl_div(F.log_softmax(a, -1), F.softmax(b, -1), reduction="sum").item()
oracle["softmaxAxes"] = {
    "lastAxis": F.softmax(pred, -1).tolist(),
    "wholeMap": F.softmax(pred.flatten(1), -1).tolist(),
    "sumOfRows": kld(pred, true),
    "meanOfRows": kld(pred, true) / 2,
    "ofMap": kld(pred.flatten(1), true.flatten(1)),
}

# kl-by-hand
P, Q = torch.tensor([0.4, 0.6]), torch.tensor([0.3, 0.7])
p, q = P.double(), Q.double()
sp, sq = F.softmax(p, 0), F.softmax(q, 0)
oracle["klByHand"] = {
    "exact": (p * (p / q).log()).sum().item(),
    "exactSoftmaxed": (sp * (sp / sq).log()).sum().item(),
    "byHand": (P * (P.log() - Q.log())).sum().item(),
    "functional": F.kl_div(Q.log(), P, reduction="sum").item(),
    "logTarget": F.kl_div(Q.log(), P.log(), reduction="sum", log_target=True).item(),
    "byModule": nn.KLDivLoss(reduction="sum")(Q.log(), P).item(),
    "softmaxed": F.kl_div(F.softmax(Q, 0).log(), F.softmax(P, 0), reduction="sum").item(),
    "withoutLog": F.kl_div(Q, P, reduction="sum").item(),
}


# kl-as-a-loss
def train(kind, dtype):
    torch.set_default_dtype(dtype)
    torch.manual_seed(1)
    X, T = torch.randn(96, 6), torch.randn(96, 3)
    model = nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 3))
    optimizer = kind(model.parameters(), lr=0.01)
    losses = []
    for _ in range(5):
        for start in range(0, 96, 32):
            x, t = X[start : start + 32], T[start : start + 32]
            optimizer.zero_grad()
            out = model(x)
            kl = F.kl_div(F.softmax(t, -1).log(), F.softmax(out, -1), reduction="batchmean")
            total = kl + 0.1 * F.mse_loss(out, t)
            total.backward()
            optimizer.step()
            losses.append(total.item())
    return losses


oracle["klAsALoss"] = [
    {"optimizer": kind.__name__, "dtype": str(dtype)[6:], "losses": train(kind, dtype)}
    for kind in [torch.optim.Adam, torch.optim.NAdam]
    for dtype in [torch.float64, torch.float32]
]

# empirical-distribution
samples = json.loads((here / "../../examples/samples.json").read_text())
edges = np.array(samples["edges"])
a, b = (np.clip(np.array(samples[key]), edges[0], edges[-1]) for key in "ab")
counts = [[np.histogram(m[:, f], edges)[0] for f in range(2)] for m in (a, b)]


def smoothed_kl(of_a, of_b):
    u, v = (of_a + 1) / (of_a + 1).sum(), (of_b + 1) / (of_b + 1).sum()
    return float((u * np.log(u / v)).sum())


oracle["empiricalDistribution"] = {
    "countsA": [c.tolist() for c in counts[0]],
    "countsB": [c.tolist() for c in counts[1]],
    "kl": [smoothed_kl(*pair) for pair in zip(*counts)],
}

(here / "tutorials.json").write_text(json.dumps(oracle, separators=(",", ":")) + "\n")
