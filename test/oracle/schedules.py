"""Learning rates of torch.optim.lr_scheduler, moving averages and clipped gradients, written to schedules.json.

The schedules act on an optimizer with two groups, of learning rates 0.1 and 0.02. Plateau metrics are
1 / (s + 1) for s below 6 and (s * 7 mod 5) / 4 + 0.2 after.

Run: python schedules.py (needs torch 2.13)
"""

import json
from pathlib import Path

import torch
from torch.optim import lr_scheduler
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

torch.set_default_dtype(torch.float64)
STEPS = 40
CASES = [
    ("StepLR", "SGD", {"step_size": 7}),
    ("StepLR", "SGD", {"step_size": 3, "gamma": 0.5}),
    ("ExponentialLR", "SGD", {"gamma": 0.93}),
    ("CosineAnnealingLR", "SGD", {"T_max": 10}),
    ("CosineAnnealingLR", "Adam", {"T_max": 13, "eta_min": 0.003}),
    ("CosineAnnealingLR", "SGD", {"T_max": 1}),
    ("OneCycleLR", "SGD", {"max_lr": 0.5, "total_steps": 41}),
    ("OneCycleLR", "Adam", {"max_lr": [0.5, 0.1], "epochs": 5, "steps_per_epoch": 9, "anneal_strategy": "linear"}),
    ("OneCycleLR", "SGD", {"max_lr": 0.3, "total_steps": 41, "three_phase": True, "div_factor": 10.0, "final_div_factor": 100.0, "pct_start": 0.25}),
    ("OneCycleLR", "Adam", {"max_lr": 0.3, "total_steps": 60, "base_momentum": [0.7, 0.8], "max_momentum": 0.9}),
    ("OneCycleLR", "Adagrad", {"max_lr": 0.3, "total_steps": 50, "cycle_momentum": False}),
]
PLATEAUS = [
    {"patience": 2},
    {"patience": 1, "factor": 0.5, "cooldown": 3, "min_lr": [0.001, 0.01]},
    {"mode": "max", "patience": 0, "threshold": 0.1, "threshold_mode": "abs"},
    {"mode": "max", "patience": 3, "threshold": 0.5, "min_lr": 0.015},
    {"mode": "min", "patience": 1, "threshold": 0.05, "threshold_mode": "abs", "eps": 0.005},
]


def camel(name):
    head, *rest = name.split("_")
    return (head if head != "T" else "t") + "".join(word.capitalize() for word in rest)


def optimizer_of(kind):
    params = [torch.zeros(1, requires_grad=True), torch.zeros(1, requires_grad=True)]
    options = {"momentum": 0.9} if kind == "SGD" else {}
    return getattr(torch.optim, kind)([{"params": params[:1]}, {"params": params[1:], "lr": 0.02}], lr=0.1, **options)


def look(optimizer):
    momenta = [g["betas"][0] if "betas" in g else g.get("momentum", 0.0) for g in optimizer.param_groups]
    return [[g["lr"] for g in optimizer.param_groups], momenta]


def run(optimizer, schedulers, steps=STEPS):
    found = [look(optimizer)]
    for _ in range(steps):
        optimizer.step()
        for scheduler in schedulers:
            scheduler.step()
        found.append(look(optimizer))
    return found


oracle = {"cases": [], "plateaus": []}
for name, kind, options in CASES:
    optimizer = optimizer_of(kind)
    values = run(optimizer, [getattr(lr_scheduler, name)(optimizer, **options)])
    oracle["cases"].append({"name": name, "optimizer": kind, "options": {camel(k): v for k, v in options.items()}, "values": values})

optimizer = optimizer_of("SGD")
oracle["lambda"] = run(optimizer, [lr_scheduler.LambdaLR(optimizer, [lambda e: 0.95**e, lambda e: 1 / (e + 1)])])
optimizer = optimizer_of("SGD")
chain = [lr_scheduler.ExponentialLR(optimizer, 0.9), lr_scheduler.StepLR(optimizer, 5), lr_scheduler.CosineAnnealingLR(optimizer, 8)]
oracle["chained"] = run(optimizer, chain)

metrics = [1 / (s + 1) if s < 6 else (s * 7 % 5) / 4 + 0.2 for s in range(STEPS)]
for options in PLATEAUS:
    optimizer = optimizer_of("SGD")
    scheduler = lr_scheduler.ReduceLROnPlateau(optimizer, **options)
    values = []
    for metric in metrics:
        scheduler.step(metric)
        values.append([g["lr"] for g in optimizer.param_groups])
    oracle["plateaus"].append({"options": {camel(k): v for k, v in options.items()}, "values": values})

layer = torch.nn.Linear(2, 1)
average = AveragedModel(layer, multi_avg_fn=get_ema_multi_avg_fn(0.8))
oracle["average"] = []
for step in range(12):
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([[(step * 3 % 7) / 4, step / 8]]))
        layer.bias.copy_(torch.tensor([1 / (step + 1)]))
    average.update_parameters(layer)
    oracle["average"].append([*average.module.weight.flatten().tolist(), average.module.bias.item()])

oracle["clip"] = []
for max_norm, norm_type in [(1.0, 2.0), (100.0, 2.0), (0.5, 1.0), (2.0, 3.5), (0.25, float("inf")), (0.0, 2.0)]:
    params = [torch.zeros(3, requires_grad=True), torch.zeros(2, 2, requires_grad=True), torch.zeros(1, requires_grad=True)]
    params[0].grad = torch.tensor([0.5, -1.5, 2.0])
    params[1].grad = torch.tensor([[1.0, 0.25], [-3.0, 0.0]])
    norm = torch.nn.utils.clip_grad_norm_(params, max_norm, norm_type).item()
    grads = [*params[0].grad.tolist(), *params[1].grad.flatten().tolist()]
    oracle["clip"].append({"maxNorm": max_norm, "normType": str(norm_type), "norm": norm, "grads": grads})

path = Path(__file__).with_suffix(".json")
path.write_text(json.dumps(oracle, separators=(",", ":")) + "\n")
