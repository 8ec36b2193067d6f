import { describe, expect, it } from "vitest";
import { FileError, inspectFile, openArray, readAll } from "../../src/io/index.js";
import { fromBase64, named, npyFile, npyHeader, oracle, refusal, toNumber } from "./files.js";

interface Case {
  file: string;
  version: number;
  dtype: string;
  byteOrder: "little" | "big";
  fortranOrder: boolean;
  shape: number[];
  values: (number | string)[];
}

const title = ({ version, dtype, byteOrder, fortranOrder, shape }: Case) =>
  `${dtype} [${shape}], ${byteOrder}-endian, ${fortranOrder ? "Fortran" : "C"} order, version ${version}`;

describe("npy: files written by NumPy", () => {
  for (const golden of oracle("io-npy.json") as Case[]) {
    it(`reads ${title(golden)}`, async () => {
      const bytes = fromBase64(golden.file);
      const array = await openArray(bytes);
      expect(array).toMatchObject({ format: "npy", dtype: golden.dtype, shape: golden.shape });
      const { shape, data } = await readAll(array);
      expect(shape).toEqual(golden.shape);
      expect(data).toEqual(Float64Array.from(golden.values, toNumber));
      const { arrays } = await inspectFile(bytes);
      expect(arrays).toEqual([
        {
          name: "",
          dtype: golden.dtype,
          shape: golden.shape,
          fortranOrder: golden.fortranOrder,
          // One-byte elements have no order; NumPy calls it none and we little.
          byteOrder: golden.byteOrder,
          byteLength: array.byteLength,
        },
      ]);
    });
  }
});

