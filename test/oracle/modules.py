"""Modules and functions of real PyTorch, written to modules*.json: values, gradients and second derivatives of the
functions, what modules draw after a seed, what they compute and learn, and how they print.

Run: python modules.py (needs torch 2.13)
"""

import json
import math
import re
import warnings
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

warnings.filterwarnings("ignore")
NAMES = {torch.float32: "float32", torch.float64: "float64", torch.int64: "int32", torch.bool: "bool"}


def number(v, dtype):
    if isinstance(v, (bool, int)):
        return int(v)
    if not math.isfinite(v):
        return "NaN" if math.isnan(v) else "Infinity" if v > 0 else "-Infinity"
    short = float(f"{v:.9g}") if dtype == torch.float32 else v
    return int(short) if short == int(short) and (short != 0 or math.copysign(1, short) > 0) else short


def encode(t):
    t = t.detach()
    return {
        "dtype": NAMES[t.dtype],
        "shape": list(t.shape),
        "values": [number(v, t.dtype) for v in t.reshape(-1).tolist()],
    }


def wave(k, shape, dtype):
    """The inputs: ((37i + 11k) mod 64 − 31.5) / 16, which float32 holds exactly."""
    i = torch.arange(math.prod(shape), dtype=torch.float64)
    return ((((i * 37 + 11 * k) % 64) - 31.5) / 16).reshape(shape).to(dtype)


def pattern(k, shape, dtype):
    """The weights that derivatives are taken with: ((7i + 5k) mod 16 + 1) / 8."""
    i = torch.arange(math.prod(shape), dtype=torch.float64)
    return (((i * 7 + k * 5) % 16 + 1) / 8).reshape(shape).to(dtype)


def derivatives(f, inputs, second):
    leaves = [x.clone().requires_grad_() for x in inputs]
    out = f(*leaves)
    weights = pattern(1, out.shape, out.dtype).requires_grad_()
    grads = torch.autograd.grad(out, leaves, weights, create_graph=second)
    result = {"value": encode(out), "grads": [encode(g) for g in grads]}
    if second:
        total = sum((g * pattern(2 + i, g.shape, g.dtype)).sum() for i, g in enumerate(grads))
        wanted = [*leaves, weights]
        twice = torch.autograd.grad(total, wanted, allow_unused=True)
        result["second"] = [encode(torch.zeros_like(x) if g is None else g) for g, x in zip(twice, wanted)]
    return result


def conv(stride=1, padding=0, dilation=1, groups=1):
    return lambda x, w, b=None: F.conv2d(x, w, b, stride, padding, dilation, groups)


tall = torch.tensor([[True, False, True, True], [True, True, False, True], [False, False, False, True]])
added = torch.tensor([[0.5, -math.inf, 1.0, 0.0], [0.0, 0.25, -1.0, 2.0], [-math.inf] * 4])
ids = torch.tensor([[1, 3, 1], [0, 3, 4]])

