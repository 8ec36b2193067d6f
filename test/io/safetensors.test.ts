import { describe, expect, it } from "vitest";
import { FileError, inspectFile, openArray, readAll } from "../../src/io/index.js";
import { fromBase64, named, oracle, refusal, safetensorsFile, toNumber } from "./files.js";

const golden = oracle("io-safetensors.json") as {
  many: {
    file: string;
    tensors: Record<string, { dtype: string; shape: number[]; values: (number | string)[] }>;
  };
  one: string;
  none: string;
  float8: string;
};
const many = named("many.safetensors", fromBase64(golden.many.file));

describe("safetensors: files written by safetensors", () => {
  for (const [name, tensor] of Object.entries(golden.many.tensors)) {
    it(`reads the tensor ${name}, ${tensor.dtype} [${tensor.shape}]`, async () => {
      const array = await openArray(many, { tensor: name });
      expect(array).toMatchObject({ format: "safetensors", dtype: tensor.dtype, shape: tensor.shape });
      expect((await readAll(array)).data).toEqual(Float64Array.from(tensor.values, toNumber));
    });
  }

  it("takes the only tensor without a name", async () => {
    const { data } = await readAll(await openArray(fromBase64(golden.one)));
    expect(data).toEqual(Float64Array.of(1, 2));
  });

  it("lists all tensors, dtypes it does not read among them, and the metadata", async () => {
    const summary = await inspectFile(many);
    expect(summary.metadata).toEqual({ "made by": "safetensors" });
    const found = Object.fromEntries(
      summary.arrays.map(({ name, dtype, shape }) => [name, { dtype, shape }]),
    );
    const expected = Object.entries(golden.many.tensors).map(([name, { dtype, shape }]) => [
      name,
      { dtype, shape },
    ]);
    expect(found).toEqual(Object.fromEntries(expected));
    const float8 = await inspectFile(fromBase64(golden.float8));
    expect(float8.metadata).toBeUndefined();
    expect(float8.arrays.map(({ dtype }) => dtype).sort()).toEqual(["F8_E4M3", "float32"]);
  });

  it("reads a tensor beside one of a dtype it does not read", async () => {
    const { data } = await readAll(await openArray(fromBase64(golden.float8), { tensor: "f32" }));
    expect(data).toEqual(Float64Array.of(1));
  });
});

describe("safetensors: picking a tensor", () => {
  it("lists the names when there are several and none is given", async () => {
    const { message } = await refusal(many);
    const names = (await inspectFile(many)).arrays.map(({ name }) => name);
    expect(message).toBe(
      `many.safetensors: holds 16 tensors, name one as many.safetensors#tensor: ${names.slice(0, 8).join(", ")}, …`,
    );
  });

  it("lists the names when the given one is not among them", async () => {
    const { message } = await refusal(named("b.safetensors", fromBase64(golden.one)), "logits");
    expect(message).toBe('b.safetensors: has no tensor "logits"; it holds only');
  });

  it("says so when there are none", async () => {
    const { message } = await refusal(named("b.safetensors", fromBase64(golden.none)));
    expect(message).toBe("b.safetensors: holds no tensors");
  });

  it("names the dtype that it does not read", async () => {
    const { message } = await refusal(named("b.safetensors", fromBase64(golden.float8)), "f8");
    expect(message).toBe(
      'b.safetensors: tensor "f8" is F8_E4M3, which is not supported; convert it to float32',
    );
  });
});

