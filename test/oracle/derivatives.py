"""What the scripts of this folder share: tensors as JSON, and values with their derivatives.

Gradients are those for an upstream gradient w; second derivatives those of the sum over inputs k of
(pattern(2 + k) * grad_k).sum() with respect to the inputs and w, where w is pattern(1).
"""

import math

import torch

f32, f64 = torch.float32, torch.float64
NAMES = {f32: "float32", f64: "float64", torch.int32: "int32", torch.int64: "int32", torch.bool: "bool"}


def encode(t):
    def number(v):
        if not math.isfinite(v):
            return "NaN" if math.isnan(v) else "Infinity" if v > 0 else "-Infinity"
        return float(f"{v:.9g}") if t.dtype == f32 else v

    values = [number(float(v)) for v in t.detach().reshape(-1)]
    return {"dtype": NAMES[t.dtype], "shape": list(t.shape), "values": values}


def pattern(k, shape, dtype):
    """Weights that treat no two elements alike: ((i * 7 + k * 5) mod 16 + 1) / 8."""
    i = torch.arange(math.prod(shape))
    return (((i * 7 + k * 5) % 16 + 1).to(dtype) / 8).reshape(shape)


def derivatives(f, inputs, second=True):
    """The value of f, its first and second derivatives."""
    inputs = [x.clone().requires_grad_() for x in inputs]
    out = f(*inputs)
    w = pattern(1, out.shape, out.dtype).requires_grad_()
    first = torch.autograd.grad(out, inputs, w, create_graph=second)
    result = {"value": encode(out), "grads": [encode(g) for g in first]}
    if second:
        total = sum((pattern(2 + k, g.shape, g.dtype) * g).sum() for k, g in enumerate(first))
        found = torch.autograd.grad(total, [*inputs, w], allow_unused=True)
        pairs = zip(found, [*inputs, w])
        result["second"] = [encode(torch.zeros_like(x) if g is None else g) for g, x in pairs]
    return result