# name, function, shapes of the inputs, options as Kullback takes them, and whether PyTorch has second derivatives
functions = [
    ("conv2d", conv(), [(2, 2, 4, 5), (3, 2, 3, 2), (3,)], {}, True),
    ("conv2d", conv((2, 1), (1, 2)), [(1, 2, 5, 4), (2, 2, 3, 3)], {"stride": [2, 1], "padding": [1, 2]}, True),
    ("conv2d", conv(2, 1, 2, 2), [(2, 4, 6, 5), (4, 2, 2, 2), (4,)], {"stride": 2, "padding": 1, "dilation": 2, "groups": 2}, True),
    ("conv2d", conv(1, "same", (1, 2)), [(1, 1, 4, 5), (2, 1, 4, 3)], {"padding": "same", "dilation": [1, 2]}, True),
    ("conv2d", conv(1, "valid", 1, 2), [(4, 4, 4), (2, 2, 2, 3), (2,)], {"padding": "valid", "groups": 2}, True),
    ("conv2d", conv(), [(2, 3, 2, 2), (4, 3, 1, 1), (4,)], {}, True),
    ("conv2d", conv(3), [(1, 3, 7, 8), (4, 3, 1, 1)], {"stride": 3}, False),
    ("maxPool2d", lambda x: F.max_pool2d(x, 2), [(2, 2, 4, 5)], {"kernelSize": 2}, True),
    ("maxPool2d", lambda x: F.max_pool2d(x, (3, 2), (2, 1), (1, 1), (1, 2)), [(2, 5, 5)], {"kernelSize": [3, 2], "stride": [2, 1], "padding": [1, 1], "dilation": [1, 2]}, True),
    ("maxPool2d", lambda x: F.max_pool2d(x, 3, 2, 1, ceil_mode=True), [(1, 1, 6, 7)], {"kernelSize": 3, "stride": 2, "padding": 1, "ceilMode": True}, True),
    ("maxPool2d", lambda x: F.max_pool2d(x, 2, 2, 1, 2), [(1, 1, 6, 6)], {"kernelSize": 2, "stride": 2, "padding": 1, "dilation": 2}, True),
    ("avgPool2d", lambda x: F.avg_pool2d(x, 2), [(2, 2, 4, 5)], {"kernelSize": 2}, True),
    ("avgPool2d", lambda x: F.avg_pool2d(x, 3, 2, 1, True), [(1, 2, 6, 7)], {"kernelSize": 3, "stride": 2, "padding": 1, "ceilMode": True}, True),
    ("avgPool2d", lambda x: F.avg_pool2d(x, (3, 2), (2, 3), 1, True, False), [(1, 6, 7)], {"kernelSize": [3, 2], "stride": [2, 3], "padding": 1, "ceilMode": True, "countIncludePad": False}, True),
    ("avgPool2d", lambda x: F.avg_pool2d(x, 2, divisor_override=3), [(1, 2, 4)], {"kernelSize": 2, "divisorOverride": 3}, True),
    ("adaptiveAvgPool2d", lambda x: F.adaptive_avg_pool2d(x, (3, 2)), [(1, 2, 5, 3)], {"outputSize": [3, 2]}, True),
    ("adaptiveAvgPool2d", lambda x: F.adaptive_avg_pool2d(x, 1), [(2, 4, 3)], {"outputSize": 1}, True),
    ("adaptiveAvgPool2d", lambda x: F.adaptive_avg_pool2d(x, (None, 5)), [(1, 2, 3)], {"outputSize": [None, 5]}, True),
    ("adaptiveMaxPool2d", lambda x: F.adaptive_max_pool2d(x, (3, 2)), [(1, 2, 5, 3)], {"outputSize": [3, 2]}, True),
    ("batchNorm", lambda x, w, b: F.batch_norm(x, None, None, w, b, True), [(4, 3), (3,), (3,)], {"training": True}, True),
    ("batchNorm", lambda x, w, b: F.batch_norm(x, None, None, w, b, True, eps=0.1), [(2, 2, 2, 3), (2,), (2,)], {"training": True, "eps": 0.1}, True),
    ("batchNorm", lambda x: F.batch_norm(x, None, None, training=True), [(3, 2, 2)], {"training": True}, True),
    ("batchNorm", lambda x, w, b: F.batch_norm(x, torch.tensor([0.5, -1.0]).to(x.dtype), torch.tensor([2.0, 0.25]).to(x.dtype), w, b), [(2, 2, 1, 3), (2,), (2,)], {"running": True}, True),
    ("layerNorm", lambda x, w, b: F.layer_norm(x, (4,), w, b), [(2, 3, 4), (4,), (4,)], {"normalizedShape": [4]}, True),
    ("layerNorm", lambda x: F.layer_norm(x, (2, 3), eps=0.01), [(3, 2, 3)], {"normalizedShape": [2, 3], "eps": 0.01}, True),
    ("embedding", lambda w: F.embedding(ids, w), [(5, 2)], {}, True),
    ("embedding", lambda w: F.embedding(ids, w, padding_idx=-2), [(5, 2)], {"paddingIdx": -2}, True),
    ("scaledDotProductAttention", F.scaled_dot_product_attention, [(2, 3, 2), (2, 4, 2), (2, 4, 3)], {}, True),
    ("scaledDotProductAttention", lambda q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=True), [(1, 2, 3, 2), (1, 2, 4, 2), (1, 2, 4, 2)], {"isCausal": True}, True),
    ("scaledDotProductAttention", lambda q, k, v: F.scaled_dot_product_attention(q, k, v, tall, scale=0.3), [(2, 3, 2), (2, 4, 2), (2, 4, 2)], {"mask": "tall", "scale": 0.3}, True),
    ("scaledDotProductAttention", lambda q, k, v: F.scaled_dot_product_attention(q, k, v, added.to(q.dtype)), [(3, 2), (4, 2), (4, 2)], {"mask": "added"}, True),
    ("leakyRelu", lambda x: F.leaky_relu(x, 0.2), [(2, 5)], {"negativeSlope": 0.2}, True),
    ("silu", F.silu, [(2, 5)], {}, True),
    ("gelu", lambda x: F.gelu(x, approximate="tanh"), [(2, 5)], {"approximate": "tanh"}, True),
    ("softplus", lambda x: F.softplus(x, 2, 1), [(2, 5)], {"beta": 2, "threshold": 1}, True),
    ("pad", lambda x: F.pad(x, (1, 2, -1, 1), value=0.5), [(2, 3, 2)], {"widths": [1, 2, -1, 1], "value": 0.5}, True),
]  # fmt: skip

