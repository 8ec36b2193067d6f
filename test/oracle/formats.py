"""Small files of many formats, written by NumPy, pyarrow, safetensors and Python's csv, json, zipfile and gzip.

Writes io-formats.json beside itself. Run with numpy 2.4, pyarrow 25 and safetensors 0.8: python formats.py
"""

import base64
import csv
import gzip
import io
import json
import struct
import zipfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from safetensors.numpy import save

rng = np.random.default_rng(4)
x = rng.normal(size=(7, 5)).astype(np.float32)
x[2, 3] = -0.0


def b64(data):
    return base64.b64encode(data).decode()


def written(write):
    file = io.BytesIO()
    write(file)
    return file.getvalue()


def zipped(copies=1, **options):
    """An archive with other members, such as a program other than NumPy may write."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", **options) as archive:
        archive.writestr("notes.txt", "not an array")
        for _ in range(copies):
            archive.writestr("a.npy", written(lambda f: np.save(f, x)))
    return file.getvalue()


cube = np.arange(24, dtype="<f8").reshape(2, 3, 4)
npz = {
    "stored": written(lambda f: np.savez(f, logits=x, cube=cube)),
    "deflated": written(lambda f: np.savez_compressed(f, logits=x, cube=np.asfortranarray(cube))),
    "one": written(lambda f: np.savez_compressed(f, x)),
    "objects": written(lambda f: np.savez(f, logits=x, names=np.array(["a", None], object))),
    "others": zipped(compression=zipfile.ZIP_DEFLATED),
    "twice": zipped(copies=2),
    "bzip2": zipped(compression=zipfile.ZIP_BZIP2),
}


def parquet(columns, **options):
    return written(lambda f: pq.write_table(pa.table(columns), f, **options))


floats = pa.list_(pa.float32())
rows = pa.array([list(row) for row in x.tolist()], floats)
long = rng.normal(size=(24, 200)).astype(np.float32)
ids = [[5, 2], [9], [], [2, 7, 1]]
logprobs = [[-0.5, -1.25], [-0.125], [], [-1.0, -2.0, -3.0]]
required = pa.schema([pa.field("logits", pa.list_(pa.field("element", pa.float64(), nullable=False)), nullable=False)])
pages = {"data_page_size": 2000, "row_group_size": 15, "use_dictionary": False}
long_rows = pa.array([list(row) for row in long.tolist()], floats)
parquet_files = {
    **{codec: parquet({"logits": rows}, compression=codec) for codec in ["none", "snappy", "gzip", "brotli", "zstd", "lz4"]},
    "text": parquet({"id": pa.array([f"row {i}" for i in range(7)]), "logits": rows}),
    "fixed": parquet({"logits": pa.array(list(x), pa.list_(pa.float32(), 5))}),
    "half": parquet({"logits": pa.array([[np.float16(v) for v in row] for row in x], pa.list_(pa.float16()))}),
    "required": written(
        lambda f: pq.write_table(pa.Table.from_arrays([rows.cast(pa.list_(pa.float64()))], schema=required), f)
    ),
    "columns": parquet({f"c{i}": x[:, i] for i in range(5)}),
    "split": parquet({f"c{i}": x[:, i] for i in range(5)}, compression="gzip", column_encoding="BYTE_STREAM_SPLIT", use_dictionary=False),
    "pages1": parquet({"logits": long_rows}, data_page_version="1.0", compression="none", **pages),
    "pages2": parquet({"logits": long_rows}, data_page_version="2.0", compression="snappy", **pages),
    "topk": parquet({"logprobs": pa.array(logprobs, floats), "ids": pa.array(ids, pa.list_(pa.int64())), "token": pa.array(list("abcd"))}),
    "nullRow": parquet({"logits": pa.array([[1.0], None], floats)}),
    "nullValue": parquet({"logits": pa.array([[1.0], [None]], floats)}),
    "ragged": parquet({"logits": pa.array([[1.0, 2.0], [3.0]], floats)}),
    "nested": parquet({"logits": pa.array([[[1.0]]], pa.list_(floats))}),
    "strings": parquet({"a": pa.array(["x"])}),
    "mixed": parquet({"a": pa.array(["x"]), "b": pa.array([1.5])}),
    "two": parquet({"a": pa.array([[1.0]], floats), "b": pa.array([[2.0]], floats)}),
    "empty": parquet({"logits": pa.array([], floats)}),
    "dates": parquet({"a": pa.array([1], pa.date32())}),
}


def savetxt(**options):
    return written(lambda f: np.savetxt(f, x, fmt="%.9e", **options))


def with_csv(delimiter, header, **options):
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, **options)
    if header:
        writer.writerow(header)
    writer.writerows(x.astype(float).tolist())
    return text.getvalue().encode()


names = ["a", "b,\n\"c\"", "d", "é", "f"]
texts = {
    "comma": savetxt(delimiter=","),
    "space": savetxt(),
    "header": savetxt(delimiter=",", header="a,b,c,d,e"),
    "names": with_csv(",", names),
    "tab": with_csv("\t", None),
    "semicolon": with_csv(";", ["v", "w", "x", "y", "z"], quoting=csv.QUOTE_ALL),
    "numbered": with_csv(",", [0, 1, 2, 3, 4]),
    "bom": b"\xef\xbb\xbf" + with_csv(",", None),
    "gzip": gzip.compress(savetxt(delimiter=","), mtime=0),
}
infinite = [[float("nan"), float("inf")], [float("-inf"), 1e300]]
lines = {
    "arrays": "\n".join(json.dumps(row) for row in x.tolist()).encode(),
    "logits": "".join(json.dumps({"id": i, "logits": row}) + "\n" for i, row in enumerate(x.tolist())).encode(),
    "nested": (json.dumps({"logprobs": x[:3].tolist()}) + "\r\n" + json.dumps({"logprobs": x[3:].tolist()}) + "\r\n\r\n").encode(),
    "gzip": gzip.compress("\n".join(json.dumps({"probs": row}) for row in x.tolist()).encode(), mtime=0),
}


def logits_file(logits, context, clamp):
    """llama.cpp's file, by RESEARCH's formula, in float32 except for the sum and its logarithm."""
    classes = logits.shape[1]
    first = context // 2
    per_chunk = context - 1 - first
    chunks = len(logits) // per_chunk
    tokens = rng.integers(0, classes, context * chunks).astype("<i4")
    out = [b"_logits_", struct.pack("<iii", context, classes, chunks), tokens.tobytes()]
    decoded = []
    for row in logits:
        top = row.max()
        low = max(row.min(), np.float32(top - np.float32(clamp)))
        scale = np.float32((top - low) / np.float32(65535))
        total = sum(float(np.float32(np.exp(float(np.float32(v - top))))) for v in row)
        minimum = np.float32(np.float32(low - top) - np.float32(np.log(total)))
        codes = np.zeros(2 * ((classes + 1) // 2), "<u2")
        if scale:
            codes[:classes] = np.where(row > low, np.rint((row - low) / scale), 0)
        out.append(struct.pack("<ff", scale, minimum) + codes.tobytes())
        decoded.append((float(scale) * codes[:classes].astype(float) + float(minimum)).astype(np.float32).tolist())
    labels = [int(tokens[c * context + first + r + 1]) for c in range(chunks) for r in range(per_chunk)]
    return {
        "file": b64(b"".join(out)),
        "logits": logits.tolist(),
        "tokens": tokens.tolist(),
        "context": context,
        "decoded": decoded,
        "labels": labels,
        "chunks": [c for c in range(chunks) for _ in range(per_chunk)],
        "positions": [first + r for _ in range(chunks) for r in range(per_chunk)],
    }


wide = (rng.normal(size=(6, 9)) * 12).astype(np.float32)
shards = [{"b": x}, {"a": cube, "c.d": np.array([1, 2], np.int32)}]
index = {
    "metadata": {"total_size": int(sum(t.nbytes for shard in shards for t in shard.values()))},
    "weight_map": {name: f"model-0000{i + 1}-of-00002.safetensors" for i, shard in enumerate(shards) for name in shard},
}
(Path(__file__).parent / "io-formats.json").write_text(
    json.dumps(
        {
            "x": x.astype(float).tolist(),
            "long": b64(long.tobytes()),
            "npz": {name: b64(data) for name, data in npz.items()},
            "parquet": {name: b64(data) for name, data in parquet_files.items()},
            "topk": {"ids": ids, "logprobs": logprobs},
            "csv": {name: b64(data) for name, data in texts.items()},
            "jsonl": {name: b64(data) for name, data in lines.items()},
            "jsonlInfinite": "\n".join(json.dumps(row) for row in infinite),
            "llama": {
                "even": logits_file((rng.normal(size=(6, 8)) * 2).astype(np.float32), 5, 16),
                "odd": logits_file(wide, 8, 16),
                "ik": logits_file(wide, 8, 24),
                "flat": logits_file(np.zeros((1, 3), np.float32), 4, 16),
            },
            "shards": {
                "model.safetensors.index.json": b64(json.dumps(index, indent=2).encode()),
                **{f"model-0000{i + 1}-of-00002.safetensors": b64(save(shard)) for i, shard in enumerate(shards)},
            },
        },
        separators=(",", ":"),
    )
    + "\n"
)
