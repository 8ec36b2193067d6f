import { inflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { openArray, readAll } from "../../src/io/index.js";
import { firstDifference, fromBase64, npyFile, npyHeader, oracle, safetensorsFile } from "./files.js";

const golden = oracle("io-half.json") as Record<"float16" | "bfloat16", string>;

/** Undoes the byte planes in which the values are stored. */
function expected(dtype: "float16" | "bfloat16"): Float64Array {
  const planes = inflateSync(fromBase64(golden[dtype]));
  const bytes = Uint8Array.from({ length: 4 << 16 }, (_, i) => planes[(i & 3) * (1 << 16) + (i >> 2)]!);
  return Float64Array.from(new Float32Array(bytes.buffer));
}

/** A file of all 65,536 codes in order. */
function everyCode(header: Uint8Array<ArrayBuffer>, littleEndian: boolean): Uint8Array<ArrayBuffer> {
  const view = new DataView(header.buffer, header.length - (2 << 16));
  for (let code = 0; code < 1 << 16; code++) view.setUint16(2 * code, code, littleEndian);
  return header;
}

const values = async (bytes: Uint8Array) => (await readAll(await openArray(bytes))).data;

describe("16-bit floats", () => {
  it("decodes all 65,536 codes of float16 as NumPy does, in both byte orders", async () => {
    const file = (descr: string) => npyFile(npyHeader(descr, "(65536,)"), 2 << 16);
    expect(firstDifference(await values(everyCode(file("'<f2'"), true)), expected("float16"))).toBe(-1);
    expect(firstDifference(await values(everyCode(file("'>f2'"), false)), expected("float16"))).toBe(-1);
  });

  it("decodes all 65,536 codes of bfloat16 as PyTorch does", async () => {
    const header = { x: { dtype: "BF16", shape: [1 << 16], data_offsets: [0, 2 << 16] } };
    expect(
      firstDifference(await values(everyCode(safetensorsFile(header, 2 << 16), true)), expected("bfloat16")),
    ).toBe(-1);
  });
});