cases = []
for name, f, shapes, options, twice in functions:
    for dtype in (torch.float64, torch.float32):
        inputs = [wave(k, shape, dtype) for k, shape in enumerate(shapes)]
        # PyTorch's fused attention has no second derivatives; its plain one has.
        with nn.attention.sdpa_kernel(nn.attention.SDPBackend.MATH):
            entry = derivatives(f, inputs, twice and dtype == torch.float64)
        cases.append({"f": name, "shapes": [list(s) for s in shapes], "options": options, **entry})


def state(module):
    return {name: encode(value) for name, value in module.state_dict().items()}


# Each as PyTorch makes it and as Kullback does.
drawn = []
for seed, (ours, make) in enumerate(
    {
        "new nn.Linear(5, 3)": lambda: nn.Linear(5, 3),
        "new nn.Conv2d(2, 3, 3)": lambda: nn.Conv2d(2, 3, 3),
        "new nn.Conv2d(4, 4, [1, 2], { groups: 2, bias: false })": lambda: nn.Conv2d(4, 4, (1, 2), groups=2, bias=False),
        "new nn.Embedding(5, 4)": lambda: nn.Embedding(5, 4),
        "new nn.Embedding(3, 2, { paddingIdx: -1 })": lambda: nn.Embedding(3, 2, padding_idx=-1),
        "new nn.BatchNorm1d(3)": lambda: nn.BatchNorm1d(3),
        "new nn.BatchNorm2d(2, { affine: false })": lambda: nn.BatchNorm2d(2, affine=False),
        "new nn.BatchNorm2d(2, { trackRunningStats: false, bias: false })": lambda: nn.BatchNorm2d(2, track_running_stats=False, bias=False),
        "new nn.LayerNorm([2, 3])": lambda: nn.LayerNorm((2, 3)),
        "new nn.LayerNorm(2, { bias: false })": lambda: nn.LayerNorm(2, bias=False),
        "new nn.MultiheadAttention(4, 2)": lambda: nn.MultiheadAttention(4, 2),
        "new nn.MultiheadAttention(4, 2, { bias: false, kdim: 3, vdim: 2 })": lambda: nn.MultiheadAttention(4, 2, bias=False, kdim=3, vdim=2),
        "new nn.Sequential(new nn.Conv2d(1, 2, 2), new nn.ReLU(), new nn.Flatten(), new nn.Linear(8, 2))": lambda: nn.Sequential(nn.Conv2d(1, 2, 2), nn.ReLU(), nn.Flatten(), nn.Linear(8, 2)),
        "new nn.ModuleDict({ aB: new nn.Linear(2, 1), c_d: new nn.ModuleList([new nn.Linear(1, 1)]) })": lambda: nn.ModuleDict({"aB": nn.Linear(2, 1), "c_d": nn.ModuleList([nn.Linear(1, 1)])}),
    }.items()
):  # fmt: skip
    torch.manual_seed(seed)
    module = make()
    drawn.append({"make": ours, "seed": seed, "state": state(module), "after": encode(torch.rand(1))})

