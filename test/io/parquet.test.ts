import { describe, expect, it } from "vitest";
import { inspectFile, openRows } from "../../src/io/index.js";
import { fromBase64, named } from "./files.js";
import { file, golden, readDense, rowsRefusal, topKRows } from "./formats.js";

const half = (x: number) => {
  const bits = 2 ** (10 - Math.floor(Math.log2(Math.abs(x) || 1)));
  return Math.round(x * bits) / bits;
};

describe("Parquet: files written by pyarrow", () => {
  for (const name of [
    "none",
    "snappy",
    "gzip",
    "brotli",
    "zstd",
    "lz4",
    "text",
    "fixed",
    "required",
    "columns",
    "split",
  ]) {
    it(`reads rows of ${name}`, async () => {
      const { rows, format, dtype, shape } = await readDense(file("parquet", name));
      expect({ format, dtype, shape }).toEqual({
        format: "parquet",
        dtype: name === "required" ? "float64" : "float32",
        shape: [7, 5],
      });
      expect(rows).toEqual(golden.x);
    });
  }

  it("reads a Buffer that shares its memory with others", async () => {
    const shared = Buffer.concat([new Uint8Array(12), file("parquet", "snappy")]).subarray(12);
    expect((await readDense(shared)).rows).toEqual(golden.x);
  });

  it("reads float16", async () => {
    const { rows } = await readDense(file("parquet", "half"));
    for (const [i, row] of rows.entries()) {
      for (const [j, value] of row.entries()) expect(value).toBeCloseTo(half(golden.x[i]![j]!), 3);
    }
  });

  for (const name of ["pages1", "pages2"]) {
    it(`reads rows that pages split, over row groups, from anywhere (${name})`, async () => {
      const all = new Float32Array(fromBase64(golden.long).buffer);
      const opened = await openRows(file("parquet", name));
      if (opened.kind !== "dense") throw new Error("dense");
      expect(opened.shape).toEqual([24, 200]);
      for (const [start, count] of [
        [0, 24],
        [20, 4],
        [3, 1],
        [13, 5],
        [0, 0],
      ] as const) {
        const out = new Float32Array(count * 200);
        await opened.reader.read(start, count, out);
        expect(out).toEqual(all.slice(start * 200, (start + count) * 200));
      }
      await opened.close();
    });
  }

  it("reads a pair of columns as the likeliest classes, whichever comes first", async () => {
    const opened = await openRows(file("parquet", "topk"));
    expect(opened).toMatchObject({ kind: "top-k", shape: [4, 3], ids: "model", from: "logProbs" });
    const expected = golden.topk.ids.map((ids, i) => ids.map((id, j) => [id, golden.topk.logprobs[i]![j]!]));
    expect(await topKRows(opened)).toEqual(expected);
    await opened.close();
    expect((await inspectFile(file("parquet", "topk"))).arrays).toMatchObject([
      { shape: [4, 3], topK: true },
    ]);
  });

  it("takes the columns that are named", async () => {
    expect((await readDense(file("parquet", "columns"), { tensor: "c1,c0" })).rows).toEqual(
      golden.x.map((row) => [row[1], row[0]]),
    );
    expect((await readDense(file("parquet", "two"), { tensor: "b" })).rows).toEqual([[2]]);
    expect((await readDense(file("parquet", "mixed"), { tensor: "b" })).rows).toEqual([[1.5]]);
    expect((await readDense(file("parquet", "empty"))).rows).toEqual([]);
  });
});

describe("Parquet: what is refused", () => {
  const why = async (name: string, tensor?: string) =>
    (await rowsRefusal(named("a.parquet", file("parquet", name)), { tensor })).message;

  it("says what is wrong with rows", async () => {
    expect(await why("nullRow")).toBe("a.parquet: row 1 is null, wanted a list of numbers");
    expect(await why("nullValue")).toBe("a.parquet: row 1 holds null, wanted a number");
    expect(await why("ragged")).toBe("a.parquet: row 1 has 1 values, wanted 2");
  });

  it("says which columns there are to name", async () => {
    expect(await why("nested")).toBe("a.parquet: has no columns of numbers or of lists of numbers: logits");
    expect(await why("strings")).toBe("a.parquet: has no columns of numbers or of lists of numbers: a");
    expect(await why("dates")).toBe("a.parquet: has no columns of numbers or of lists of numbers: a");
    expect(await why("mixed")).toBe(
      'a.parquet: column "a" holds no numbers: name those to take as a.parquet#a,b,c',
    );
    expect(await why("two")).toMatch(
      /^a\.parquet: has 2 columns of lists: name one as a\.parquet#column, .*: a, b$/,
    );
    expect(await why("two", "z")).toBe('a.parquet: has no column "z"; it has a, b');
    expect(await why("mixed", "a")).toBe('a.parquet: column "a" holds no numbers or lists of numbers');
  });

  it("refuses a file that is cut off or whose footer lies", async () => {
    const bytes = file("parquet", "snappy");
    const refused = async (changed: Uint8Array<ArrayBuffer>) =>
      (await rowsRefusal(named("a.parquet", changed))).message;
    expect(await refused(bytes.slice(0, -1))).toBe(
      "a.parquet: truncated: the Parquet file does not end with PAR1",
    );
    expect(await refused(bytes.slice(0, 10))).toBe(
      "a.parquet: truncated: 10 bytes are too few for a Parquet file",
    );
    const lying = bytes.slice();
    lying.set([255, 255, 255, 127], bytes.length - 8);
    expect(await refused(lying)).toBe(
      `a.parquet: the Parquet footer claims 2147483647 bytes of ${bytes.length}`,
    );
    const encrypted = bytes.slice();
    encrypted.set([0x45], bytes.length - 1);
    expect(await refused(encrypted)).toBe("a.parquet: is an encrypted Parquet file, which is not supported");
  });
});
