import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, describe, expect, it } from "vitest";
import { writeNpy } from "../../src/io/index.js";
import { kullback, temporaryFolder } from "./harness.js";

const folder = temporaryFolder();
afterAll(folder.remove);
const path = (name: string) => `${folder.path}/${name}`;

const schema = JSON.parse(readFileSync(new URL("../../schema/compare-2.json", import.meta.url), "utf8"));
const validate = new Ajv2020({ strict: true, allErrors: true }).compile(schema);

const [chunks, context, classes] = [10, 23, 9];
const rows = chunks * 11;
const array = (name: string, phase: number) =>
  folder.write(
    name,
    writeNpy(
      Float32Array.from({ length: rows * classes }, (_, i) => 3 * Math.sin(1.1 * i + phase)),
      [rows, classes],
    ),
  );
const [p, q, again] = [array("p.npy", 0), array("q.npy", 0.2), array("again.npy", 0.01)];
const numbers = (name: string, length: number, of: (i: number) => number) =>
  folder.write(
    name,
    writeNpy(
      Int32Array.from({ length }, (_, i) => of(i)),
      [length],
    ),
  );
const tokens = folder.write(
  "tokens.npy",
  writeNpy(
    Int32Array.from({ length: chunks * context }, (_, i) => i % classes),
    [chunks, context],
  ),
);
const groups = numbers("groups.npy", rows, (i) => i % 3);
const mask = numbers("mask.npy", rows, (i) => (i % 5 === 0 ? 0 : 1));
const lines = (phase: number) =>
  Array.from({ length: 4 }, (_, i) =>
    JSON.stringify({
      logprobs: {
        content: [{ token: "a", logprob: -1 - phase, top_logprobs: [{ token: `b${i}`, logprob: -0.9 }] }],
      },
    }),
  ).join("\n");
const [topP, topQ] = [0, 0.3].map((phase, i) => folder.write(`top${i}.jsonl`, lines(phase)));

async function logits(name: string, from: string): Promise<string> {
  await kullback(["convert", from, path(name), "--tokens", tokens, "--force"]);
  return path(name);
}

describe("JSON follows its schema", () => {
  it.each<[string, () => Promise<string[]>]>([
    ["of llama.cpp's files", async () => [await logits("p.kld", p), await logits("q.kld", q)]],
    [
      "with llama.cpp's numbers",
      async () => [await logits("p.kld", p), q, again, "--convention", "llama.cpp", "--base", "2"],
    ],
    ["with llama.cpp's numbers without labels", async () => [p, q, "--convention", "llama.cpp"]],
    ["of the likeliest classes", async () => [topP, topQ, "--measures", "top-k,entropy"]],
    [
      "with all files of rows",
      async () => [p, q, "--mask", mask, "--group", groups, "--cluster", groups, "--floor", again],
    ],
  ])("%s", async (_name, args) => {
    const { code, stdout, stderr } = await kullback(["compare", ...(await args()), "--json"]);
    expect([code, stderr]).toEqual([0, ""]);
    validate(JSON.parse(stdout));
    expect(validate.errors).toBeNull();
  });
});

