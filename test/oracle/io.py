"""Files written by NumPy and safetensors, with what those libraries read back from them.

Writes io-npy.json, io-safetensors.json, io-half.json, io-rows.json and io-foreign.json beside itself.
Run with numpy 2.4, safetensors 0.8 and torch 2.13: python io.py
"""

import base64
import io
import itertools
import json
import math
import pickle
import zlib
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save

HERE = Path(__file__).parent


def write(name, value):
    (HERE / name).write_text(json.dumps(value, separators=(",", ":")) + "\n")


def b64(data):
    return base64.b64encode(data).decode()


def number(x):
    if isinstance(x, float) and not math.isfinite(x):
        return "NaN" if math.isnan(x) else "Infinity" if x > 0 else "-Infinity"
    return x


def npy_bytes(array, version=None):
    file = io.BytesIO()
    np.lib.format.write_array(file, array, version=version)
    return file.getvalue()


def samples(code, count):
    """Values at the edges of the dtype first, then ordinary ones."""
    dtype = np.dtype(code)
    rng = np.random.default_rng(0)
    if dtype.kind == "b":
        return (np.arange(count) % 3 == 0).astype(dtype)
    if dtype.kind == "f":
        info = np.finfo(dtype)
        edges = [1.5, -0.0, np.nan, np.inf, -np.inf, info.max, info.tiny, info.smallest_subnormal]
        rest = rng.normal(size=max(0, count - len(edges)))
    else:
        info = np.iinfo(dtype)
        low, high = max(info.min, -(2**53) + 1), min(info.max, 2**53 - 1)
        edges = [low, high]
        rest = rng.integers(max(low, -1000), min(high, 1000), size=max(0, count - 2))
    return np.array([*edges, *rest][:count], dtype)


def npy_case(array, version=None):
    data = npy_bytes(array, version)
    back = np.load(io.BytesIO(data))
    return {
        "file": b64(data),
        "version": data[6],
        "dtype": back.dtype.name,
        "byteOrder": "big" if back.dtype.byteorder == ">" else "little",
        "fortranOrder": bool(np.isfortran(array)),
        "shape": list(back.shape),
        "values": [number(x) for x in back.ravel(order="C").tolist()],
    }


codes = ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"]
npy = []
for code in codes:
    orders = ["<", ">"] if np.dtype(code).itemsize > 1 else ["|"]
    for order in orders:
        dtype = np.dtype(order + code)
        npy.append(npy_case(samples(code, 1).reshape(()).astype(dtype)))
        npy.append(npy_case(samples(code, 9).astype(dtype)))
        cube = samples(code, 24).reshape(2, 3, 4).astype(dtype)
        npy.append(npy_case(cube))
        npy.append(npy_case(np.asfortranarray(cube)))
for shape in [(0,), (0, 3), (2, 0, 3), (3, 0), (1, 1, 1)]:
    npy.append(npy_case(np.zeros(shape, "<f4")))
    npy.append(npy_case(np.zeros(shape, ">i8")))
for version in [(1, 0), (2, 0), (3, 0)]:
    for order in "CF":
        npy.append(npy_case(np.array(samples("f4", 12).reshape(3, 4), order=order), version))
write("io-npy.json", npy)

torch_dtypes = {
    "float16": torch.float16,
    "bfloat16": torch.bfloat16,
    "float32": torch.float32,
    "float64": torch.float64,
    "int8": torch.int8,
    "int16": torch.int16,
    "int32": torch.int32,
    "int64": torch.int64,
    "uint8": torch.uint8,
    "uint16": torch.uint16,
    "uint32": torch.uint32,
    "uint64": torch.uint64,
    "bool": torch.bool,
}
tensors = {}
for name, dtype in torch_dtypes.items():
    source = samples("f4", 12) if name == "bfloat16" else samples(np.dtype(name).str[1:], 12)
    tensors[name] = torch.from_numpy(source.reshape(3, 4)).to(dtype)
tensors["scalar"] = torch.tensor(2.5)
tensors["empty"] = torch.zeros(0, 5)
tensors["a#b"] = torch.tensor([1.0, 2.0])


def listed(tensor):
    exact = tensor.to(torch.float64) if tensor.is_floating_point() else tensor
    return {
        "dtype": str(tensor.dtype).removeprefix("torch."),
        "shape": list(tensor.shape),
        "values": [number(x) for x in exact.reshape(-1).tolist()],
    }


write(
    "io-safetensors.json",
    {
        "many": {
            "file": b64(save(tensors, metadata={"made by": "safetensors"})),
            "tensors": {name: listed(tensor) for name, tensor in tensors.items()},
        },
        "one": b64(save({"only": torch.tensor([[1.0, 2.0]])})),
        "none": b64(save({})),
        "float8": b64(save({"f8": torch.ones(4).to(torch.float8_e4m3fn), "f32": torch.ones(1)})),
    },
)


def planes(values):
    """float32 values byte plane by byte plane, which packs well."""
    return b64(zlib.compress(values.view(np.uint8).reshape(-1, 4).T.tobytes(), 9))


every_code = np.arange(1 << 16, dtype=np.uint16)
bf16 = torch.from_numpy(every_code.view(np.int16).copy()).view(torch.bfloat16)
write(
    "io-half.json",
    {
        "float16": planes(every_code.view(np.float16).astype(np.float32)),
        "bfloat16": planes(bf16.to(torch.float32).numpy()),
    },
)

rows = []
for shape in [(5,), (4, 6), (3, 1, 4), (2, 3, 4, 3)]:
    array = np.arange(np.prod(shape), dtype="<f4").reshape(shape)
    cases = []
    for size in range(1, len(shape) + 1):
        for dims in itertools.combinations(range(len(shape)), size):
            moved = np.moveaxis(array, dims, range(-size, 0))
            classes = int(np.prod([shape[d] for d in dims]))
            cases.append({"dims": dims, "rows": moved.reshape(-1, classes).astype(int).tolist()})
    rows.append(
        {
            "shape": shape,
            "C": b64(npy_bytes(array)),
            "F": b64(npy_bytes(np.asfortranarray(array))),
            "cases": cases,
        }
    )
write("io-rows.json", rows)


def written(write_to):
    file = io.BytesIO()
    write_to(file)
    return b64(file.getvalue())


field = np.zeros(2, [("p", "<f4"), ("q", "<f4")])
floats = np.zeros((2, 3), np.float32)
write(
    "io-foreign.json",
    {
        "npz": written(lambda f: np.savez(f, logits=floats)),
        "npzCompressed": written(lambda f: np.savez_compressed(f, logits=floats)),
        "pt": written(lambda f: torch.save(torch.zeros(2, 3), f)),
        "oldPt": written(lambda f: torch.save(torch.zeros(2, 3), f, _use_new_zipfile_serialization=False)),
        "pickle": b64(pickle.dumps({"logits": [1.0, 2.0]})),
        "objects": written(lambda f: np.save(f, np.array([1, "a", None], object), allow_pickle=True)),
        "structured": written(lambda f: np.save(f, field)),
        "strings": written(lambda f: np.save(f, np.array(["a", "bc"]))),
        "bytes": written(lambda f: np.save(f, np.array([b"a", b"bc"]))),
        "complex": written(lambda f: np.save(f, floats.astype(np.complex64))),
        "dates": written(lambda f: np.save(f, np.array(["2024-01-01"], "datetime64[D]"))),
        "void": written(lambda f: np.save(f, np.zeros(3, "V2"))),
        "longDouble": written(lambda f: np.save(f, floats.astype(np.longdouble))),
    },
)
