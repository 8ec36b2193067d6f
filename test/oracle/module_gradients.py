"""What each module of torch.nn computes in float64, and the gradients in its inputs and parameters, written to
module_gradients.json. Modules are made after manual_seed(3); the gradients are those of the sum of all outputs, each
times ((5i mod 7) - 2) / 4.

Run: python module_gradients.py (needs torch 2.13)
"""

import json
from pathlib import Path

import torch
from torch import nn

torch.set_default_dtype(torch.float64)
WEIGHT3 = "tensor([0.5, 2, 1.25], { dtype: 'float64' })"
weight3 = torch.tensor([0.5, 2.0, 1.25])


def grid(*shape, shift=0):
    """Different multiples of 1/32, of either sign."""
    i = torch.arange(torch.Size(shape).numel()) + shift
    return (((37 * i) % 101 - 50) / 32).to(torch.float64).reshape(shape)


x = grid(3, 4)
image = grid(2, 4, 5, 6)
tokens = grid(2, 3, 4)
logits, classes = grid(4, 3), torch.tensor([2, 0, -100, 1])
some = torch.tensor([2, 0, 1, 1])
chances = grid(4, 3).sigmoid()
target = grid(4, 3, shift=50).abs() / 2
D = "dtype: 'float64'"
CASES = [
    ("new nn.Linear(4, 2, { %s })" % D, lambda: nn.Linear(4, 2), [x]),
    ("new nn.Linear(4, 2, { bias: false, %s })" % D, lambda: nn.Linear(4, 2, bias=False), [x]),
    ("new nn.Conv2d(4, 6, 3, { stride: 2, padding: 1, groups: 2, %s })" % D, lambda: nn.Conv2d(4, 6, 3, stride=2, padding=1, groups=2), [image]),
    ("new nn.Conv2d(4, 2, [2, 3], { dilation: [2, 1], bias: false, %s })" % D, lambda: nn.Conv2d(4, 2, (2, 3), dilation=(2, 1), bias=False), [image]),
    ("new nn.MaxPool2d(2)", lambda: nn.MaxPool2d(2), [image]),
    ("new nn.MaxPool2d(3, { stride: 2, padding: 1 })", lambda: nn.MaxPool2d(3, stride=2, padding=1), [image]),
    ("new nn.AvgPool2d(2)", lambda: nn.AvgPool2d(2), [image]),
    ("new nn.AvgPool2d([3, 2], { stride: 2, padding: 1 })", lambda: nn.AvgPool2d((3, 2), stride=2, padding=1), [image]),
    ("new nn.AdaptiveAvgPool2d([2, 4])", lambda: nn.AdaptiveAvgPool2d((2, 4)), [image]),
    ("new nn.AdaptiveMaxPool2d(3)", lambda: nn.AdaptiveMaxPool2d(3), [image]),
    ("new nn.BatchNorm1d(4, { %s })" % D, lambda: nn.BatchNorm1d(4), [x]),
    ("new nn.BatchNorm2d(4, { %s })" % D, lambda: nn.BatchNorm2d(4), [image]),
    ("new nn.BatchNorm2d(4, { %s }).eval()" % D, lambda: nn.BatchNorm2d(4).eval(), [image]),
    ("new nn.LayerNorm(4, { %s })" % D, lambda: nn.LayerNorm(4), [tokens]),
    ("new nn.LayerNorm([3, 4], { %s })" % D, lambda: nn.LayerNorm([3, 4]), [tokens]),
    ("new nn.Embedding(5, 3, { paddingIdx: 1, %s })" % D, lambda: nn.Embedding(5, 3, padding_idx=1), [torch.tensor([[0, 1], [4, 0]])]),
    ("new nn.Embedding(5, 3, { %s })" % D, lambda: nn.Embedding(5, 3), [torch.tensor([[0, 1], [4, 0]])]),
    ("new nn.Dropout(0.3).eval()", lambda: nn.Dropout(0.3).eval(), [x]),
    ("new nn.Flatten()", lambda: nn.Flatten(), [image]),
    ("new nn.Identity()", lambda: nn.Identity(), [x]),
    ("new nn.ReLU()", lambda: nn.ReLU(), [x]),
    ("new nn.LeakyReLU(0.2)", lambda: nn.LeakyReLU(0.2), [x]),
    ("new nn.GELU()", lambda: nn.GELU(), [x]),
    ("new nn.GELU({ approximate: 'tanh' })", lambda: nn.GELU(approximate="tanh"), [x]),
    ("new nn.SiLU()", lambda: nn.SiLU(), [x]),
    ("new nn.Tanh()", lambda: nn.Tanh(), [x]),
    ("new nn.Sigmoid()", lambda: nn.Sigmoid(), [x]),
    ("new nn.Softplus({ beta: 2, threshold: 1 })", lambda: nn.Softplus(beta=2, threshold=1), [x]),
    ("new nn.Softmax(1)", lambda: nn.Softmax(1), [x]),
    ("new nn.LogSoftmax(0)", lambda: nn.LogSoftmax(0), [x]),
    ("{ forward: F.logSigmoid }", lambda: nn.LogSigmoid(), [x]),
    ("new nn.Sequential(new nn.Linear(4, 3, { %s }), new nn.Tanh(), new nn.Linear(3, 2, { %s }))" % (D, D), lambda: nn.Sequential(nn.Linear(4, 3), nn.Tanh(), nn.Linear(3, 2)), [x]),
    ("new nn.CrossEntropyLoss({ weight: %s, labelSmoothing: 0.2 })" % WEIGHT3, lambda: nn.CrossEntropyLoss(weight=weight3, label_smoothing=0.2), [logits, classes]),
    ("new nn.CrossEntropyLoss({ ignoreIndex: 1, reduction: 'sum' })", lambda: nn.CrossEntropyLoss(ignore_index=1, reduction="sum"), [logits, some]),
    ("new nn.CrossEntropyLoss()", lambda: nn.CrossEntropyLoss(), [logits, grid(4, 3, shift=9).softmax(-1)]),
    ("new nn.NLLLoss({ weight: %s })" % WEIGHT3, lambda: nn.NLLLoss(weight=weight3), [logits, classes]),
    ("new nn.NLLLoss({ ignoreIndex: 0, reduction: 'none' })", lambda: nn.NLLLoss(ignore_index=0, reduction="none"), [logits, some]),
    ("new nn.BCELoss({ weight: %s })" % WEIGHT3, lambda: nn.BCELoss(weight=weight3), [chances, target]),
    ("new nn.BCEWithLogitsLoss({ weight: %s, posWeight: %s, reduction: 'sum' })" % (WEIGHT3, WEIGHT3), lambda: nn.BCEWithLogitsLoss(weight=weight3, pos_weight=weight3, reduction="sum"), [logits, target]),
    ("new nn.MSELoss()", lambda: nn.MSELoss(), [logits, target]),
    ("new nn.L1Loss({ reduction: 'none' })", lambda: nn.L1Loss(reduction="none"), [logits, target]),
    ("new nn.SmoothL1Loss({ beta: 0.4 })", lambda: nn.SmoothL1Loss(beta=0.4), [logits, target]),
    ("new nn.HuberLoss({ delta: 0.6, reduction: 'sum' })", lambda: nn.HuberLoss(delta=0.6, reduction="sum"), [logits, target]),
    ("new nn.CosineEmbeddingLoss({ margin: 0.1 })", lambda: nn.CosineEmbeddingLoss(margin=0.1), [logits, target, torch.tensor([1, -1, -1, 1])]),
    ("new nn.KLDivLoss({ reduction: 'batchmean' })", lambda: nn.KLDivLoss(reduction="batchmean"), [chances.log(), target]),
    ("new nn.KLDivLoss({ reduction: 'sum', logTarget: true })", lambda: nn.KLDivLoss(reduction="sum", log_target=True), [chances.log(), target.log()]),
]  # fmt: skip


def encode(t):
    name = {torch.float64: "float64", torch.int64: "int32"}[t.dtype]
    return {"dtype": name, "shape": list(t.shape), "values": t.detach().reshape(-1).tolist()}


oracle = []
for code, make, inputs in CASES:
    torch.manual_seed(3)
    module = make()
    given = [t.clone().requires_grad_() if t.is_floating_point() else t for t in inputs]
    output = module(*given)
    weights = ((5 * torch.arange(output.numel()) % 7 - 2) / 4).to(torch.float64).reshape(output.shape)
    leaves = [t for t in given if t.requires_grad] + list(module.parameters())
    grads = torch.autograd.grad((output * weights).sum(), leaves)
    oracle.append({"make": code, "inputs": [encode(t) for t in inputs], "output": encode(output), "grads": [encode(g) for g in grads]})
Path(__file__).with_suffix(".json").write_text(json.dumps(oracle, separators=(",", ":")) + "\n")
