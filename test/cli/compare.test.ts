import { afterAll, describe, expect, it } from "vitest";
import { writeNpy } from "../../src/io/index.js";
import { compare } from "../../src/measure/index.js";
import { renderJson, renderText } from "../../src/report/index.js";
import { example, kullback, temporaryFolder } from "./harness.js";

const folder = temporaryFolder();
afterAll(folder.remove);

const [teacher, int4, int2] = ["digits_teacher.npy", "digits_int4.npy", "digits_int2.npy"].map(example);

/** A file of float64 rows. */
const file = (name: string, rows: number[][]) =>
  folder.write(name, writeNpy(Float64Array.from(rows.flat()), [rows.length, rows[0].length]));

describe("kullback compare", () => {
  it("prints the table of the comparison and nothing else", async () => {
    const { code, stdout, stderr } = await kullback(["compare", teacher, int4, int2]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toBe(renderText(await compare(teacher, [int4, int2])));
  });

  it("prints the comparison as JSON with --json", async () => {
    const { code, stdout, stderr } = await kullback(["compare", teacher, int4, "--json", "--worst", "2"]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toBe(`${renderJson(await compare(teacher, int4, { worst: 2 }))}\n`);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: "kullback.compare/2",
      reference: { name: teacher, format: "npy", dtype: "float32", shape: [1797, 10] },
      candidates: [{ name: int4, rows: 1797, worst: [{ row: 1252 }, { row: 1547 }] }],
    });
  });

  it("passes all options on", async () => {
    const labels = example("digits_labels.npy");
    const args = [
      "--from",
      "logits",
      "--dim",
      "-1",
      "--labels",
      labels,
      "--base",
      "2",
      "--worst",
      "0",
      "--quiet",
      "--json",
    ];
    const { stdout } = await kullback(["compare", teacher, int2, ...args]);
    expect(stdout).toBe(
      `${renderJson(await compare(teacher, int2, { from: "logits", dim: -1, labels, base: 2, worst: 0 }))}\n`,
    );
  });

  it("takes several axes for a whole map", async () => {
    const { stdout } = await kullback(["compare", teacher, int2, "--dim", "-2,-1", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ dim: [0, 1], rows: 1, classes: 17970 });
  });

  it("says of NaN rows which they are, and compares the others", async () => {
    const p = file("nan-p.npy", [
      [1, -2],
      [Number.NaN, 0],
      [0, -1],
    ]);
    const q = file("nan-q.npy", [
      [1, -1],
      [0, -1],
      [0, -2],
    ]);
    const { code, stdout } = await kullback(["compare", p, q]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Left out of nan-q.npy: 1 row .*NaN \(row 1\)/);
  });

  it("colours headings on a terminal, unless NO_COLOR is set, and never elsewhere", async () => {
    const args = ["compare", teacher, int4];
    expect((await kullback(args, { tty: true })).stdout).toContain("\x1b[1m  Candidate Q");
    expect((await kullback(args, { tty: true, env: { NO_COLOR: "1" } })).stdout).not.toContain("\x1b");
    expect((await kullback(args, { env: { FORCE_COLOR: "1" } })).stdout).not.toContain("\x1b");
  });

  it("ends with 130 and prints nothing when it is interrupted", async () => {
    const outcome = await kullback(["compare", teacher, int4], { signal: AbortSignal.abort() });
    expect(outcome).toEqual({ code: 130, stdout: "", stderr: "" });
  });
});