inits = []
for seed, (ours, shape, f) in enumerate(
    [
        ("uniform_(x)", (2, 9), nn.init.uniform_),
        ("uniform_(x, -0.3, 0.7)", (2, 9), lambda x: nn.init.uniform_(x, -0.3, 0.7)),
        ("normal_(x)", (3, 7), nn.init.normal_),
        ("normal_(x, 0.5, 0.02)", (2, 3), lambda x: nn.init.normal_(x, 0.5, 0.02)),
        ("constant_(x, 0.3)", (2,), lambda x: nn.init.constant_(x, 0.3)),
        ("ones_(x)", (2,), nn.init.ones_),
        ("zeros_(x)", (2,), nn.init.zeros_),
        ("eye_(x)", (2, 3), nn.init.eye_),
        ("xavierUniform_(x)", (4, 5), nn.init.xavier_uniform_),
        ("xavierUniform_(x, { gain: calculateGain('relu') })", (2, 3, 2), lambda x: nn.init.xavier_uniform_(x, nn.init.calculate_gain("relu"))),
        ("xavierNormal_(x, { gain: calculateGain('tanh') })", (4, 5), lambda x: nn.init.xavier_normal_(x, nn.init.calculate_gain("tanh"))),
        ("kaimingUniform_(x)", (4, 5), nn.init.kaiming_uniform_),
        ("kaimingUniform_(x, { mode: 'fan_out', nonlinearity: 'relu' })", (4, 2, 3), lambda x: nn.init.kaiming_uniform_(x, mode="fan_out", nonlinearity="relu")),
        ("kaimingNormal_(x, { a: 0.2 })", (4, 5), lambda x: nn.init.kaiming_normal_(x, 0.2)),
        ("truncNormal_(x)", (5, 8), nn.init.trunc_normal_),
        ("truncNormal_(x, { std: 0.02, a: -0.01, b: 0.03 })", (5, 4), lambda x: nn.init.trunc_normal_(x, std=0.02, a=-0.01, b=0.03)),
        ("truncNormal_(x, { mean: 1, a: -0.1, b: 0.2 })", (3, 4), lambda x: nn.init.trunc_normal_(x, 1, a=-0.1, b=0.2)),
        ("orthogonal_(x)", (3, 5), nn.init.orthogonal_),
        ("orthogonal_(x, { gain: 2 })", (6, 2, 2), lambda x: nn.init.orthogonal_(x, 2)),
    ]
):  # fmt: skip
    for dtype in (torch.float32, torch.float64):
        torch.manual_seed(seed)
        x = f(torch.empty(shape, dtype=dtype).fill_(7))
        inits.append({"call": ours, "seed": seed, "result": encode(x), "after": encode(torch.rand(1))})

gains = {f"{name}{'' if a is None else a}": nn.init.calculate_gain(name, a) for name, a in [("linear", None), ("conv2d", None), ("sigmoid", None), ("tanh", None), ("relu", None), ("leaky_relu", None), ("leaky_relu", 0.3), ("selu", None)]}  # fmt: skip

dropouts = []
for seed, (p, shape, dtype, order) in enumerate(
    [
        (0.5, (5,), torch.float32, None),
        (0.3, (4, 6), torch.float32, None),
        (0.3, (4, 6), torch.float64, None),
        (0.1, (3, 2, 4), torch.float32, [2, 0, 1]),
        (1.0, (4,), torch.float32, None),
        (0.0, (4,), torch.float32, None),
    ]
):
    torch.manual_seed(seed)
    x = wave(1, shape, dtype)
    y = F.dropout(x if order is None else x.permute(order), p)
    dropouts.append({"seed": seed, "p": p, "shape": list(shape), "order": order, "result": encode(y), "after": encode(torch.rand(1))})  # fmt: skip