describe("npy: headers", () => {
  it("accepts what other writers than NumPy write", async () => {
    const headers = [
      `{"shape":(2,3),"descr":"<f4","fortran_order":False}`,
      `{'descr':'<f4','fortran_order':False,'shape':(2L, 3L)}   \n`,
      `{'descr':'<f4','fortran_order':False,'shape':[2, 3,],}`,
    ];
    for (const header of headers) {
      expect((await openArray(npyFile(header, 24))).shape).toEqual([2, 3]);
    }
  });

  const refused: [what: string, bytes: Uint8Array<ArrayBuffer>, message: string][] = [
    [
      "data that ends early",
      npyFile(npyHeader("'<f4'", "(4, 256)"), 100),
      "truncated: the header promises 4096 bytes of data (float32 [4, 256]) from offset 72, the file has 100",
    ],
    [
      "data that goes on",
      npyFile(npyHeader("'<f8'", "(2,)"), 19),
      "3 trailing bytes: the header promises 16 bytes of data (float64 [2]) from offset 68, the file has 19",
    ],
    [
      "a shape whose product overflows",
      npyFile(npyHeader("'<f4'", "(4294967296, 4294967296)"), 8),
      "the shape [4294967296, 4294967296] has more elements than any file",
    ],
    [
      "a shape whose product overflows but for a zero",
      npyFile(npyHeader("'<f4'", "(4294967296, 0, 4294967296)")),
      "the shape [4294967296, 0, 4294967296] has more elements than any file",
    ],
    [
      "a dimension beyond all numbers",
      npyFile(npyHeader("'<f4'", `(${"9".repeat(400)},)`)),
      "bad npy header: the shape must be a tuple of at most 64 whole numbers ≥ 0, got (Infinity)",
    ],
    [
      "a negative dimension",
      npyFile(npyHeader("'<f4'", "(-1, 4)"), 16),
      "bad npy header: the shape must be a tuple of at most 64 whole numbers ≥ 0, got (-1, 4)",
    ],
    [
      "a fractional dimension",
      npyFile(npyHeader("'<f4'", "(2.5,)"), 10),
      "bad npy header: the shape must be a tuple of at most 64 whole numbers ≥ 0, got (2.5)",
    ],
    [
      "a shape that is a number",
      npyFile(npyHeader("'<f4'", "(3)"), 12),
      "bad npy header: the shape must be a tuple of at most 64 whole numbers ≥ 0, got 3",
    ],
    [
      "65 axes",
      npyFile(npyHeader("'<f4'", `(${"1, ".repeat(65)})`), 4),
      `bad npy header: the shape must be a tuple of at most 64 whole numbers ≥ 0, got (${Array(65).fill(1).join(", ")})`,
    ],
    [
      "an unknown version",
      npyFile(npyHeader("'<f4'", "()"), 4, 4),
      "npy version 4.0, wanted 1.0, 2.0 or 3.0",
    ],
    [
      "nothing after the magic",
      npyFile("").subarray(0, 6).slice(),
      "truncated: 6 bytes are too few for an npy header",
    ],
    [
      "a header cut short",
      npyFile(npyHeader("'<f4'", "()")).slice(0, 40),
      "truncated: the npy header ends at byte 66, the file at 40",
    ],
    [
      "a header of 4 GB",
      Uint8Array.from([...npyFile("", 0, 2).subarray(0, 8), 255, 255, 255, 255, 0, 0]),
      "truncated: the npy header ends at byte 4294967307, the file at 14",
    ],
    [
      "a header too long for one array",
      npyFile(npyHeader("'<f4'", "()").padEnd(2_000_000), 4, 2),
      "the npy header has 2000000 bytes, which is too much for one plain array",
    ],
    [
      "a header that is no literal",
      npyFile("__import__('os')", 4),
      `bad npy header: wanted a Python literal at character 0, found "__import__('"`,
    ],
    ["a header that is no dict", npyFile("('<f4', False, ())", 4), "bad npy header: wanted a dict"],
    [
      "a header with more after it",
      npyFile(`${npyHeader("'<f4'", "()")}{}`, 4),
      'bad npy header: wanted nothing more at character 56, found "{}"',
    ],
    [
      "a missing key",
      npyFile("{'descr': '<f4', 'shape': ()}", 4),
      "bad npy header: wanted the keys descr, fortran_order, shape, got descr, shape",
    ],
    [
      "a repeated key",
      npyFile("{'descr': '<f4', 'descr': '<f8'}", 4),
      `bad npy header: wanted a key of its own before this at character 24, found ": '<f8'}"`,
    ],
    [
      "an order that is no boolean",
      npyFile(npyHeader("'<f4'", "()", "0"), 4),
      "bad npy header: fortran_order must be True or False",
    ],
    [
      "nesting that would overflow the stack",
      npyFile("(".repeat(60_000), 4),
      'bad npy header: wanted less nesting at character 65, found "(((((((((((("',
    ],
    [
      "an unclosed string",
      npyFile("{'descr", 4),
      `bad npy header: wanted a Python literal at character 1, found "'descr"`,
    ],
    [
      "an unclosed dict",
      npyFile("{'descr': 1", 4),
      "bad npy header: wanted a comma at character 11, found the end",
    ],
    ["no byte order", npyFile(npyHeader("'f4'", "()"), 4), "dtype 'f4' does not say its byte order"],
    ["an unknown dtype", npyFile(npyHeader("'<q9'", "()"), 4), "unsupported element type (dtype '<q9')"],
    [
      "a dtype from Object",
      npyFile(npyHeader("'constructor'", "()"), 4),
      "an array of complex numbers, wanted real ones (dtype 'constructor')",
    ],
    [
      "a dtype that is no string",
      npyFile(npyHeader("None", "()"), 4),
      "unsupported element type (dtype 'null')",
    ],
  ];
  for (const [what, bytes, message] of refused) {
    it(`refuses ${what}`, async () => {
      const error = await refusal(named("a.npy", bytes));
      expect(error).toBeInstanceOf(FileError);
      expect(error.message).toBe(`a.npy: ${message}`);
    });
  }
});

describe("npy: arrays of other things than numbers", () => {
  const files = oracle("io-foreign.json") as Record<string, string>;
  const refused = {
    objects:
      "a pickled object array, which holds Python objects; save it with np.save(\"a.npy\", np.asarray(x, dtype=np.float32)) (dtype '|O')",
    structured: 'a structured array; save one plain field with np.save("a.npy", x["field"])',
    strings: "an array of strings, wanted numbers (dtype '<U2')",
    bytes: "an array of strings, wanted numbers (dtype '|S2')",
    complex: "an array of complex numbers, wanted real ones (dtype '<c8')",
    dates: "an array of dates or times, wanted plain numbers (dtype '<M8[D]')",
    void: "raw bytes without a number type, as np.save leaves bfloat16; save x.astype(np.float32), or use safetensors (dtype '|V2')",
    longDouble: "floating-point numbers of an unsupported size; save x.astype(np.float64) (dtype '<f16')",
  };
  for (const [what, message] of Object.entries(refused)) {
    it(`says what is wrong with ${what}`, async () => {
      const error = await refusal(named("a.npy", fromBase64(files[what]!)));
      expect(error.message).toBe(`a.npy: ${message}`);
    });
  }
});
