import { describe, expect, it } from "vitest";
import { inspectFile, openArray, readAll, readArray } from "../../src/io/index.js";
import { deflatedPart, storedPart } from "../../src/io/sources/slice.js";
import { named, refusal } from "./files.js";
import { file, golden, readDense, rowsRefusal } from "./formats.js";

const cube = Float64Array.from({ length: 24 }, (_, i) => i);

/** `bytes` with some of them overwritten. */
function patched(bytes: Uint8Array<ArrayBuffer>, at: number, ...values: number[]) {
  const copy = bytes.slice();
  copy.set(values, at < 0 ? bytes.length + at : at);
  return copy;
}

/** Where the signature of a record begins, counted from the end of the file. */
function find(bytes: Uint8Array, signature: string, from = 0): number {
  return Array.from(bytes, (byte) => String.fromCharCode(byte))
    .join("")
    .indexOf(signature, from);
}

describe("npz: files written by NumPy", () => {
  for (const name of ["stored", "deflated"]) {
    it(`reads the arrays of a ${name} archive, in C and Fortran order`, async () => {
      const source = named("a.npz", file("npz", name));
      const logits = await readDense(source, { tensor: "logits" });
      expect(logits).toMatchObject({ format: "npz", dtype: "float32", shape: [7, 5], name: "a.npz" });
      expect(logits.rows).toEqual(golden.x);
      const array = await openArray(source, { tensor: "cube" });
      expect(array).toMatchObject({ format: "npz", shape: [2, 3, 4], fortranOrder: name === "deflated" });
      expect((await readAll(array)).data).toEqual(cube);
      await array.close();
    });
  }

  it("takes the only array without a name, and lists the arrays", async () => {
    expect((await readArray(file("npz", "one"))).shape).toEqual([7, 5]);
    const { message } = await refusal(named("a.npz", file("npz", "stored")));
    expect(message).toBe("a.npz: holds 2 tensors, name one as a.npz#tensor: logits, cube");
    const summary = await inspectFile(file("npz", "deflated"));
    expect(summary.format).toBe("npz");
    expect(summary.arrays.map(({ name, dtype, shape }) => [name, dtype, shape])).toEqual([
      ["logits", "float32", [7, 5]],
      ["cube", "float64", [2, 3, 4]],
    ]);
  });

  it("passes over members that are no arrays, and reads those beside one it cannot read", async () => {
    const others = named("others.npz", file("npz", "others"));
    expect((await readDense(others)).rows).toEqual(golden.x);
    const objects = named("o.npz", file("npz", "objects"));
    expect((await readDense(objects, { tensor: "logits" })).rows).toEqual(golden.x);
    expect((await refusal(objects, "names")).message).toMatch(/^o\.npz#names: a pickled object array/);
    expect((await rowsRefusal(named("b.npz", file("npz", "bzip2")))).message).toBe(
      "b.npz#a: is compressed with method 12, wanted deflate",
    );
  });
});

describe("npz: damaged and hostile archives", () => {
  const stored = file("npz", "stored");
  const deflated = file("npz", "deflated");
  const why = async (bytes: Uint8Array<ArrayBuffer>) =>
    (await rowsRefusal(named("a.npz", bytes), { tensor: "logits" })).message;

  it("notices a flipped bit in the data by the checksum, stored or deflated", async () => {
    const at = find(stored, "\x93NUMPY") + 128 + 20;
    expect(await why(patched(stored, at, stored[at]! ^ 1))).toBe(
      "a.npz#logits: is damaged: its content does not match its checksum (CRC-32)",
    );
    const inside = find(deflated, "logits.npy") + 60;
    expect(await why(patched(deflated, inside, deflated[inside]! ^ 16))).toMatch(/^a\.npz#logits: .*damaged/);
  });

  it("refuses an archive that is cut off, or has no directory where it says", async () => {
    expect(await why(stored.slice(0, -1))).toBe(
      "a.npz: truncated: the zip archive has no directory at its end",
    );
    expect(await why(patched(stored, -6, 0, 0))).toBe(
      "a.npz: the zip archive is damaged: the directory is not where the archive says",
    );
  });

  it("refuses a member that claims more than its bytes can hold, and one that unpacks to more", async () => {
    const entry = find(deflated, "PK\x01\x02");
    expect(await why(patched(deflated, entry + 24, 0, 0, 0, 64))).toMatch(
      /^a\.npz: the zip archive is damaged: logits\.npy claims to unpack from \d+ bytes to 1073741824$/,
    );
    const short = patched(deflated, entry + 24, 140, 0, 0, 0);
    expect(await why(short)).toBe("a.npz#logits: is damaged: wanted 140 bytes once unpacked, got more");
  });

  it("refuses members that share bytes, as archives do that unpack to terabytes", async () => {
    const second = find(stored, "PK\x01\x02", find(stored, "PK\x01\x02") + 1);
    expect(await why(patched(stored, second + 42, 0, 0, 0, 0))).toMatch(
      /^a\.npz: the zip archive is damaged: .* overlaps /,
    );
  });

  it("refuses two members of one name, and encrypted ones", async () => {
    expect((await rowsRefusal(named("twice.npz", file("npz", "twice")))).message).toBe(
      "twice.npz: the zip archive is damaged: two members are called a.npy",
    );
    expect(await why(patched(stored, find(stored, "PK\x01\x02") + 8, 1))).toBe("a.npz#logits: is encrypted");
  });
});

describe("a large deflated member", () => {
  it("is read forward, and begins again when a read goes back", async () => {
    const { deflateRawSync, crc32 } = await import("node:zlib");
    const size = (64 << 20) + 1000;
    const content = new Uint8Array(size);
    for (let i = 0; i < size; i += 4099) content[i] = i % 251;
    const packed = deflateRawSync(content);
    const source = {
      name: "big",
      size: packed.length,
      read: async (offset: number, length: number) => packed.subarray(offset, offset + length),
      close: async () => {},
    };
    const part = { name: "big#a", begin: 0, end: packed.length, size, crc32: crc32(content) };
    const inflated = deflatedPart(source, part);
    expect(inflated.forward).toBe(true);
    for (const [offset, length] of [
      [0, 100],
      [30 << 20, 5000],
      [size - 500, 500],
      [4099, 10],
    ] as const) {
      expect(await inflated.read(offset, length)).toEqual(content.slice(offset, offset + length));
    }
    expect((await inflated.read(size - 5, 100)).length).toBe(5);
    await inflated.close();
    const wrong = deflatedPart(source, { ...part, crc32: part.crc32 ^ 1 });
    await expect(wrong.read(size - 5, 5)).rejects.toThrow("does not match its checksum");
    await wrong.close();
    expect(storedPart(source, part).forward).toBeUndefined();
  });
});
