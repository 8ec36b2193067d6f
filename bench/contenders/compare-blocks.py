"""What `kullback compare` computes of two files of logits, as one writes it in NumPy or PyTorch: .npy files of
float32 or float16, or llama.cpp's `_logits_` files.

    python compare-blocks.py numpy|torch THREADS REFERENCE CANDIDATE

Reads blocks of rows; for each row KL both ways, Jensen-Shannon, total variation and whether the top class is
the same; then mean, standard error and percentiles. Prints JSON: the mean KL and the seconds since the
libraries were imported.
"""

import json
import sys
import time

import numpy as np

way, threads, reference, candidate = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
if way == "torch":
    import torch

    torch.set_num_threads(threads)

begin = time.perf_counter()
BLOCK_BYTES = 16 << 20


def numpy_log_softmax(x):
    shifted = x - x.max(-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))


def numpy_rows(a, b):
    log_p, log_q = numpy_log_softmax(a), numpy_log_softmax(b)
    p, q = np.exp(log_p), np.exp(log_q)
    t = log_p - log_q
    log_m = np.log((p + q) / 2)
    js = ((p * (log_p - log_m)).sum(-1) + (q * (log_q - log_m)).sum(-1)) / 2
    same = a.argmax(-1) == b.argmax(-1)
    return np.stack([(p * t).sum(-1), -(q * t).sum(-1), js, np.abs(p - q).sum(-1) / 2, same])


def torch_rows(a, b):
    a, b = torch.from_numpy(a), torch.from_numpy(b)
    log_p, log_q = a.log_softmax(-1), b.log_softmax(-1)
    p, q = log_p.exp(), log_q.exp()
    t = log_p - log_q
    log_m = ((p + q) / 2).log()
    js = ((p * (log_p - log_m)).sum(-1) + (q * (log_q - log_m)).sum(-1)) / 2
    same = (a.argmax(-1) == b.argmax(-1)).float()
    return torch.stack([(p * t).sum(-1), -(q * t).sum(-1), js, (p - q).abs().sum(-1) / 2, same]).numpy()


def opened(path):
    """How many rows a file has and of how many classes, and a function that gives some of them in float32."""
    with open(path, "rb") as file:
        if file.read(8) != b"_logits_":
            rows = np.load(path, mmap_mode="r")
            return rows.shape, lambda i, j: rows[i:j].astype(np.float32)
        context, classes, chunks = (int(x) for x in np.frombuffer(file.read(12), "<i4"))
    count = (context - 1 - context // 2) * chunks
    words = 4 + classes + classes % 2
    codes = np.memmap(path, "<u2", "r", 20 + 4 * context * chunks, (count, words))

    def some(i, j):
        block = np.array(codes[i:j])
        scale, minimum = np.ascontiguousarray(block[:, :4]).view("<f4").T[:, :, None]
        return scale * block[:, 4 : 4 + classes] + minimum

    return (count, classes), some


(count, classes), p = opened(reference)
_, q = opened(candidate)
step = max(1, BLOCK_BYTES // (classes * 4))
rows = {"numpy": numpy_rows, "torch": torch_rows}[way]
statistics = np.concatenate([rows(p(i, i + step), q(i, i + step)) for i in range(0, count, step)], axis=1)
statistics.mean(1), statistics.std(1, ddof=1) / count**0.5, np.percentile(statistics, [50, 90, 95, 99], axis=1)
print(json.dumps({"kl": float(statistics[0].mean()), "seconds": time.perf_counter() - begin}))
