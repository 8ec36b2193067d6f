"""What llama.cpp's formulas make of logits in examples/data, by NumPy in float64.

The reference is brought to the 16-bit codes of llama.cpp's `_logits_` file here (see the comments), so the
test reads codes, scale and minimum of each row and decodes them by itself. The lines are printed with
Python's %, which is C's printf. Writes llama_cpp.json next to itself.

    python3 test/oracle/llama_cpp.py        (needs numpy)
"""

import base64
import json
from pathlib import Path

import numpy as np

here = Path(__file__).parent
data = here.parent.parent / "examples" / "data"


def encode(logits):
    """Codes of log-probabilities between the maximum and at most 16 below it: 65536 equal steps."""
    logits = logits.astype(np.float32)
    top = logits.max(-1)
    least = np.maximum(logits.min(-1), top - np.float32(16))
    log_z = np.log(np.exp((logits - top[:, None]).astype(np.float64)).sum(-1)).astype(np.float32)
    scale = ((top - least) / np.float32(65535)).astype(np.float32)
    steps = (logits - least[:, None]) / scale[:, None]
    codes = np.where(logits > least[:, None], np.rint(steps), 0).astype(np.uint16)
    return codes, scale, (least - top - log_z).astype(np.float32)


def decode(codes, scale, minimum):
    return (scale[:, None] * codes.astype(np.float32) + minimum[:, None]).astype(np.float64)


def log_softmax(x):
    x = x - x.max(-1, keepdims=True)
    return x - np.log(np.exp(x).sum(-1, keepdims=True))


def mean_and_uncertainty(x):
    n = len(x)
    return x.mean(), np.sqrt(((x * x).mean() - x.mean() ** 2) / (n - 1))


def summand_bounds(log_p, log_q):
    """The extremes of x log(x/q) for 0 <= x <= p, by trying."""
    x = np.concatenate([np.linspace(0, 1, 2001)[1:], [min(1.0, np.exp(log_q - 1 - log_p))]]) * np.exp(log_p)
    values = np.append(x * (np.log(x) - log_q), 0.0)
    return values.min(), values.max()


def block(log_p, logits, labels):
    n = len(log_p)
    rows = np.arange(n)
    log_q = log_softmax(logits.astype(np.float64))
    p = np.exp(log_p)
    kept = log_p > -16
    kld = np.where(kept, p * (log_p - log_q), 0).sum(-1)
    nll, nll_base = -log_q[rows, labels], -log_p[rows, labels]
    delta = np.exp(-nll) - np.exp(-nll_base)

    (m, dm), (b, db) = mean_and_uncertainty(nll), mean_and_uncertainty(nll_base)
    covariance = ((nll * nll_base).mean() - nll.mean() * nll_base.mean()) / (n - 1)
    ppl, ppl_base = np.exp(m), np.exp(b)
    d_ratio = np.sqrt(dm * dm + db * db - 2 * covariance)
    d_difference = np.sqrt(
        (ppl * dm) ** 2 + (ppl_base * db) ** 2 - 2 * ppl * ppl_base * covariance
    )
    same = (logits.argmax(-1) == log_p.argmax(-1)).mean()
    mse, d_mse = mean_and_uncertainty(delta * delta)
    rms = np.sqrt(mse)
    wide, narrow = "%10.6f ± %10.6f", "%6.3f ± %5.3f %%"
    quantiles = lambda x, name, layout, shares: [
        (f"{share:4.1f}%   {name}", layout, (np.quantile(x, share / 100),)) for share in shares
    ]
    lines = [
        "====== Perplexity statistics ======",
        ("Mean PPL(Q)                   ", wide, (ppl, ppl * dm)),
        ("Mean PPL(base)                ", wide, (ppl_base, ppl_base * db)),
        ("Cor(ln(PPL(Q)), ln(PPL(base)))", "%6.2f%%", (100 * covariance / (dm * db),)),
        ("Mean ln(PPL(Q)/PPL(base))     ", wide, (m - b, d_ratio)),
        ("Mean PPL(Q)/PPL(base)         ", wide, (np.exp(m - b), np.exp(m - b) * d_ratio)),
        ("Mean PPL(Q)-PPL(base)         ", wide, (ppl - ppl_base, d_difference)),
        "",
        "====== KL divergence statistics ======",
        ("Mean    KLD", wide, mean_and_uncertainty(kld)),
        ("Maximum KLD", "%10.6f", (kld.max(),)),
        *quantiles(kld, "KLD", "%10.6f", [99.9, 99, 95, 90]),
        ("Median  KLD", "%10.6f", (np.median(kld),)),
        *quantiles(kld, "KLD", "%10.6f", [10, 5, 1, 0.1]),
        ("Minimum KLD", "%10.6f", (kld.min(),)),
        "",
        "====== Token probability statistics ======",
        ("Mean    Δp", narrow, tuple(100 * x for x in mean_and_uncertainty(delta))),
        ("Maximum Δp", "%6.3f%%", (100 * delta.max(),)),
        *quantiles(100 * delta, "Δp", "%6.3f%%", [99.9, 99, 95, 90, 75]),
        ("Median  Δp", "%6.3f%%", (100 * np.median(delta),)),
        *quantiles(100 * delta, "Δp", "%6.3f%%", [25, 10, 5, 1, 0.1]),
        ("Minimum Δp", "%6.3f%%", (100 * delta.min(),)),
        ("RMS Δp    ", narrow, (100 * rms, 100 * 0.5 / rms * d_mse)),
        ("Same top p", narrow, (100 * same, 100 * np.sqrt(same * (1 - same) / (n - 1)))),
    ]
    normalised = log_softmax(log_p)
    exact = (np.exp(normalised) * (normalised - log_q)).sum(-1).mean()
    low = high = 0.0
    for row in rows:
        least = log_p[row].min()
        for i in np.flatnonzero(~kept[row]):
            if log_p[row, i] == least:
                a, c = summand_bounds(log_p[row, i], log_q[row, i])
            else:
                a = c = p[row, i] * (log_p[row, i] - log_q[row, i])
            low, high = low + a / n, high + c / n
    return {
        "text": [line if isinstance(line, str) else f"{line[0]}: {line[1] % line[2]}" for line in lines],
        "values": [[float(x) for x in line[2]] for line in lines if not isinstance(line, str)],
        "truncation": {
            "excludedMass": float(np.where(kept, 0, p).sum(-1).mean()),
            "low": float(low),
            "high": float(high),
            "exact": float(exact),
        },
    }


def case(name, reference, candidate, labels, rows, classes):
    a, b, c = (np.load(data / f"{file}.npy") for file in (reference, candidate, labels))
    a, b, c = a[:rows, :classes], b[:rows, :classes], c[:rows].astype(int) % classes
    codes, scale, minimum = encode(a)
    return {
        "name": name,
        "rows": rows,
        "classes": classes,
        "codes": base64.b64encode(codes.astype("<u2").tobytes()).decode(),
        "scale": [float(x) for x in scale],
        "minimum": [float(x) for x in minimum],
        "candidate": candidate,
        "columns": int(np.load(data / f"{candidate}.npy").shape[1]),
        "labels": [int(x) for x in c],
        **block(decode(codes, scale, minimum), b, c),
    }


cases = [
    case("digits of int4", "digits_teacher", "digits_int4", "digits_labels", 400, 10),
    case("digits of int2", "digits_teacher", "digits_int2", "digits_labels", 150, 10),
    case("a small language model", "lm_base", "lm_int4", "lm_labels", 15, 1024),
]
(here / "llama_cpp.json").write_text(json.dumps(cases, separators=(",", ":")) + "\n")
