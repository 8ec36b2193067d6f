import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { KullbackError } from "../../src/errors.js";
import { inspectFile, openRows } from "../../src/io/index.js";
import { fromBase64, oracle } from "./files.js";
import { denseRows, golden, topKRows } from "./formats.js";

/** The largest memory, in bytes, that was asked for at once since a test began. */
let largest = 0;

const types = [Uint8Array, Uint16Array, Uint32Array, Int32Array, Float32Array, Float64Array] as const;

/** The same type, but notes how large the arrays are that are made by length, whoever makes them. */
function watched(type: (typeof types)[number]) {
  return new Proxy(type, {
    construct(target, args: unknown[]) {
      if (typeof args[0] === "number") largest = Math.max(largest, target.BYTES_PER_ELEMENT * args[0]);
      return Reflect.construct(target, args);
    },
  });
}

beforeEach(() => {
  largest = 0;
  for (const type of types) Reflect.set(globalThis, type.name, watched(type));
});
afterEach(() => {
  for (const type of types) Reflect.set(globalThis, type.name, type);
});

/** Opens a file and reads all of it, unless it is refused or claims to be large. */
async function tryToRead(bytes: Uint8Array, name: string): Promise<void> {
  const source = {
    name,
    size: bytes.length,
    read: async (at: number, length: number) => bytes.subarray(at, at + length),
    close: async () => {},
  };
  try {
    const { arrays } = await inspectFile(source);
    for (const array of arrays) {
      const file = await openRows(source, array.name === "" ? {} : { tensor: array.name });
      const width = file.kind === "dense" ? file.reader.classes : file.reader.k;
      if (file.reader.rows * width < 1e5) {
        await (file.kind === "dense" ? denseRows(file) : topKRows(file));
      }
      await file.close();
    }
  } catch (error) {
    if (!(error instanceof KullbackError)) throw error;
  }
}

const safetensors = oracle("io-safetensors.json") as { many: { file: string }; one: string };

const files: Record<string, { name: string; files: Uint8Array[] }> = {
  npy: {
    name: "a.npy",
    files: (oracle("io-npy.json") as { file: string }[]).slice(0, 20).map(({ file }) => fromBase64(file)),
  },
  npz: { name: "a.npz", files: ["stored", "deflated"].map((name) => fromBase64(golden.npz[name]!)) },
  safetensors: {
    name: "a.safetensors",
    files: [fromBase64(safetensors.many.file), fromBase64(safetensors.one)],
  },
  _logits_: { name: "a.kld", files: Object.values(golden.llama).map(({ file }) => fromBase64(file)) },
  parquet: {
    name: "a.parquet",
    files: Object.values(golden.parquet)
      .map(fromBase64)
      .filter((file) => file.length < 10_000),
  },
};

/** Numbers that a header might claim, to be written over any four or eight bytes. */
const claims = [2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 28, 2 ** 30];

describe("memory asked for by damaged files of a few kilobytes", () => {
  for (const [format, { name, files: originals }] of Object.entries(files)) {
    it(`stays small whatever ${format} headers claim`, async () => {
      for (const file of originals) await tryToRead(file, name);
      expect(largest).toBeGreaterThan(0);
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...originals),
          fc.nat(),
          fc.constantFrom(...claims),
          fc.boolean(),
          async (file, at, claim, wide) => {
            const mutant = file.slice();
            const view = new DataView(mutant.buffer);
            const place = at % (mutant.length - 8);
            view.setUint32(place, claim, true);
            if (wide) view.setUint32(place + 4, 0, true);
            await tryToRead(mutant, name);
          },
        ),
        { numRuns: 1000 },
      );
      expect(largest).toBeLessThan(1 << 25);
    });
  }
});