describe("llama.cpp's numbers", () => {
  it("are in every output, with what truncation does", async () => {
    const args = ["compare", await logits("p.kld", p), q, "--convention", "llama.cpp"];
    const text = (await kullback([...args, "--report", path("report.html")])).stdout;
    for (const output of [
      text,
      (await kullback([...args, "--markdown"])).stdout,
      readFileSync(path("report.html"), "utf8"),
    ]) {
      expect(output).toMatch(/Mean {4}KLD: +\d\.\d{6} ± +\d\.\d{6}/);
      expect(output).toMatch(/Mean PPL\(Q\) /);
      expect(output.replace(/\s+/g, " ")).toMatch(
        /Truncation: classes whose .* KL\(P‖Q\) over all classes, P normalised, is/,
      );
    }
    const { candidates } = JSON.parse((await kullback([...args, "--json"])).stdout);
    const [header, line] = (await kullback([...args, "--csv"])).stdout
      .split("\n")
      .map((row) => row.split(","));
    const cell = (name: string) => Number(line[header.indexOf(name)]);
    expect(cell("llama_cpp_mean_kld")).toBe(
      candidates[0].llamaCpp.lines.find(({ name }: { name: string }) => name === "Mean KLD").value,
    );
    expect(cell("llama_cpp_exact_kl")).toBe(candidates[0].llamaCpp.truncation.exact);
  });

  it("are kept row by row, so that a resumed comparison has them too", async () => {
    const args = ["compare", await logits("p.kld", p), q, "--convention", "llama.cpp", "--json"];
    const stop = new AbortController();
    stop.abort();
    const journal = ["--resume", path("llama.journal")];
    expect((await kullback([...args, ...journal], { signal: stop.signal })).code).toBe(130);
    expect((await kullback([...args, ...journal])).stdout).toBe((await kullback(args)).stdout);
    await kullback([...args, "--save-rows", path("llama.csv")]);
    expect(readFileSync(path("llama.csv"), "utf8").split("\n")[0]).toContain(
      "llamaCppKld,llamaCppExcludedMass",
    );
  });
});

describe("files that are written", () => {
  it.each<[string, () => string[], RegExp]>([
    ["an input", () => ["--report", p], /--report .*p\.npy: is an input, which would be overwritten/],
    ["labels", () => ["--labels", groups, "--save-rows", groups], /groups\.npy: is an input/],
    [
      "one file twice",
      () => ["--save-rows", path("x.csv"), "--report", path("x.csv")],
      /x\.csv: is what --report/,
    ],
    ["a folder", () => ["--report", folder.path], /cannot be written \(it is a directory\)/],
    ["no folder", () => ["--report", path("no/r.html")], /r\.html: cannot be written \(there is no folder/],
    ["a folder as journal", () => ["--resume", folder.path], /cannot be written \(it is a directory\)/],
    ["no text as vocabulary", () => ["--vocab", q], /q\.npy: is no text file/],
  ])("are refused before anything is done: %s", async (_name, args, message) => {
    const { code, stdout, stderr } = await kullback(["compare", p, q, ...args()]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd()).not.toContain("\n");
  });

  it.each(["npy", "csv", "parquet"])("are not there by half when they are interrupted: .%s", async (end) => {
    const { rowWriter } = await import("../../src/cli/rows/index.js");
    const target = mkdirSync(path(end), { recursive: true }) ?? path(end);
    const stop = new AbortController();
    const table = {
      rows: 2,
      columns: [{ name: "row", type: "int32" } as const],
      *pieces() {
        yield { rows: 1, columns: [Int32Array.of(0)] };
        stop.abort();
        yield { rows: 1, columns: [Int32Array.of(1)] };
      },
    };
    await expect(rowWriter(`${target}/rows.${end}`, stop.signal)(table)).rejects.toThrow(/abort/);
    expect(readdirSync(target)).toEqual([]);
  });

  it("are left as they were when a comparison is interrupted", async () => {
    const report = folder.write("old.html", "old");
    const args = ["compare", p, q, "--report", report, "--save-rows", path("new.npy")];
    expect((await kullback(args, { signal: AbortSignal.abort() })).code).toBe(130);
    expect(readFileSync(report, "utf8")).toBe("old");
    expect(existsSync(path("new.npy"))).toBe(false);
  });
});

describe("completions", () => {
  it.each(["bash", "zsh", "fish"])("in %s know every option that help names", async (shell) => {
    const { stdout } = await kullback(["completions", shell]);
    for (const command of ["compare", "explain", "convert", "inspect"]) {
      const help = (await kullback([command, "--help"])).stdout;
      const options = [...help.matchAll(/^ {2}(?:-\w, )?--([\w-]+)/gm)].map(([, name]) => name);
      expect(options.length).toBeGreaterThan(1);
      for (const name of options) expect(stdout).toMatch(new RegExp(`(--|-l )${name}\\b`));
    }
  });
});
