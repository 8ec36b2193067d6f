import { describe, expect, it } from "vitest";
import { type ByteSource, openArray, readAll, readArray, writeNpy } from "../../src/io/index.js";
import { fromBase64, named, npyFile, npyHeader, oracle, toNumber } from "./files.js";

interface Case {
  file: string;
  dtype: string;
  shape: number[];
  values: (number | string)[];
}

const arrays = { float32: Float32Array, float64: Float64Array, int32: Int32Array, bool: Uint8Array } as const;
const nearest: Record<string, keyof typeof arrays> = {
  float16: "float32",
  float32: "float32",
  float64: "float64",
  bool: "bool",
};

/** A .npy file of one 64-bit integer. */
function integer(descr: string, value: bigint) {
  const file = npyFile(npyHeader(`'${descr}'`, "(1,)"), 8);
  new DataView(file.buffer).setBigInt64(file.length - 8, value, true);
  return named("labels.npy", file);
}

describe("readArray", () => {
  it("reads every dtype, order and shape that NumPy writes into the nearest dtype of a tensor", async () => {
    for (const golden of oracle("io-npy.json") as Case[]) {
      const numbers = golden.values.map(toNumber);
      const dtype = nearest[golden.dtype] ?? "int32";
      const input = fromBase64(golden.file);
      if (dtype === "int32" && numbers.some((x) => x !== (x | 0))) {
        await expect(readArray(input)).rejects.toThrow(`holds the ${golden.dtype}`);
        continue;
      }
      const data = arrays[dtype].from(numbers);
      expect(await readArray(input)).toEqual({ dtype, shape: golden.shape, data });
    }
  });

  it("takes the tensor that is named", async () => {
    const { many } = oracle("io-safetensors.json");
    const { data, dtype } = await readArray(fromBase64(many.file), { tensor: "a#b" });
    expect([data, dtype]).toEqual([Float32Array.of(1, 2), "float32"]);
  });

  it("reads 64-bit integers that fit into 32 bits, and says which do not", async () => {
    expect((await readArray(integer("<i8", -7n))).data).toEqual(Int32Array.of(-7));
    await expect(readArray(integer("<i8", 2n ** 31n))).rejects.toThrow(
      "labels.npy: holds the int64 2147483648, beyond int32; readAll gives such numbers",
    );
  });
});

it("an array larger than memory is an error that says how to read it", async () => {
  const header = npyFile(npyHeader("'<f2'", `(${2 ** 40},)`));
  const huge: ByteSource = {
    name: "huge.npy",
    size: header.length + 2 ** 41,
    async read(offset, length) {
      const bytes = new Uint8Array(length);
      bytes.set(header.subarray(offset, offset + length));
      return bytes;
    },
    close: async () => {},
  };
  await expect(readArray(huge)).rejects.toThrow(
    "huge.npy: float16 [1099511627776] does not fit in memory; read it in blocks with rowsOf",
  );
});

describe("readAll", () => {
  it("reads integers up to 2^53 − 1 and refuses the ones beyond, which float64 would round", async () => {
    const most = 2n ** 53n - 1n;
    for (const [descr, value] of [
      ["<i8", most],
      ["<i8", -most],
      ["<u8", most],
    ] as const) {
      expect((await readAll(await openArray(integer(descr, value)))).data).toEqual(
        Float64Array.of(Number(value)),
      );
    }
    const refused: [string, bigint, string][] = [
      ["<i8", most + 1n, "int64 9007199254740992"],
      ["<i8", -most - 1n, "int64 -9007199254740992"],
      ["<u8", most + 2n, "uint64 9007199254740993"],
      ["<u8", -1n, "uint64 18446744073709551615"],
    ];
    for (const [descr, value, what] of refused) {
      await expect(readAll(await openArray(integer(descr, value)))).rejects.toThrow(
        `labels.npy: holds the ${what}, beyond the exact integers (±(2^53 − 1))`,
      );
    }
  });

  it("takes any byte but 0 for true", async () => {
    const file = npyFile(npyHeader("'|b1'", "(3,)"), 3);
    file.set([0, 1, 200], file.length - 3);
    expect((await readAll(await openArray(file))).data).toEqual(Float64Array.of(0, 1, 1));
    expect((await readArray(file)).data).toEqual(Uint8Array.of(0, 1, 1));
  });

  it("refuses an array that is larger than allowed", async () => {
    const array = await openArray(writeNpy(new Float32Array(12), [3, 4]));
    expect((await readAll(array, { maxElements: 12 })).shape).toEqual([3, 4]);
    await expect(readAll(array, { maxElements: 11 })).rejects.toThrow(
      "(bytes): float32 [3, 4] has 12 elements, at most 11 are read at once",
    );
  });
});