describe("safetensors: hostile files", () => {
  const tensor = (dtype: unknown, shape: unknown, data_offsets: unknown) => ({ dtype, shape, data_offsets });
  const two = (b: [number, number], dataBytes: number) =>
    safetensorsFile({ a: tensor("F32", [2], [0, 8]), b: tensor("F32", [2], b) }, dataBytes);
  const refused: [what: string, bytes: Uint8Array<ArrayBuffer>, message: string][] = [
    ["no header", Uint8Array.of(1, 0, 0), "truncated: 3 bytes are too few for a safetensors header"],
    [
      "a header of 4 GB",
      safetensorsFile("{}", 0, 2n ** 32n),
      "the safetensors header claims 4294967296 bytes, at most 100000000 are allowed",
    ],
    [
      "a header of 2^63 bytes",
      safetensorsFile("{}", 0, 2n ** 63n),
      "the safetensors header claims 9223372036854775808 bytes, at most 100000000 are allowed",
    ],
    [
      "a header longer than the file",
      safetensorsFile("{}", 0, 99_000_000n),
      "truncated: the safetensors header ends at byte 99000008, the file at 10",
    ],
    ["a header that is a list", safetensorsFile("[]"), "bad safetensors header: wanted { at byte 8"],
    ["a header of no bytes", safetensorsFile(""), "bad safetensors header: wanted { at byte 8"],
    [
      "a header that is not UTF-8",
      safetensorsFile("{}", 1, 3n).fill(255, 10),
      "bad safetensors header: not UTF-8",
    ],
    [
      "metadata that is not text",
      safetensorsFile({ __metadata__: { a: 1 } }),
      "bad safetensors header: __metadata__ must map strings to strings",
    ],
    [
      "a tensor that is no object",
      safetensorsFile({ a: [1] }),
      'tensor "a": wanted an object with dtype, shape and data_offsets',
    ],
    [
      "an unknown dtype",
      safetensorsFile({ a: tensor("F99", [1], [0, 4]) }, 4),
      'tensor "a": unknown dtype "F99"',
    ],
    [
      "a dtype from Object",
      safetensorsFile({ a: tensor("toString", [1], [0, 4]) }, 4),
      'tensor "a": unknown dtype "toString"',
    ],
    ["no dtype", safetensorsFile({ a: {} }), 'tensor "a": unknown dtype nothing'],
    [
      "a negative dimension",
      safetensorsFile({ a: tensor("F32", [-1], [0, 4]) }, 4),
      'tensor "a": the shape must be at most 64 whole numbers ≥ 0, got [-1]',
    ],
    [
      "a shape nested deeper than the stack",
      safetensorsFile(
        `{"a":{"dtype":"F32","shape":${"[".repeat(200_000)}${"]".repeat(200_000)},"data_offsets":[0,4]}}`,
        4,
      ),
      'tensor "a": the shape must be at most 64 whole numbers ≥ 0, got [{…}]',
    ],
    [
      "a shape whose product overflows",
      safetensorsFile({ a: tensor("F32", [2 ** 40, 2 ** 40], [0, 4]) }, 4),
      'tensor "a": the shape [1099511627776, 1099511627776] has more elements than any file',
    ],
    [
      "a shape that does not fill its bytes",
      safetensorsFile({ a: tensor("F32", [4, 256], [0, 100]) }, 100),
      'tensor "a": data_offsets [0, 100] hold 100 bytes, F32 [4, 256] needs 4096',
    ],
    [
      "offsets in reverse",
      safetensorsFile({ a: tensor("F32", [1], [4, 0]) }, 4),
      'tensor "a": data_offsets must be [begin, end], got [4, 0]',
    ],
    [
      "offsets that are no numbers",
      safetensorsFile({ a: tensor("F32", [1], [0, "4"]) }, 4),
      'tensor "a": data_offsets must be [begin, end], got [0, "4"]',
    ],
    [
      "three offsets",
      safetensorsFile({ a: tensor("F32", [1], [0, 4, 8]) }, 8),
      'tensor "a": data_offsets must be [begin, end], got [0, 4, 8]',
    ],
    [
      "an offset outside the file",
      safetensorsFile({ a: tensor("F32", [256], [0, 1024]) }, 100),
      "truncated: the tensors end at byte 1091, the file at 167",
    ],
    ["a hole", two([12, 20], 20), 'tensor "b" leaves a hole before it: it begins at byte 129, not 125'],
    [
      "an overlap",
      two([4, 12], 12),
      'tensor "b" overlaps the tensor before it: it begins at byte 120, not 124',
    ],
    ["trailing bytes", two([8, 16], 19), "3 trailing bytes: the tensors end at byte 132, the file at 135"],
  ];
  for (const [what, bytes, message] of refused) {
    it(`refuses ${what}`, async () => {
      const error = await refusal(named("a.safetensors", bytes));
      expect(error).toBeInstanceOf(FileError);
      expect(error.message).toBe(`a.safetensors: ${message}`);
    });
  }

  it("takes an empty tensor at the beginning of another, listed in either order", async () => {
    const [full, empty] = [tensor("F32", [2], [0, 8]), tensor("F32", [0], [0, 0])];
    for (const header of [
      { full, empty },
      { empty, full },
    ]) {
      expect((await inspectFile(safetensorsFile(header, 8))).arrays).toHaveLength(2);
    }
  });

  it("refuses JSON that does not parse, in one line", async () => {
    const { message } = await refusal(named("a.safetensors", safetensorsFile('{"a":\n\u0007oops}')));
    expect(message).toMatch(/^a\.safetensors: bad safetensors header: .*$/);
    expect(message).not.toMatch(/\p{Cc}/u);
  });

  it("keeps a message short and free of control characters whatever a tensor is called", async () => {
    const name = `\u001b[31m\n${"x".repeat(5000)}`;
    const { message } = await refusal(named("a.safetensors", safetensorsFile({ [name]: 1 })));
    expect(message).not.toMatch(/\p{Cc}/u);
    expect(message.length).toBeLessThan(1100);
  });

  it("knows a tensor called __proto__ from the prototype", async () => {
    const bytes = safetensorsFile('{"__proto__":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}', 1);
    expect((await inspectFile(bytes)).arrays.map(({ name }) => name)).toEqual(["__proto__"]);
  });
});
