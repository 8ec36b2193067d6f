import { afterAll, describe, expect, it } from "vitest";
import { writeNpy } from "../../src/io/index.js";
import { example, kullback, npy, safetensors, temporaryFolder } from "./harness.js";

const folder = temporaryFolder();
afterAll(folder.remove);

const halfBytes = Uint8Array.of(0, 0x3c, 0, 0xbc, 0, 0, 0, 0x40); // 1, -1, 0, 2
const tensors = safetensors(
  {
    __metadata__: { model: "tiny\u001b[31m" },
    logits: { dtype: "F16", shape: [2, 2], data_offsets: [0, 8] },
    codes: { dtype: "F8_E4M3", shape: [4], data_offsets: [8, 12] },
    scalar: { dtype: "F32", shape: [], data_offsets: [12, 16] },
  },
  Uint8Array.of(...halfBytes, 1, 2, 3, 4, 0, 0, 0, 0),
);

describe("kullback inspect", () => {
  it("says what is in a .npy file and what its values look like", async () => {
    const { code, stdout } = await kullback(["inspect", example("digits_teacher.npy")]);
    expect(code).toBe(0);
    expect(stdout.replace(/^.*\//, "")).toMatchInlineSnapshot(`
      "digits_teacher.npy: npy, 1 array, 72,008 bytes (72.0 kB)
        float32 1797×10, C order, little-endian
          looks like logits: values from -29.49 to 22.82, no NaN
      "
    `);
  });

  it("lists the tensors and metadata of a safetensors file, with control characters escaped", async () => {
    const { stdout } = await kullback(["inspect", folder.write("tensors.safetensors", tensors)]);
    expect(stdout.replace(/^.*\//, "")).toMatchInlineSnapshot(`
      "tensors.safetensors: safetensors, 3 arrays, 248 bytes
        logits: float16 2×2, C order, little-endian
          looks like logits: values from -1 to 2, no NaN
        codes: F8_E4M3 4, C order, little-endian
        scalar: float32 a single number, C order, little-endian
        metadata model: tiny\\u001b[31m
      "
    `);
  });

  it("recognises probabilities and log-probabilities, counts NaN, and admits when it cannot tell", async () => {
    const rows = (name: string, ...values: number[]) =>
      folder.write(name, writeNpy(Float64Array.from(values), [values.length / 2, 2]));
    const paths = [
      rows("probs.npy", 0.25, 0.75, Number.NaN, 0),
      rows("log.npy", Math.log(0.25), Math.log(0.75)),
      rows("counts.npy", 3, 4),
    ];
    const { stdout } = await kullback(["inspect", ...paths]);
    expect(stdout).toMatch(/probs\.npy.* looks like probabilities: [^\n]*, 1 NaN\n/s);
    expect(stdout).toMatch(/log\.npy.* looks like log-probabilities: /s);
    expect(stdout).toMatch(
      /counts\.npy.* unclear whether logits or probabilities: .* rows sum to 7, no NaN\n/s,
    );
  });

  it("says of a table how many rows and classes it has", async () => {
    const { stdout } = await kullback(["inspect", folder.write("table.csv", "1,2,3\n-4,5.5,6\n")]);
    expect(stdout.replace(/^.*\//, "")).toMatchInlineSnapshot(`
      "table.csv: csv, 1 array, 15 bytes
        2 rows of 3 classes, read as float64
          looks like logits: values from -4 to 6, no NaN
      "
    `);
  });

  it("tells the order of axes and bytes", async () => {
    const header = "{'descr': '>f4', 'fortran_order': True, 'shape': (1, 2), }";
    const { stdout } = await kullback(["inspect", folder.write("f.npy", npy(header, new Uint8Array(8)))]);
    expect(stdout).toContain("float32 1×2, Fortran order, big-endian");
  });

  it("prints JSON with --json", async () => {
    const path = folder.write("json.safetensors", tensors);
    const { stdout } = await kullback(["inspect", "--json", path]);
    const { schema, files } = JSON.parse(stdout);
    expect(schema).toBe("kullback.inspect/1");
    expect(files).toMatchObject([
      {
        name: path,
        format: "safetensors",
        size: tensors.length,
        arrays: [
          {
            name: "logits",
            dtype: "float16",
            shape: [2, 2],
            values: { from: "logits", min: -1, max: 2, nan: 0 },
          },
          { name: "codes", dtype: "F8_E4M3", shape: [4] },
          { name: "scalar", dtype: "float32", shape: [] },
        ],
      },
    ]);
    expect(files[0].arrays[1].values).toBeUndefined();
  });

  it("shows the files it can read though others fail", async () => {
    const { code, stdout, stderr } = await kullback(["inspect", "missing.npy", example("lm_base.npy")]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^kullback: missing\.npy: [^\n]+\n$/);
    expect(stdout).toContain("float16 15×4096");
  });
});
