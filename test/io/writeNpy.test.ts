import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readArray, writeNpy } from "../../src/io/index.js";
import { fromBase64, oracle, toNumber } from "./files.js";

interface Case {
  file: string;
  version: number;
  dtype: string;
  byteOrder: string;
  fortranOrder: boolean;
  shape: number[];
  values: (number | string)[];
}

const arrays = { float32: Float32Array, float64: Float64Array, int32: Int32Array, bool: Uint8Array };
const isWritten = (dtype: string): dtype is keyof typeof arrays => Object.hasOwn(arrays, dtype);

describe("writeNpy", () => {
  it("writes the bytes that NumPy writes", () => {
    const cases = (oracle("io-npy.json") as Case[]).filter(
      ({ version, byteOrder, fortranOrder }) => version === 1 && byteOrder === "little" && !fortranOrder,
    );
    let compared = 0;
    for (const { file, dtype, shape, values } of cases) {
      if (!isWritten(dtype)) continue;
      expect(writeNpy(arrays[dtype].from(values.map(toNumber)), shape)).toEqual(fromBase64(file));
      compared++;
    }
    expect(compared).toBeGreaterThan(12);
  });

  it("gives back what it was given, through readArray", async () => {
    const data = fc.oneof(fc.float32Array(), fc.float64Array(), fc.int32Array(), fc.uint8Array({ max: 1 }));
    await fc.assert(
      fc.asyncProperty(data, fc.boolean(), async (data, column) => {
        const shape = column ? [data.length, 1] : [data.length];
        expect(await readArray(writeNpy(data, shape))).toMatchObject({ data, shape });
      }),
    );
  });

  it("writes the part of memory that a subarray shows", async () => {
    const part = Float32Array.of(1, 2, 3, 4).subarray(1, 3);
    expect((await readArray(writeNpy(part, [2]))).data).toEqual(Float32Array.of(2, 3));
  });

  it("aligns the data to 64 bytes, however long the header", async () => {
    for (let axes = 0; axes <= 64; axes++) {
      const bytes = writeNpy(Float32Array.of(1.5), Array(axes).fill(1));
      expect(bytes.length % 64).toBe(4);
      expect((await readArray(bytes)).data).toEqual(Float32Array.of(1.5));
    }
  });

  it("refuses a shape that does not hold the data", () => {
    expect(() => writeNpy(new Float32Array(3), [2, 2])).toThrow(
      "writeNpy: the shape [2, 2] does not hold 3 elements",
    );
    expect(() => writeNpy(new Float32Array(1), [-1])).toThrow(
      "writeNpy: the shape [-1] does not hold 1 elements",
    );
    expect(() => writeNpy(new Float32Array(0), [0.5, 0])).toThrow(
      "writeNpy: the shape [0.5, 0] does not hold 0",
    );
  });

  it("refuses a Uint8Array of other numbers than 0 and 1", () => {
    expect(() => writeNpy(Uint8Array.of(0, 2), [2])).toThrow(
      "writeNpy: a Uint8Array stands for bools, 0 or 1; use an Int32Array for numbers",
    );
  });
});
