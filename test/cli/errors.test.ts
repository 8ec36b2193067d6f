import { mkdirSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { failureLine } from "../../src/cli/failure.js";
import { writeNpy } from "../../src/io/index.js";
import { example, kullback, npy, safetensors, temporaryFolder } from "./harness.js";

const folder = temporaryFolder();
afterAll(folder.remove);

const teacher = example("digits_teacher.npy");
const floats = (count: number) => new Uint8Array(new Float32Array(count).fill(-1.5).buffer);
const labels = (values: number[]) => writeNpy(Int32Array.from(values), [values.length]);

const truncated = () => {
  const path = folder.write("truncated.npy", writeNpy(new Float32Array(17970), [1797, 10]));
  truncateSync(path, 40_000);
  return path;
};
const directory = () => {
  mkdirSync(join(folder.path, "folder.npy"));
  return join(folder.path, "folder.npy");
};
/** A version 2.0 header, whose length has 32 bits, that claims 4 GB. */
const hugeHeader = Uint8Array.of(0x93, ...Buffer.from("NUMPY"), 2, 0, 255, 255, 255, 255, 0x7b);
const tensor = (offsets: number[], shape = [1797, 10]) => ({
  x: { dtype: "F32", shape, data_offsets: offsets },
});

const hostile: [string, () => string, RegExp][] = [
  ["a truncated file", truncated, /truncated\.npy: .*\d/],
  ["an empty file", () => folder.write("empty.npy", ""), /empty\.npy: .*empty/],
  ["a missing file", () => join(folder.path, "missing.npy"), /missing\.npy: /],
  ["a directory", directory, /folder\.npy: .*(directory|folder)/],
  ["a text file", () => folder.write("text.npy", "1,2,3\n4,5,6\n"), /text\.npy: /],
  [
    "a pickled object array",
    () =>
      folder.write("pickle.npy", npy("{'descr': '|O', 'fortran_order': False, 'shape': (3,), }", floats(9))),
    /pickle\.npy: .*(object|pickle)/,
  ],
  ["a header of 4 GB", () => folder.write("header.npy", hugeHeader), /header\.npy: /],
  [
    "a shape whose product overflows",
    () =>
      folder.write(
        "overflow.npy",
        npy("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }", floats(9)),
      ),
    /overflow\.npy: /,
  ],
  [
    "a safetensors header of 4 GB",
    () => folder.write("header.safetensors", Uint8Array.of(255, 255, 255, 255, 0, 0, 0, 0, 0x7b)),
    /header\.safetensors: /,
  ],
  [
    "a safetensors offset outside the file",
    () => folder.write("offset.safetensors", safetensors(tensor([0, 71_880]), floats(10))),
    /offset\.safetensors: /,
  ],
  [
    "a negative safetensors offset",
    () => folder.write("negative.safetensors", safetensors(tensor([-71_880, 0]), floats(10))),
    /negative\.safetensors: /,
  ],
  [
    "a missing tensor",
    () => `${folder.write("other.safetensors", safetensors(tensor([0, 4], [1, 1]), floats(1)))}#y`,
    /other\.safetensors.*"y"/,
  ],
  [
    "another shape",
    () => folder.write("shape.npy", writeNpy(new Float32Array(9).fill(-1), [3, 3])),
    /shape\.npy: has the shape \[3, 3\].*digits_teacher\.npy has the shape \[1797, 10\]/,
  ],
  [
    "rows of NaN alone",
    () => folder.write("nan.npy", writeNpy(new Float32Array(17970).fill(Number.NaN), [1797, 10])),
    /nan\.npy: .*no row of finite values/,
  ],
  [
    "counts",
    () => folder.write("counts.npy", writeNpy(new Float32Array(17970).fill(3), [1797, 10])),
    /counts\.npy: it is not clear.*--from logits/,
  ],
];

const wrongLabels: [string, () => string, RegExp][] = [
  ["too few", () => folder.write("few.npy", labels([1, 2, 3])), /few\.npy: wanted 1797 labels.*got 3/],
  [
    "beyond the classes",
    () => folder.write("beyond.npy", labels(new Array(1797).fill(10))),
    /beyond\.npy: label 10 of row 0/,
  ],
  [
    "no integers",
    () => folder.write("float.npy", writeNpy(new Float32Array(1797), [1797])),
    /float\.npy: labels must be integers/,
  ],
  ["missing", () => join(folder.path, "none.npy"), /none\.npy: /],
];

/** Exactly one line on standard error, which says so much, exit code 2, and no stack trace. */
function expectOneLine({ code, stdout, stderr }: Awaited<ReturnType<typeof kullback>>, message: RegExp) {
  expect(stderr).toMatch(message);
  expect(stderr).toMatch(/^kullback: [^\n]+\n$/);
  expect(stderr).not.toMatch(/ {4}at |unexpected error/);
  expect([code, stdout]).toEqual([2, ""]);
}

describe("kullback compare refuses, in one line that names the file,", () => {
  it.each(hostile)("%s", async (_what, make, message) => {
    const path = make();
    expectOneLine(await kullback(["compare", teacher, path]), message);
    expectOneLine(
      await kullback(["compare", path, example("digits_int4.npy")]),
      /^kullback: .*(digits_int4|\.npy|\.safetensors).*: /,
    );
  });

  it.each(wrongLabels)("labels: %s", async (_what, make, message) => {
    expectOneLine(await kullback(["compare", teacher, teacher, "--labels", make()]), message);
  });
});

describe("kullback explains wrong usage in one line", () => {
  it.each<[string[], RegExp]>([
    [["compare"], /missing required argument 'reference'/],
    [["compare", "a.npy"], /missing required argument 'candidate'/],
    [["compare", "a", "b", "--from", "logprobs"], /'logprobs' is invalid.*log-probs/],
    [["compare", "a", "b", "--dim", "x"], /--dim.*'x' is invalid.*-2,-1/],
    [["compare", "a", "b", "--worst", "-3"], /--worst.*'-3' is invalid/],
    [["compare", "a", "b", "--base", "3"], /--base.*'3' is invalid/],
    [["compare", "a", "b", "--jsn"], /unknown option '--jsn'.*--json/],
    [["inspect"], /missing required argument 'file'/],
    [["cmpare"], /unknown command 'cmpare'.*compare/],
  ])("%j", async (args, message) => {
    expectOneLine(await kullback(args), message);
  });

  it("prints help on standard error when there is nothing to do", async () => {
    const { code, stdout, stderr } = await kullback([]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("Usage: kullback");
  });
});

describe("an unexpected error", () => {
  it("is one line that calls it a bug", () => {
    const line = failureLine(new TypeError("x is\nnot a function"));
    expect(line).toMatch(/^kullback: unexpected error, which is a bug: x is\\u000anot a function/);
  });

  it("comes with its stack when KULLBACK_DEBUG is 1", async () => {
    const missing = join(folder.path, "missing.npy");
    const { stderr, code } = await kullback(["compare", missing, missing], { env: { KULLBACK_DEBUG: "1" } });
    expect(code).toBe(2);
    expect(stderr).toMatch(/\n {4}at /);
  });
});
