// Training of examples/distill-digits.ts: PyTorch's losses (see test/oracle/train_digits.py), and checkpoints.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it, vi } from "vitest";
import { defaults, distill, type Settings, type Trained } from "../../examples/digits/distillation.js";
import { readDigits } from "../../examples/digits/images.js";
import type { Checkpoints } from "../../examples/digits/run.js";
import { safetensors } from "../../src/index.js";

// Whole trainings, on machines that may be busy.
vi.setConfig({ testTimeout: 240_000 });

type Curve = { losses: number[]; scores: number[] };
const names = ["teacher", "student", "alone"] as const;
const root = fileURLToPath(new URL("../..", import.meta.url));
const oracle: Record<Settings["dtype"], Record<keyof Trained, Curve>> = JSON.parse(
  readFileSync(join(root, "test/oracle/train_digits.json"), "utf8"),
);
const digits = (dtype?: Settings["dtype"]) => readDigits(join(root, "examples/data/"), dtype);

/** Checkpoints as the bytes of files; the training breaks off in the place of save number `last`. */
class Kept implements Checkpoints {
  readonly files = new Map<string, Uint8Array>();
  last = Number.POSITIVE_INFINITY;

  async load(name: string) {
    const file = this.files.get(name);
    return file && safetensors.load(file);
  }

  async save(name: string, tensors: safetensors.TensorDict) {
    if (--this.last < 0) throw new Error("power cut");
    this.files.set(name, safetensors.save(tensors));
  }
}

/** A whole training, with the checkpoints it left. */
async function whole(settings: Settings): Promise<{ trained: Trained; kept: Kept }> {
  const kept = new Kept();
  return { trained: await distill(await digits(settings.dtype), settings, kept), kept };
}

/** Weights, moments, steps, the generator, losses and scores: everything that is in a file. */
function expectSameFiles(found: ReadonlyMap<string, Uint8Array>, expected: ReadonlyMap<string, Uint8Array>) {
  expect([...found.keys()]).toEqual([...expected.keys()]);
  for (const [name, bytes] of expected) expect(Buffer.compare(found.get(name)!, bytes), name).toBe(0);
}

// The training in float32 as the command runs it, for two tests.
let inFloat32: ReturnType<typeof whole> | undefined;
function wholeOf(dtype: Settings["dtype"]): ReturnType<typeof whole> {
  if (dtype === "float64") return whole({ ...defaults, dtype });
  inFloat32 ??= whole(defaults);
  return inFloat32;
}

describe("the distillation of the digits", () => {
  it.each([
    ["float64", 1e-12],
    ["float32", 2e-5],
  ] as const)(
    "in %s has PyTorch's losses, step by step, and its share of right answers",
    async (dtype, most) => {
      const { trained } = await wholeOf(dtype);
      for (const name of names) {
        const { losses, scores } = trained[name];
        expect(losses).toHaveLength(oracle[dtype][name].losses.length);
        const off = losses.map((loss, i) => Math.abs(loss / oracle[dtype][name].losses[i] - 1));
        expect(Math.max(...off), name).toBeLessThan(most);
        expect(scores).toEqual(oracle[dtype][name].scores);
      }
      expect(trained.student.scores.at(-1)).toBeGreaterThan(trained.alone.scores.at(-1)! + 0.03);
    },
  );
});

describe("checkpoints", () => {
  const settings: Settings = { ...defaults, epochs: 3 };

  it("continue to the same bits, wherever the training broke off", async () => {
    const expected = await whole(settings);
    for (let last = 0; last < 9; last++) {
      const kept = new Kept();
      kept.last = last;
      await expect(distill(await digits(), settings, kept)).rejects.toThrow("power cut");
      expect(kept.files.size).toBe(Math.ceil(last / 3));
      kept.last = Number.POSITIVE_INFINITY;
      const { teacher, student, alone } = await distill(await digits(), settings, kept);
      expectSameFiles(kept.files, expected.kept.files);
      expect(teacher.losses).toEqual(expected.trained.teacher.losses);
      expect(student.losses).toEqual(expected.trained.student.losses);
      expect(alone.losses).toEqual(expected.trained.alone.losses);
    }
  });

  it("of another seed or number of epochs are refused", async () => {
    const { kept } = await whole({ ...settings, epochs: 1 });
    await expect(distill(await digits(), { ...settings, seed: 5 }, kept)).rejects.toThrow(
      "resume: wanted a checkpoint of seed 5 and 3 epochs, got seed 0 and 1 epochs",
    );
  });
});

describe("npx tsx examples/distill-digits.ts", () => {
  const out = mkdtempSync(join(tmpdir(), "kullback-distill-"));
  afterAll(() => rmSync(out, { recursive: true }));
  const tsx = createRequire(import.meta.url).resolve("tsx/cli");

  function start(...args: string[]): { program: ChildProcess; printed: Promise<string> } {
    const command = [tsx, "examples/distill-digits.ts", "--out", out, ...args];
    const program = spawn(process.execPath, command, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    const chunks: Buffer[] = [];
    for (const stream of [program.stdout!, program.stderr!]) stream.on("data", (c) => chunks.push(c));
    const printed = once(program, "close").then(() => Buffer.concat(chunks).toString());
    return { program, printed };
  }

  it("killed and resumed, writes what it writes when nothing happens, and what examples/README.md shows", async () => {
    const first = start();
    while (!existsSync(join(out, "student.safetensors")) && first.program.exitCode === null) {
      await setTimeout(5);
    }
    // tsx runs the program in a process of its own, which SIGTERM is handed on to.
    first.program.kill();
    await first.printed;
    expect(existsSync(join(out, "curves.svg"))).toBe(false);

    const printed = await start("--resume").printed;
    const readme = readFileSync(join(root, "examples/README.md"), "utf8");
    const section = readme.slice(readme.indexOf("](distill-digits.ts)"));
    expect(printed.split("\n").slice(0, 4).join("\n")).toBe(
      section.split("```")[1].replace(/^text\n|\n$/g, ""),
    );

    const { kept } = await wholeOf("float32");
    const names = [...kept.files.keys()];
    const files = names.map((name) => [name, readFileSync(join(out, `${name}.safetensors`))] as const);
    expectSameFiles(new Map(files), kept.files);
    const [drawn, shown] = [join(out, "curves.svg"), join(root, "examples/digits/curves.svg")];
    expect(readFileSync(drawn, "utf8")).toBe(readFileSync(shown, "utf8"));
  });

  it("says in one line what is wrong with the command line", async () => {
    const { program, printed } = start("--epochs", "many");
    expect(await printed).toBe("--epochs: wanted an integer from 1 on, got many\n");
    expect(program.exitCode).toBe(2);
  });
});
