import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { afterAll, describe, expect, it } from "vitest";
import { writeNpy } from "../../src/io/index.js";
import { explain } from "../../src/measure/index.js";
import { renderExplanation, toJson } from "../../src/report/index.js";
import { example, kullback, temporaryFolder } from "./harness.js";

const folder = temporaryFolder();
afterAll(folder.remove);
const file = (name: string, values: number[], shape: number[]) =>
  folder.write(name, writeNpy(Float64Array.from(values), shape));

const [teacher, int4] = ["digits_teacher.npy", "digits_int4.npy"].map(example);
const p = file("p.npy", [0.4, 0.6], [2]);
const q = file("q.npy", [0.3, 0.7], [2]);
const schema = JSON.parse(readFileSync(new URL("../../schema/explain-1.json", import.meta.url), "utf8"));
const validate = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true }).compile(schema);

describe("kullback explain", () => {
  it("prints every convention's number in 80 columns", async () => {
    const { code, stdout, stderr } = await kullback(["explain", teacher, int4]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toBe(renderExplanation(await explain(teacher, int4)));
    for (const line of stdout.split("\n").slice(3)) expect(line.length, line).toBeLessThanOrEqual(80);
    expect(stdout).toContain("math                        0.013657  KL(P‖Q) in nats, mean over rows");
    expect(stdout).toContain("The same number as math: ");
  });

  it("says which convention a number is, and how likely a match is by chance", async () => {
    const { stdout } = await kullback(["explain", p, q, "--match", "0.004910"]);
    expect(stdout).toMatch(/0\.004910 is\n\n {2}softmax-twice/);
    expect(stdout.replace(/\s+/g, " ")).toMatch(/They give [\d.e-]+ % of the numbers with these digits/);
  });

  it("names the nearest when none is it", async () => {
    const { code, stdout } = await kullback(["explain", p, q, "--match", "77.7"]);
    expect(code).toBe(0);
    expect(stdout).toContain("No convention gives 77.7; the nearest are");
  });

  it.each<[string, string[]]>([
    ["logits", [teacher, int4]],
    ["a match", [p, q, "--match", "0.0226"]],
    ["no match", [p, q, "--match", "77.7"]],
    ["a NaN that is looked for", [teacher, int4, "--match", "nan"]],
    ["samples", [file("a.npy", [1, 2, 3, 4, 5], [5]), file("b.npy", [2, 4, 6], [3])]],
    ["zeros", [p, file("zero.npy", [0, 1], [2])]],
  ])("prints JSON of its schema for %s", async (_name, args) => {
    const { code, stdout } = await kullback(["explain", ...args, "--json"]);
    expect(code).toBe(0);
    expect(validate(JSON.parse(stdout)), toJson(validate.errors)).toBe(true);
  });

  it("passes all options on", async () => {
    const args = ["--from", "log-probs", "--dim", "0", "--match", "0.1", "--json"];
    const { stdout } = await kullback(["explain", teacher, int4, ...args]);
    expect(stdout).toBe(
      `${toJson(await explain(teacher, int4, { from: "logProbs", dim: 0, match: "0.1" }))}\n`,
    );
  });

  it("ends with 2 and one line for a number that is none, and for shapes that differ", async () => {
    const bad = await kullback(["explain", p, q, "--match", "abc"]);
    expect(bad).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringMatching(/^kullback: explain: match must be/),
    });
    expect((await kullback(["explain", p, teacher])).stderr).toMatch(/^kullback: .*has the shape.*\n$/);
  });
});
