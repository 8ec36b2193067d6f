import { describe, expect, it } from "vitest";
import { KullbackError } from "../../src/errors.js";
import { openArray, readAll, type TensorData, writeSafetensors } from "../../src/io/index.js";
import { fromBase64, oracle } from "./files.js";

interface Rounding {
  values: string;
  codes: string;
}
const golden = oracle("io-safetensors-write.json") as {
  every: string;
  numbers: string;
  empty: string;
  float16: Rounding;
  bfloat16: Rounding;
};

const bits = [0, 1, 1, 1, 0, 1];
const shape = [2, 3];
const every: Record<string, TensorData> = {
  float32: { data: Float32Array.from(bits), shape },
  float64: { data: Float64Array.from(bits), shape },
  bool: { data: Uint8Array.from(bits), shape, dtype: "bool" },
  uint8: { data: Uint8Array.from(bits), shape },
  int8: { data: Int8Array.from(bits), shape },
  uint16: { data: Uint16Array.from(bits), shape },
  int16: { data: Int16Array.from(bits), shape },
  uint32: { data: Uint32Array.from(bits), shape },
  int32: { data: Int32Array.from(bits), shape },
  uint64: { data: BigUint64Array.from(bits.map(BigInt)), shape },
  int64: { data: BigInt64Array.from(bits.map(BigInt)), shape },
};

describe("writeSafetensors", () => {
  it("gives the bytes that Python's safetensors gives, for every dtype and with metadata", () => {
    expect(writeSafetensors(every, { "made by": "safetensors" })).toEqual(fromBase64(golden.every));
  });

  it("gives the bytes that Python's safetensors gives for names like numbers, quotes and other scripts", () => {
    const tensors = {
      "9": { data: Float32Array.of(2.5), shape: [1] },
      "10": { data: Float32Array.of(1.5), shape: [1] },
      'é\n"': { data: Float32Array.of(3.5), shape: [] },
    };
    expect(writeSafetensors(tensors)).toEqual(fromBase64(golden.numbers));
    expect(writeSafetensors({})).toEqual(fromBase64(golden.empty));
  });

  for (const dtype of ["float16", "bfloat16"] as const) {
    it(`rounds to ${dtype} as NumPy and PyTorch do: to nearest, ties to even, too large to infinity`, async () => {
      const data = new Float64Array(fromBase64(golden[dtype].values).buffer);
      const file = writeSafetensors({ x: { data, shape: [data.length], dtype } });
      const array = await openArray(file);
      expect(array.dtype).toBe(dtype);
      const codes = new Uint16Array(file.slice(array.offset).buffer);
      const expected = new Uint16Array(fromBase64(golden[dtype].codes).buffer);
      const nan = data.map((x) => Number(Number.isNaN(x)));
      // A NaN may have any sign and payload.
      expect(codes.map((code, i) => (nan[i] ? 0 : code))).toEqual(
        expected.map((code, i) => (nan[i] ? 0 : code)),
      );
      const back = (await readAll(array)).data;
      expect(back.map((x) => Number(Number.isNaN(x)))).toEqual(nan);
    });
  }

  it("writes a view of an array, and not the memory around it", async () => {
    const data = Float32Array.of(1, 2, 3, 4).subarray(1, 3);
    const array = await openArray(writeSafetensors({ x: { data, shape: [2] } }));
    expect((await readAll(array)).data).toEqual(Float64Array.of(2, 3));
  });

  it("refuses what it cannot store", () => {
    const refused: [TensorData, string][] = [
      [{ data: Float32Array.of(1), shape: [2] }, "the shape [2] does not hold 1 elements"],
      [{ data: Float32Array.of(1), shape: [-1] }, "the shape [-1] does not hold 1 elements"],
      [{ data: Uint8Array.of(2), shape: [1], dtype: "bool" }, "wanted bools, 0 or 1"],
      [{ data: Int32Array.of(2), shape: [1], dtype: "float16" }, "int32 numbers cannot be stored as float16"],
      [{ data: Float32Array.of(2), shape: [1], dtype: "int8" }, "float32 numbers cannot be stored as int8"],
    ];
    for (const [tensor, problem] of refused) {
      expect(() => writeSafetensors({ x: tensor })).toThrow(
        new KullbackError(`writeSafetensors: tensor "x": ${problem}`),
      );
    }
    expect(() => writeSafetensors({ __metadata__: { data: Float32Array.of(2), shape: [1] } })).toThrow(
      'writeSafetensors: tensor "__metadata__": the name is kept for the file\'s metadata',
    );
  });
});
