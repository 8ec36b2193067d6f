import { readFileSync } from "node:fs";
import { format } from "node:util";
import { afterEach, describe, expect, it, vi } from "vitest";
import { distill } from "../../examples/distill-transformer.js";
import { CharacterTransformer } from "../../examples/transformer/model.js";
import { pieces, readCoriolanus } from "../../examples/transformer/text.js";
import { ofTeacher, ofText, perplexity, sample, train } from "../../examples/transformer/training.js";
import { manualSeed } from "../../src/index.js";

interface Run {
  /** The sum of the teacher's weights before training. */
  drawn: number;
  teacher: number[];
  student: number[];
  perplexities: number[];
}

const oracle = JSON.parse(
  readFileSync(new URL("../oracle/train_transformer.json", import.meta.url), "utf8"),
) as Record<"float32" | "float64", Run> & { steps: number; context: number };

/** What test/oracle/train_transformer.py does. */
function run(dtype: "float32" | "float64"): Run {
  const { steps, context } = oracle;
  const { codes, alphabet } = readCoriolanus();
  const training = pieces(codes.subarray(0, 20_000), context, 32);
  const test = pieces(codes.subarray(20_000, 24_000), context, 32);
  const common = { characters: alphabet.length, context, dtype };
  manualSeed(0);
  const teacher = new CharacterTransformer({ ...common, width: 32, heads: 4, blocks: 2 });
  const drawn = teacher.parameters().reduce((sum, parameter) => sum + parameter.sum().item(), 0);
  const teacherLosses = train(teacher, training, ofText, { steps, batchSize: 8, lr: 3e-3 });
  manualSeed(1);
  const student = new CharacterTransformer({ ...common, width: 16, heads: 2, blocks: 1 });
  const studentLosses = train(student, training, ofTeacher(teacher), { steps, batchSize: 8, lr: 1e-2 });
  const perplexities = [perplexity(teacher, test), perplexity(student, test)];
  return { drawn, teacher: teacherLosses, student: studentLosses, perplexities };
}

function expectClose(found: readonly number[], expected: readonly number[], tolerance: number): void {
  expect(found).toHaveLength(expected.length);
  found.forEach((x, step) => {
    expect(Math.abs(x / expected[step] - 1), `step ${step}: ${x}, PyTorch ${expected[step]}`).toBeLessThan(
      tolerance,
    );
  });
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe("the distilled transformer", { timeout: 240_000 }, () => {
  // Observed: 7e-16 and 1e-6.
  it.each([
    ["float64", 1e-12],
    ["float32", 2e-5],
  ] as const)(
    "learns as in PyTorch from the same seed: every loss of 200 steps, in %s",
    (dtype, tolerance) => {
      const expected = oracle[dtype];
      const found = run(dtype);
      expectClose([found.drawn], [expected.drawn], dtype === "float64" ? 1e-14 : 1e-6);
      expectClose(found.teacher, expected.teacher, tolerance);
      expectClose(found.student, expected.student, tolerance);
      expectClose(found.perplexities, expected.perplexities, tolerance);
    },
  );

  it("the program prints the perplexities and two samples, the same each time", () => {
    const lines: string[] = [];
    vi.spyOn(console, "log").mockImplementation((...values) => void lines.push(format(...values)));
    distill(2);
    const first = lines.splice(0);
    distill(2);
    expect(lines).toEqual(first);
    expect(first).toHaveLength(6);
    const line =
      /^(teacher|student alone|student taught) +\d+ parameters {3}loss [\d.]+ → [\d.]+ {3}perplexity [\d.]+$/;
    for (const row of first.slice(1, 4)) expect(row).toMatch(line);
    for (const text of first.slice(4)) {
      expect(text).toMatch(/^\nThe (teacher|student) goes on:\nCORIOLANUS:\n/);
      expect(text.split("CORIOLANUS:\n")[1].length).toBe(200);
    }
  });

  it("sampling continues with characters of the alphabet, also beyond the context", () => {
    const text = readCoriolanus();
    const characters = text.alphabet.length;
    const model = new CharacterTransformer({ characters, context: 8, width: 8, heads: 2, blocks: 1 });
    const codes = sample(model, text.encode("Hear"), 20);
    expect(codes).toHaveLength(20);
    expect(text.encode(text.decode(codes))).toEqual(codes);
  });

  it("a character's logits do not depend on those after it", () => {
    manualSeed(3);
    const model = new CharacterTransformer({
      characters: 11,
      context: 6,
      width: 8,
      heads: 2,
      blocks: 2,
      dtype: "float64",
    });
    const [[text]] = [pieces(Int32Array.from([1, 2, 3, 4, 5, 6, 7]), 6, 1).tensors];
    const changed = text.clone();
    changed.data[4] = 10;
    const [a, b] = [model.forward(text), model.forward(changed)];
    expect(a.narrow(1, 0, 4).tolist()).toEqual(b.narrow(1, 0, 4).tolist());
    expect(a.narrow(1, 4, 2).tolist()).not.toEqual(b.narrow(1, 4, 2).tolist());
  });
});
