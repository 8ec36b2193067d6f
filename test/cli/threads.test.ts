import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeNpy, writeRows } from "../../src/io/index.js";
import { setThreads } from "../../src/kernels/index.js";
import { threadPool } from "../../src/kernels/wasm/threads.js";
import { type CompareOptions, compare } from "../../src/measure/index.js";
import { renderJson } from "../../src/report/index.js";
import { npy, safetensors } from "./harness.js";

const [rows, classes] = [130, 3001];
const shape = [rows, classes];

/** Logits with a row that is no distribution, and one with classes left out. */
function logits(phase: number): Float64Array {
  const values = Float64Array.from({ length: rows * classes }, (_, i) => 4 * Math.sin(i * i + phase));
  values[5 * classes] = Number.NaN;
  for (let i = 0; i < 50; i++) values[7 * classes + 3 * i] = -1e4;
  return values;
}

/** The upper 16 bits of float32 numbers. */
function bfloat16(values: Float64Array): Uint8Array {
  const words = new Uint32Array(Float32Array.from(values).buffer);
  return new Uint8Array(Uint16Array.from(words, (word) => word >>> 16).buffer);
}

/** Whole numbers and halves up to 4 as float16: three bits of fraction are enough. */
function float16(values: Float64Array): Uint8Array {
  const bits = Uint16Array.from(values, (x) => {
    const size = Math.round(Math.abs(x) * 2) / 2;
    const exponent = size === 0 ? -15 : Math.floor(Math.log2(size));
    const fraction = size === 0 ? 0 : Math.round((size * 2 ** -exponent - 1) * 1024);
    if (!(size <= 4)) return Number.isNaN(x) ? 0x7e00 : 0xf000;
    return (x < 0 ? 0x8000 : 0) | ((exponent + 15) << 10) | fraction;
  });
  return new Uint8Array(bits.buffer);
}

async function llamaLogits(values: Float64Array): Promise<Uint8Array> {
  const context = 2 * rows + 1;
  const parts: Uint8Array[] = [];
  const writer = await writeRows(
    "llama.cpp",
    { write: async (bytes) => void parts.push(bytes.slice()) },
    {
      ...{ rows, classes, shape, dtype: "float32", name: "" },
      sequences: { tokens: new Int32Array(context).fill(7), length: context },
    },
  );
  await writer.write(
    values.map((x) => (Number.isNaN(x) ? 0 : x)),
    rows,
  );
  await writer.finish();
  return Buffer.concat(parts);
}

/** A .npy file of any dtype. */
const npyOf = (dtype: string, bytes: Uint8Array) =>
  Buffer.concat([
    npy(`{'descr': '${dtype}', 'fortran_order': False, 'shape': (${rows}, ${classes}), }`),
    bytes,
  ]);

const files: Record<string, (values: Float64Array) => Uint8Array | Promise<Uint8Array>> = {
  float32: (values) => writeNpy(Float32Array.from(values), shape),
  float64: (values) => writeNpy(values, shape),
  float16: (values) => npyOf("<f2", float16(values)),
  bfloat16: (values) => {
    const logits = { dtype: "BF16", shape, data_offsets: [0, 2 * rows * classes] };
    return Buffer.concat([safetensors({ logits }), bfloat16(values)]);
  },
  int8: (values) => npyOf("|i1", new Uint8Array(Int8Array.from(values).buffer)),
  "16-bit codes of _logits_": llamaLogits,
};

/** Lets so many threads work, and waits until all of them can. */
async function useThreads(count: number): Promise<void> {
  setThreads(count);
  while ((threadPool()?.ready ?? count) < count - 1) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe("comparisons on any number of threads", () => {
  afterAll(() => setThreads(1));

  describe.each(Object.keys(files))("of %s", (dtype) => {
    const inputs: Uint8Array[] = [];
    beforeAll(async () => {
      for (const phase of [0, 0.01, 0.4]) inputs.push(await files[dtype](logits(phase)));
    });

    it("give the same JSON to the last bit", async () => {
      const options: CompareOptions = {
        from: dtype.includes("_logits_") ? "auto" : "logits",
        measures: ["kl", "reverse-kl", "js", "tv", "entropy", "top-k", "rank"],
      };
      const texts: string[] = [];
      for (const count of [1, 2, 3, 7]) {
        await useThreads(count);
        const [reference, ...candidates] = inputs;
        texts.push(renderJson(await compare(reference, candidates, options)));
      }
      expect(JSON.parse(texts[0]).candidates[1].measures.kl.mean).toBeGreaterThan(0);
      for (const text of texts) expect(text).toBe(texts[0]);
    });
  });
});