causal = torch.triu(torch.ones(3, 3, dtype=torch.bool), 1)
padding = torch.tensor([[False, False, True], [False, True, True]])
attentions = []
for options, layout, masks in [
    ({}, "LNE", {}),
    ({"batchFirst": True}, "NLE", {}),
    ({"batchFirst": True}, "NLE", {"needWeights": False}),
    ({}, "LE", {"averageAttnWeights": False}),
    ({}, "LNE", {"attnMask": "causal", "averageAttnWeights": False}),
    ({"batchFirst": True}, "NLE", {"attnMask": "causal", "needWeights": False, "isCausal": True}),
    ({"batchFirst": True}, "NLE", {"attnMask": "causal", "keyPaddingMask": "padding"}),
    ({"batchFirst": True}, "NLE", {"attnMask": "causal", "keyPaddingMask": "padding", "needWeights": False}),
    ({}, "LNE", {"attnMask": "floats", "keyPaddingMask": "floatPadding"}),
    ({}, "LNE", {"attnMask": "each"}),
    ({"batchFirst": True, "dropout": 0.4}, "NLE", {}),
    ({"dropout": 0.4}, "LNE", {"needWeights": False}),
    ({"kdim": 3, "vdim": 2, "bias": False}, "cross", {}),
]:
    torch.manual_seed(5)
    named = {"causal": causal, "padding": padding, "floats": wave(9, (3, 3), torch.float64), "floatPadding": wave(8, (2, 3), torch.float64), "each": wave(7, (4, 3, 3), torch.float64) > 1}  # fmt: skip
    snake = lambda d: {re.sub("[A-Z]", lambda m: "_" + m[0].lower(), k): v for k, v in d.items()}  # noqa: E731
    module = nn.MultiheadAttention(4, 2, dtype=torch.float64, **snake(options))
    shapes = {"LNE": [(3, 2, 4)], "NLE": [(2, 3, 4)], "LE": [(3, 4)], "cross": [(3, 2, 4), (5, 2, 3), (5, 2, 2)]}
    inputs = [wave(k, s, torch.float64).requires_grad_() for k, s in enumerate(shapes[layout])]
    arguments = inputs if len(inputs) == 3 else inputs * 3
    keywords = {k: named.get(v, v) if isinstance(v, str) else v for k, v in masks.items()}
    output, weights = module(*arguments, **snake(keywords))
    total = (output * pattern(1, output.shape, output.dtype)).sum()
    if weights is not None:
        total = total + (weights * pattern(2, weights.shape, weights.dtype)).sum()
    wanted = [*inputs, *module.parameters()]
    attentions.append({
        "options": options, "inputs": [list(x.shape) for x in inputs], "masks": masks, "output": encode(output),
        "weights": None if weights is None else encode(weights),
        "grads": [encode(g) for g in torch.autograd.grad(total, wanted)],
    })  # fmt: skip

norms = []
for ours, make, shape in [
    ("new nn.BatchNorm1d(3, { dtype: 'float64' })", lambda: nn.BatchNorm1d(3), (4, 3)),
    ("new nn.BatchNorm2d(2, { momentum: null, dtype: 'float64' })", lambda: nn.BatchNorm2d(2, momentum=None), (2, 2, 2, 3)),
    ("new nn.BatchNorm2d(2, { momentum: 0.5, eps: 0.01, affine: false, dtype: 'float64' })", lambda: nn.BatchNorm2d(2, 0.01, 0.5, False), (3, 2, 1, 2)),
    ("new nn.BatchNorm1d(2, { trackRunningStats: false, dtype: 'float64' })", lambda: nn.BatchNorm1d(2, track_running_stats=False), (3, 2, 2)),
]:  # fmt: skip
    module = make().double()
    outputs = [encode(module(wave(k, shape, torch.float64) * (k + 1))) for k in range(3)]
    module.eval()
    outputs.append(encode(module(wave(3, shape, torch.float64))))
    norms.append({"make": ours, "shape": list(shape), "outputs": outputs, "state": state(module)})


def respell(text):
    """As Kullback writes names, numbers and booleans; Kullback's modules do nothing in place."""
    text = re.sub(r"_([a-z])", lambda m: m[1].upper(), text).replace("NonDynamicallyQuantizable", "")
    text = re.sub(r"(, )?inplace=(True|False)", "", text)
    text = re.sub(r"=(\d+)\.0\b", r"=\1", text).replace("e-0", "e-")
    return text.replace("True", "true").replace("False", "false").replace("None", "null")


