"""Files written by Python's safetensors, which writeSafetensors must give byte for byte, and roundings to 16 bits.

Writes io-safetensors-write.json beside itself. Run with numpy 2.4, safetensors 0.8 and torch 2.13.
"""

import base64
import json
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save


def b64(data):
    return base64.b64encode(data).decode()


dtypes = ["bool", "uint8", "int8", "int16", "uint16", "int32", "uint32", "float32", "float64", "int64", "uint64"]
every = {
    name: torch.from_numpy(np.array([[0, 1, 1], [1, 0, 1]]).astype(name)) for name in dtypes
}
numbers = {"10": torch.tensor([1.5]), "9": torch.tensor([2.5]), "é\n\"": torch.tensor(3.5)}

# Every finite float16 and bfloat16, the middle between each and the next (a tie), and both sides of it.
rng = np.random.default_rng(0)
half = np.arange(0x7C00, dtype=np.uint16).view(np.float16).astype(np.float64)
pick = np.sort(rng.choice(len(half) - 1, 400, replace=False))
edges = np.array([0, 1, 2, 0x3FF, 0x400, 0x7BFE])
pick = np.concatenate([edges, pick])
middle = (half[pick] + half[pick + 1]) / 2
x16 = np.concatenate([half[pick], middle, np.nextafter(middle, 0), np.nextafter(middle, 1e9), [65519.9, 65520, 1e300, np.inf, np.nan, 0]])
x16 = np.concatenate([x16, -x16])
bits = np.arange(0x7F80, dtype=np.uint32)
brain = (bits << 16).astype(np.uint32).view(np.float32).astype(np.float64)
pick = np.concatenate([[0, 1, 2, 0x7F, 0x80, 0x7F7E], np.sort(rng.choice(len(brain) - 1, 400, replace=False))])
middle = (brain[pick] + brain[pick + 1]) / 2
xb = np.concatenate([brain[pick], middle, middle * (1 - 2.0**-20), middle * (1 + 2.0**-20), [3.3961775e38, 1e300, np.inf, np.nan, 0]])
xb = np.concatenate([xb, -xb])
with np.errstate(over="ignore"):
    codes16 = x16.astype(np.float16).view(np.uint16)
    # bfloat16 from float32, which holds all of these exactly or beyond its range.
    x32 = xb.astype(np.float32)
exact = (x32.astype(np.float64) == xb) | ~np.isfinite(x32)
x32 = x32[exact]
codesb = torch.from_numpy(x32).to(torch.bfloat16).view(torch.int16).numpy().view(np.uint16)

Path(__file__).with_name("io-safetensors-write.json").write_text(
    json.dumps(
        {
            "every": b64(save(every, {"made by": "safetensors"})),
            "numbers": b64(save(numbers)),
            "empty": b64(save({})),
            "float16": {"values": b64(x16.astype("<f8").tobytes()), "codes": b64(codes16.astype("<u2").tobytes())},
            "bfloat16": {"values": b64(x32.astype("<f8").tobytes()), "codes": b64(codesb.astype("<u2").tobytes())},
        },
        separators=(",", ":"),
    )
    + "\n"
)
