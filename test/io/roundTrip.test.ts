import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type ByteSink,
  convertRows,
  type FloatDType,
  openRows,
  rowArray,
  type WriteFormat,
  writeRows,
  writeTopK,
} from "../../src/io/index.js";
import { denseRows, topKRows } from "./formats.js";

/** A sink that keeps what is written, and a file of it. */
function memory(name: string) {
  const parts: Uint8Array[] = [];
  const sink: ByteSink = { write: async (bytes) => void parts.push(bytes.slice()) };
  const source = () => {
    const bytes = new Uint8Array(Buffer.concat(parts));
    return {
      name,
      size: bytes.length,
      read: async (at: number, length: number) => bytes.subarray(at, at + length),
      close: async () => {},
    };
  };
  return { sink, source };
}

/** Numbers that every floating-point dtype holds. */
const special = [0, -0, 1, -1.5, 2 ** -14, 1984, Infinity, -Infinity, NaN];
const inAll = fc.oneof(fc.constantFrom(...special), fc.integer({ min: -128, max: 128 }));
const numbers: Record<FloatDType, fc.Arbitrary<number>> = {
  float16: inAll,
  bfloat16: inAll,
  float32: fc.oneof(inAll, fc.float(), fc.constantFrom(2 ** -149, 3.4028234663852886e38)),
  float64: fc.oneof(inAll, fc.double(), fc.constantFrom(5e-324, Number.MAX_VALUE)),
};

const dense: [WriteFormat, string, FloatDType[]][] = [
  ["npy", "a.npy", ["float16", "float32", "float64"]],
  ["npz", "a.npz", ["float16", "float32", "float64"]],
  ["safetensors", "a.safetensors", ["float16", "bfloat16", "float32", "float64"]],
  ["parquet", "a.parquet", ["float16", "float32", "float64"]],
  ["csv", "a.csv", ["float32", "float64"]],
  ["tsv", "a.tsv", ["float32", "float64"]],
  ["jsonl", "a.jsonl", ["float32", "float64"]],
];

describe("rows that are written and read again", () => {
  for (const [format, name, dtypes] of dense) {
    it.each(dtypes)(`are the same in .${format} files of %s`, async (dtype) => {
      const table = fc
        .record({ rows: fc.integer({ min: 1, max: 9 }), classes: fc.integer({ min: 2, max: 5 }) })
        .chain(({ rows, classes }) =>
          fc.array(fc.array(numbers[dtype], { minLength: classes, maxLength: classes }), {
            minLength: rows,
            maxLength: rows,
          }),
        );
      await fc.assert(
        fc.asyncProperty(table, fc.integer({ min: 1, max: 4 }), async (table, step) => {
          const [rows, classes] = [table.length, table[0]!.length];
          const { sink, source } = memory(name);
          const writer = await writeRows(format, sink, {
            rows,
            classes,
            shape: [rows, classes],
            dtype,
            name: "logits",
          });
          for (let start = 0; start < rows; start += step) {
            const block = table.slice(start, start + step);
            const values = rowArray(dtype === "float64" ? "float64" : "float32", block.length * classes);
            values.set(block.flat());
            await writer.write(values, block.length);
          }
          await writer.finish();
          const file = await openRows(source());
          expect(await denseRows(file)).toEqual(table);
          await file.close();
        }),
        { numRuns: 60 },
      );
    });
  }

  it("go through every format in turn and come back to the same bits", async () => {
    const values = Float32Array.from({ length: 60 }, (_, i) =>
      Math.fround(Math.sin(i) * 10 ** ((i % 9) - 4)),
    );
    let { sink, source } = memory("first.npy");
    const target = { rows: 12, classes: 5, shape: [12, 5], dtype: "float32", name: "logits" } as const;
    const writer = await writeRows("npy", sink, target);
    await writer.write(values, 12);
    await writer.finish();
    const first = source();
    for (const [format, name] of [...dense, ["npy", "last.npy"]] as const) {
      const file = await openRows(source());
      ({ sink, source } = memory(name));
      // Text has no dtype: what was float32 is told to be that again.
      await convertRows(file, format as WriteFormat, sink, { dtype: "float32" });
      await file.close();
    }
    const last = source();
    expect(await last.read(0, last.size)).toEqual(await first.read(0, first.size));
  });

  it("lose in a _logits_ file half a step at most, and nothing more the second time", async () => {
    const logits = Float32Array.from({ length: 6 * 7 }, (_, i) => Math.fround(9 * Math.sin(i * i)));
    const sequences = { tokens: Int32Array.from({ length: 16 }, (_, i) => i % 7), length: 8 };
    const write = async (values: Float32Array) => {
      const { sink, source } = memory("a.kld");
      const shape = [6, 7];
      const target = { rows: 6, classes: 7, shape, dtype: "float32", name: "logits", sequences } as const;
      const writer = await writeRows("llama.cpp", sink, target);
      await writer.write(values, 6);
      await writer.finish();
      return denseRows(await openRows(source()));
    };
    const once = await write(logits);
    for (const [row, logProbs] of once.entries()) {
      const own = Array.from(logits.subarray(row * 7, row * 7 + 7));
      const total = Math.log(own.reduce((sum, x) => sum + Math.exp(x), 0));
      const clamp = Math.max(...own) - 16;
      const step = (Math.max(...own) - Math.max(clamp, Math.min(...own))) / 65535;
      own.forEach((x, i) => {
        expect(Math.abs(logProbs[i]! - (Math.max(x, clamp) - total))).toBeLessThan(step / 2 + 2e-6);
      });
    }
    // Coded again, a row is shifted by what rounding did to the sum of its probabilities, and nothing else.
    const twice = await write(Float32Array.from(once.flat()));
    for (const [row, logProbs] of twice.entries()) {
      const shift = logProbs[0]! - once[row]![0]!;
      expect(Math.abs(shift)).toBeLessThan(1e-4);
      logProbs.forEach((x, i) => {
        expect(Math.abs(x - once[row]![i]! - shift)).toBeLessThan(4e-6);
      });
    }
  });

  it.each(["jsonl", "parquet"] as const)("of the likeliest classes are the same in %s", async (format) => {
    const row = fc
      .uniqueArray(fc.integer({ min: 0, max: 2 ** 31 - 1 }), { minLength: 1, maxLength: 5 })
      .chain((ids) =>
        fc
          .array(fc.double({ min: -9998, max: 0, noNaN: true }), {
            minLength: ids.length,
            maxLength: ids.length,
          })
          .map((logProbs) => ids.map((id, i): [number, number] => [id, logProbs[i]! + 0])),
      );
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 6 }), async (rows) => {
        const k = Math.max(...rows.map((row) => row.length));
        const ids = new Int32Array(rows.length * k).fill(-1);
        const logProbs = new Float64Array(rows.length * k).fill(-Infinity);
        rows.forEach((row, i) => {
          row.forEach(([id, logProb], j) => {
            ids[i * k + j] = id;
            logProbs[i * k + j] = logProb;
          });
        });
        const { sink, source } = memory(`a.${format}`);
        const writer = await writeTopK(format, sink, k);
        await writer.write(ids, logProbs, rows.length);
        await writer.finish();
        const byId = (row: [number, number][]) => [...row].sort(([a], [b]) => a - b);
        const file = await openRows(source());
        expect((await topKRows(file)).map(byId)).toEqual(rows.map(byId));
        await file.close();
      }),
      { numRuns: 60 },
    );
  });
});