printed = {
    "new nn.Conv2d(3, 4, 3)": nn.Conv2d(3, 4, 3),
    "new nn.Conv2d(4, 4, [3, 2], { padding: 'same', dilation: [1, 2], groups: 2, bias: false })": nn.Conv2d(4, 4, (3, 2), padding="same", dilation=(1, 2), groups=2, bias=False),
    "new nn.Conv2d(4, 4, 3, { stride: [2, 1], padding: 1, groups: 4 })": nn.Conv2d(4, 4, 3, (2, 1), 1, groups=4),
    "new nn.MaxPool2d(2)": nn.MaxPool2d(2),
    "new nn.MaxPool2d([2, 3], { stride: 1, padding: 1, ceilMode: true })": nn.MaxPool2d((2, 3), 1, 1, ceil_mode=True),
    "new nn.AvgPool2d([2, 3], { stride: 2 })": nn.AvgPool2d((2, 3), 2),
    "new nn.AdaptiveAvgPool2d(1)": nn.AdaptiveAvgPool2d(1),
    "new nn.AdaptiveAvgPool2d([1, null])": nn.AdaptiveAvgPool2d((1, None)),
    "new nn.AdaptiveMaxPool2d(2)": nn.AdaptiveMaxPool2d(2),
    "new nn.BatchNorm2d(3)": nn.BatchNorm2d(3),
    "new nn.BatchNorm1d(3, { eps: 1e-3, momentum: null, affine: false, trackRunningStats: false })": nn.BatchNorm1d(3, 1e-3, None, False, False),
    "new nn.LayerNorm(4)": nn.LayerNorm(4),
    "new nn.LayerNorm([2, 3], { eps: 1e-6, bias: false })": nn.LayerNorm((2, 3), 1e-6, bias=False),
    "new nn.Dropout(0.1)": nn.Dropout(0.1),
    "new nn.Embedding(3, 4)": nn.Embedding(3, 4),
    "new nn.Embedding(3, 4, { paddingIdx: -1 })": nn.Embedding(3, 4, padding_idx=-1),
    "new nn.MultiheadAttention(4, 2)": nn.MultiheadAttention(4, 2),
    "new nn.LeakyReLU(0.2)": nn.LeakyReLU(0.2),
    "new nn.GELU()": nn.GELU(),
    "new nn.GELU({ approximate: 'tanh' })": nn.GELU("tanh"),
    "new nn.SiLU()": nn.SiLU(),
    "new nn.Tanh()": nn.Tanh(),
    "new nn.Sigmoid()": nn.Sigmoid(),
    "new nn.Softplus()": nn.Softplus(),
    "new nn.Flatten()": nn.Flatten(),
    "new nn.Flatten(0, 1)": nn.Flatten(0, 1),
    "new nn.Identity()": nn.Identity(),
    "new nn.ModuleList([new nn.Linear(2, 2), new nn.Linear(2, 2), new nn.ReLU(), new nn.Linear(2, 2)])": nn.ModuleList([nn.Linear(2, 2), nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 2)]),
    "new nn.ModuleList()": nn.ModuleList(),
    "new nn.ModuleDict({ a: new nn.ModuleList([new nn.Sequential(new nn.ReLU())]) })": nn.ModuleDict({"a": nn.ModuleList([nn.Sequential(nn.ReLU())])}),
}  # fmt: skip

oracle = {
    "drawn": drawn,
    "inits": inits,
    "gains": gains,
    "dropouts": dropouts,
    "attentions": attentions,
    "norms": norms,
    "oneHot": [encode(F.one_hot(torch.tensor([[0, 2], [1, 1]]))), encode(F.one_hot(torch.tensor([1, 0]), 3))],
    "printed": {ours: respell(repr(module)) for ours, module in printed.items()},
}
for name, value in {"modules": oracle, "modules-functions": cases}.items():
    path = Path(__file__).with_name(f"{name}.json")
    path.write_text(json.dumps(value, separators=(",", ":")) + "\n")
