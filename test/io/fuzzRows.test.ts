import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KullbackError } from "../../src/errors.js";
import { type ByteSource, inspectFile, openRows } from "../../src/io/index.js";
import { fromBase64, oracle } from "./files.js";
import { denseRows, golden, text, topKRows } from "./formats.js";

/** Bytes as a source that refuses reads outside of it, so that no reader can be talked into a large one. */
function guarded(bytes: Uint8Array, name: string): ByteSource {
  return {
    name,
    size: bytes.length,
    read: async (offset, length) => {
      if (!(offset >= 0 && length >= 0 && offset + length <= bytes.length)) {
        throw new RangeError(`read ${length} bytes from ${offset} of ${bytes.length}`);
      }
      return bytes.subarray(offset, offset + length);
    },
    close: async () => {},
  };
}

/** What the file holds if all of it can be read, or undefined if it is refused; any other failure is thrown. */
async function survive(bytes: Uint8Array, name: string): Promise<unknown> {
  const source = guarded(bytes, name);
  try {
    const summary = await inspectFile(source);
    const tensors = summary.arrays.map((array) => array.name).filter((tensor) => tensor !== "");
    const found: unknown[] = [];
    for (const tensor of tensors.length > 0 ? tensors : [undefined]) {
      const file = await openRows(source, { tensor });
      // A file cannot hold rows by the million in a few thousand bytes, but for rows without classes.
      const [rows, classes] = [file.reader.rows, file.kind === "dense" ? file.reader.classes : file.reader.k];
      expect(rows * classes).toBeLessThan(5e6);
      if (rows < 1e6) found.push(file.kind === "dense" ? await denseRows(file) : await topKRows(file));
      await file.context?.();
      await file.close();
    }
    return found;
  } catch (error) {
    if (!(error instanceof KullbackError)) throw error;
    expect(error.message).not.toMatch(/\p{Cc}/u);
    return undefined;
  }
}

type Mutation = {
  bytes: [at: number, byte: number][];
  word: [at: number, value: number] | null;
  cut: number;
};

const structure = "0123456789-,()[]{}'\":;#. \n\t".split("").map((c) => c.charCodeAt(0));
const mutation: fc.Arbitrary<Mutation> = fc.record({
  bytes: fc.array(fc.tuple(fc.nat(), fc.oneof(fc.nat(255), fc.constantFrom(...structure))), { maxLength: 3 }),
  word: fc.option(
    fc.tuple(fc.nat(), fc.constantFrom(0, 1, 0x7f, 0xffff, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1)),
    { freq: 3 },
  ),
  cut: fc.oneof(
    { weight: 5, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: -300, max: 20 }) },
  ),
});

/** Overwrites bytes, and a 32-bit number such as a length or a count; cuts the end off or extends it. */
function mutate(file: Uint8Array, { bytes, word, cut }: Mutation): Uint8Array {
  const mutant = new Uint8Array(Math.max(1, file.length + cut));
  mutant.set(file.subarray(0, mutant.length));
  for (const [at, byte] of bytes) mutant[at % mutant.length] = byte;
  if (word && mutant.length > 4)
    new DataView(mutant.buffer).setUint32(word[0] % (mutant.length - 4), word[1], true);
  return mutant;
}

const base64 = (files: Record<string, string>, ...names: string[]) =>
  (names.length > 0 ? names : Object.keys(files)).map((name) => fromBase64(files[name]!));

const chat = JSON.stringify({
  logprobs: { content: [{ token: "Hi", logprob: -0.25, top_logprobs: [{ token: "Yo", logprob: -2 }] }] },
});
const vllm = JSON.stringify({
  token_ids: [3],
  logprobs: [{ 3: { logprob: -0.5 }, 7: { logprob: -1, rank: 2 } }],
});
const completion = JSON.stringify({
  logprobs: { tokens: ["a", "b"], token_logprobs: [null, -1], top_logprobs: [null, { b: -1, c: -2 }] },
});

const formats: Record<string, { name: string; files: Uint8Array[]; checked?: boolean }> = {
  npz: { name: "a.npz", files: base64(golden.npz, "stored", "deflated", "one", "others"), checked: true },
  safetensors: {
    name: "a.safetensors",
    files: [fromBase64((oracle("io-safetensors.json") as { one: string }).one)],
  },
  _logits_: { name: "a.kld", files: Object.values(golden.llama).map(({ file }) => fromBase64(file)) },
  parquet: { name: "a.parquet", files: base64(golden.parquet).filter((file) => file.length < 10_000) },
  csv: { name: "a.csv", files: base64(golden.csv, "comma", "names", "semicolon", "space") },
  "csv.gz": { name: "a.csv.gz", files: base64(golden.csv, "gzip"), checked: true },
  jsonl: {
    name: "a.jsonl",
    files: [
      ...base64(golden.jsonl, "arrays", "logits", "nested"),
      text(`${chat}\n${chat}`),
      text(`${vllm}\n${vllm}`),
      text(completion),
    ],
  },
  "jsonl.gz": { name: "a.jsonl.gz", files: base64(golden.jsonl, "gzip"), checked: true },
};

describe("damaged files of rows", () => {
  for (const [format, { name, files, checked }] of Object.entries(formats)) {
    it(`1500 mutants of ${format} files are read or refused, and nothing else`, async () => {
      const originals = new Map<Uint8Array, unknown>();
      for (const file of files) originals.set(file, await survive(file, name));
      let refused = 0;
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...files), mutation, async (file, change) => {
          const start = performance.now();
          const mutant = mutate(file, change);
          const found = await survive(mutant, name);
          expect(performance.now() - start).toBeLessThan(5000);
          if (found === undefined) {
            refused++;
            return;
          }
          // A checksum tells damage: what is read is what was written, if it is still seen as compressed.
          const packed = [0, 1, 2].every((i) => mutant[i] === file[i]);
          const whole = originals.get(file) as unknown[] | undefined;
          if (checked && packed && (found as unknown[]).length === whole?.length)
            expect(found).toEqual(whole);
        }),
        { numRuns: 1500 },
      );
      expect(refused).toBeGreaterThan(100);
    });
  }
});
