import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KullbackError } from "../../src/errors.js";
import { type ByteSource, inspectFile, openArray, readArray, rowsOf } from "../../src/io/index.js";
import { fromBase64, npyFile, npyHeader, oracle, safetensorsFile } from "./files.js";

/** Bytes as a source that refuses reads outside of it, so that no reader can be talked into a large one. */
function guarded(bytes: Uint8Array, name: string): ByteSource {
  return {
    name,
    size: bytes.length,
    read: async (offset, length) => {
      if (offset < 0 || length < 0 || offset + length > bytes.length) {
        throw new RangeError(`read ${length} bytes from ${offset} of ${bytes.length}`);
      }
      return bytes.subarray(offset, offset + length);
    },
    close: async () => {},
  };
}

/** Reads all that can be read of a file; every failure must be one of ours. */
async function survive(bytes: Uint8Array, name: string): Promise<"read" | "refused"> {
  const source = guarded(bytes, name);
  try {
    for (const { name: tensor, shape } of (await inspectFile(source)).arrays) {
      const options = tensor === "" ? {} : { tensor };
      const array = await openArray(source, options);
      const count = shape.reduce((a, b) => a * b, 1);
      expect(array.offset + array.byteLength).toBeLessThanOrEqual(bytes.length);
      if (shape.length > 0) {
        const reader = rowsOf(array, [0]);
        if (count > 0) expect(reader.rows * reader.classes).toBe(count);
      }
      expect((await readArray(source, options)).data).toHaveLength(count);
    }
    return "read";
  } catch (error) {
    if (!(error instanceof KullbackError)) throw error;
    expect(error.message).not.toMatch(/\p{Cc}/u);
    return "refused";
  }
}

/** Changes to a file: bytes overwritten, and the end cut off or extended. */
const mutation = fc.record({
  bytes: fc.array(
    fc.tuple(
      fc.nat(),
      fc.oneof(
        fc.nat(255),
        fc.constantFrom(..."0123456789-,()[]{}'\"<>fiub".split("").map((c) => c.charCodeAt(0))),
      ),
    ),
    { maxLength: 4 },
  ),
  grow: fc.oneof(
    { weight: 4, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: -200, max: 20 }) },
  ),
});

function mutate(
  file: Uint8Array,
  headerBytes: number,
  { bytes, grow }: { bytes: [number, number][]; grow: number },
) {
  const mutant = new Uint8Array(Math.max(0, file.length + grow));
  mutant.set(file.subarray(0, mutant.length));
  for (const [at, byte] of bytes)
    if (mutant.length > 0) mutant[at % Math.min(headerBytes, mutant.length)] = byte;
  return mutant;
}

describe("damaged files", () => {
  const npyFiles = (oracle("io-npy.json") as { file: string }[]).map(({ file }) => fromBase64(file));
  const { many, one } = oracle("io-safetensors.json") as { many: { file: string }; one: string };
  const safetensorsFiles = [many.file, one].map(fromBase64);

  it("4000 mutants of .npy files are read or refused, and nothing else", async () => {
    const outcomes = { read: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...npyFiles), mutation, async (file, change) => {
        outcomes[await survive(mutate(file, 90, change), "mutant.npy")]++;
      }),
      { numRuns: 4000 },
    );
    expect(outcomes.read).toBeGreaterThan(100);
    expect(outcomes.refused).toBeGreaterThan(1000);
  });

  it("4000 mutants of safetensors files are read or refused, and nothing else", async () => {
    const outcomes = { read: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...safetensorsFiles), mutation, async (file, change) => {
        outcomes[await survive(mutate(file, 1100, change), "mutant.safetensors")]++;
      }),
      { numRuns: 4000 },
    );
    expect(outcomes.read).toBeGreaterThan(100);
    expect(outcomes.refused).toBeGreaterThan(1000);
  });

  const nasty = fc.oneof(
    fc.constantFrom(0, 1, 2, -1, 0.5, 4, 8, 2 ** 31, 2 ** 32, 2 ** 53, 1e300, -0),
    fc.integer(),
  );

  it("npy headers of nasty shapes and dtypes are read or refused, and nothing else", async () => {
    const descr = fc.constantFrom(
      "'<f4'",
      "'>f8'",
      "'|b1'",
      "'<i8'",
      "'|O'",
      "[('a', '<f4')]",
      "''",
      "4",
      "None",
    );
    await fc.assert(
      fc.asyncProperty(
        descr,
        fc.array(nasty, { maxLength: 5 }),
        fc.nat(64),
        fc.integer({ min: 0, max: 4 }),
        async (descr, dims, data, version) => {
          const header = npyHeader(descr, `(${dims.map((dim) => `${dim},`).join("")})`);
          await survive(npyFile(header, data, version), "nasty.npy");
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("safetensors headers of nasty tensors are read or refused, and nothing else", async () => {
    const entry = fc.oneof(
      fc.record({
        dtype: fc.oneof(fc.constantFrom("F32", "F16", "BOOL", "F4", "C64"), fc.jsonValue()),
        shape: fc.oneof(fc.array(nasty, { maxLength: 4 }), fc.jsonValue()),
        data_offsets: fc.oneof(fc.tuple(nasty, nasty), fc.jsonValue()),
      }),
      fc.jsonValue(),
    );
    const header = fc.dictionary(fc.oneof(fc.constant("__metadata__"), fc.string()), entry, { maxKeys: 3 });
    await fc.assert(
      fc.asyncProperty(header, fc.nat(16), async (header, data) => {
        await survive(safetensorsFile(header, data), "nasty.safetensors");
      }),
      { numRuns: 2000 },
    );
  });
});
