"""Trajectories of torch.optim, written to optim.json.

Two parameters, of shapes [3] and [2, 2], start at ((5i mod 11) + 1) / 8 with i counted over both. The
gradient of element i at step s = 1, 2, ... is (((7i + 13s) mod 31) - 15) / 16. The second parameter has no
gradient at step 2. Parameters are kept at the steps of AT.

Run: python optim.py (needs torch 2.13)
"""

import json
from pathlib import Path

import torch

AT = [1, 2, 3, 4, 5, 10, 40, 120]
CASES = [
    ("SGD", {}),
    ("SGD", {"lr": 0.05}),
    ("SGD", {"lr": 0.01, "momentum": 0.9}),
    ("SGD", {"lr": 0.01, "momentum": 0.9, "dampening": 0.3, "weight_decay": 0.1}),
    ("SGD", {"lr": 0.01, "momentum": 0.8, "nesterov": True, "weight_decay": 0.01}),
    ("SGD", {"lr": 0.01, "weight_decay": 0.2, "maximize": True}),
    ("SGD", {"lr": 0.01, "momentum": 0.9, "maximize": True}),
    ("Adam", {}),
    ("Adam", {"lr": 0.03, "betas": [0.8, 0.99], "eps": 1e-4}),
    ("Adam", {"lr": 0.03, "betas": [0.3, 0.9], "weight_decay": 0.1}),
    ("Adam", {"lr": 0.02, "amsgrad": True, "betas": [0.9, 0.9]}),
    ("Adam", {"lr": 0.02, "maximize": True, "weight_decay": 0.05}),
    ("Adam", {"lr": 0.02, "weight_decay": 0.3, "decoupled_weight_decay": True}),
    ("AdamW", {}),
    ("AdamW", {"lr": 0.03, "betas": [0.8, 0.99], "weight_decay": 0.2, "amsgrad": True}),
    ("AdamW", {"lr": 0.03, "maximize": True}),
    ("RAdam", {}),
    ("RAdam", {"lr": 0.03, "betas": [0.8, 0.99], "eps": 1e-4, "weight_decay": 0.1}),
    ("RAdam", {"lr": 0.03, "weight_decay": 0.1, "decoupled_weight_decay": True}),
    ("RAdam", {"lr": 0.02, "betas": [0.5, 0.6], "maximize": True}),
    ("Adagrad", {}),
    ("Adagrad", {"lr": 0.1, "lr_decay": 0.05, "weight_decay": 0.1, "initial_accumulator_value": 0.5, "eps": 1e-3}),
    ("Adagrad", {"lr": 0.1, "maximize": True}),
    ("RMSprop", {}),
    ("RMSprop", {"lr": 0.02, "alpha": 0.9, "eps": 1e-4, "weight_decay": 0.1}),
    ("RMSprop", {"lr": 0.02, "momentum": 0.8}),
    ("RMSprop", {"lr": 0.02, "centered": True, "eps": 1e-2}),
    ("RMSprop", {"lr": 0.02, "centered": True, "momentum": 0.5, "maximize": True, "eps": 1e-2}),
    ("NAdam", {}),
    ("NAdam", {"lr": 0.03, "betas": [0.8, 0.99], "eps": 1e-4, "momentum_decay": 0.01}),
    ("NAdam", {"lr": 0.02, "weight_decay": 0.1}),
    ("NAdam", {"lr": 0.02, "weight_decay": 0.1, "decoupled_weight_decay": True}),
    ("NAdam", {"lr": 0.02, "maximize": True, "weight_decay": 0.02}),
]


def camel(name):
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)


def trajectory(make, dtype):
    torch.set_default_dtype(dtype)
    values = ((5 * torch.arange(7)) % 11 + 1).to(dtype) / 8
    params = [values[:3].clone().requires_grad_(), values[3:].reshape(2, 2).clone().requires_grad_()]
    optimizer = make(params)
    kept = []
    for step in range(1, max(AT) + 1):
        gradient = ((7 * torch.arange(7) + 13 * step) % 31 - 15).to(dtype) / 16
        params[0].grad = gradient[:3].clone()
        params[1].grad = None if step == 2 else gradient[3:].reshape(2, 2).clone()
        optimizer.step()
        if step in AT:
            x = torch.cat([p.detach().reshape(-1) for p in params]).tolist()
            kept.append([float(f"{v:.9g}") for v in x] if dtype == torch.float32 else x)
    return kept


def groups(params):
    return torch.optim.SGD([{"params": params[:1]}, {"params": params[1:], "lr": 0.5, "momentum": 0.5}], lr=0.01)


oracle = {"at": AT, "cases": [], "groups": trajectory(groups, torch.float64)}
for name, options in CASES:
    make = lambda params: getattr(torch.optim, name)(params, **options)
    run = {key: trajectory(make, getattr(torch, key)) for key in ["float64", "float32"]}
    oracle["cases"].append({"name": name, "options": {camel(k): v for k, v in options.items()}, **run})

path = Path(__file__).with_suffix(".json")
path.write_text(json.dumps(oracle, separators=(",", ":")) + "\n")
