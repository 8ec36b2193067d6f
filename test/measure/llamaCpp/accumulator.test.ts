import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { openArray, rowsOf } from "../../../src/io/index.js";
import { LlamaCppAccumulator, type LlamaCppRows } from "../../../src/measure/llamaCpp/accumulator.js";
import { printf } from "../../../src/measure/llamaCpp/block.js";

/** A case of test/oracle/llama_cpp.py: codes of a `_logits_` file, and what llama.cpp's formulas give. */
interface Case {
  name: string;
  rows: number;
  classes: number;
  codes: string;
  scale: number[];
  minimum: number[];
  candidate: string;
  columns: number;
  labels: number[];
  text: string[];
  values: number[][];
  truncation: { excludedMass: number; low: number; high: number; exact: number };
}

const path = (name: string) => fileURLToPath(new URL(`../../../${name}`, import.meta.url));
const cases = JSON.parse(readFileSync(path("test/oracle/llama_cpp.json"), "utf8")) as Case[];

/** The log-probabilities of a case's codes, in float32 as llama.cpp has them. */
function decode({ codes, scale, minimum, classes }: Case): Float32Array {
  const bytes = Uint8Array.from(Buffer.from(codes, "base64"));
  return Float32Array.from(new Uint16Array(bytes.buffer), (code, i) => {
    const row = Math.floor(i / classes);
    return Math.fround(scale[row] * code) + minimum[row];
  });
}

async function rowsOfCase(it: Case): Promise<LlamaCppRows> {
  const array = await openArray(path(`examples/data/${it.candidate}.npy`));
  const all = new Float32Array(it.rows * it.columns);
  await rowsOf(array).read(0, it.rows, all);
  await array.close();
  const candidate = new Float32Array(it.rows * it.classes);
  for (let row = 0; row < it.rows; row++) {
    const start = row * it.columns;
    candidate.set(all.subarray(start, start + it.classes), row * it.classes);
  }
  const { rows, classes } = it;
  return { rows, classes, base: decode(it), candidate, labels: Int32Array.from(it.labels) };
}

/** The rows from `start` to `end` as a block of their own. */
function part(block: LlamaCppRows, start: number, end: number): LlamaCppRows {
  const { classes } = block;
  return {
    rows: end - start,
    classes,
    base: block.base.subarray(start * classes, end * classes),
    candidate: block.candidate.subarray(start * classes, end * classes),
    labels: block.labels?.subarray(start, end),
  };
}

const blockOf = (...blocks: LlamaCppRows[]) => {
  const accumulator = new LlamaCppAccumulator();
  for (const block of blocks) accumulator.add(block);
  return accumulator.block();
};

describe.each(cases)("llama.cpp's block for $name", (expected) => {
  let rows: LlamaCppRows;
  beforeAll(async () => {
    rows = await rowsOfCase(expected);
  });

  it("has the lines that llama.cpp prints", () => {
    expect(blockOf(rows).text).toEqual(expected.text);
  });

  it("has the values of its formulas", () => {
    const { lines } = blockOf(rows);
    expect(lines).toHaveLength(expected.values.length);
    for (const [i, [value, uncertainty]] of expected.values.entries()) {
      expect(lines[i].value, lines[i].name).toBeCloseTo(value, 9);
      if (uncertainty === undefined) expect(lines[i].uncertainty).toBeNull();
      else expect(lines[i].uncertainty, lines[i].name).toBeCloseTo(uncertainty, 9);
    }
  });

  it("says what truncation leaves out", () => {
    const { excludedMass, low, high, exact } = blockOf(rows).truncation;
    const near = (x: number, y: number) => expect(Math.abs(x - y)).toBeLessThanOrEqual(1e-6 * Math.abs(y));
    near(excludedMass, expected.truncation.excludedMass);
    near(low, expected.truncation.low);
    near(high, expected.truncation.high);
    near(exact, expected.truncation.exact);
  });

  it("is the same bits from blocks of any size, in any order, merged or not", () => {
    const middle = Math.floor(rows.rows / 3);
    const [first, second] = [part(rows, 0, middle), part(rows, middle, rows.rows)];
    expect(blockOf(second, first)).toEqual(blockOf(rows));
    const [a, b] = [new LlamaCppAccumulator(), new LlamaCppAccumulator()];
    a.add(second);
    b.add(first);
    a.merge(b);
    expect(a.block()).toEqual(blockOf(rows));
  });
});

describe("llama.cpp's block", () => {
  const two = (base: number[], candidate: number[], more: Partial<LlamaCppRows> = {}): LlamaCppRows => ({
    rows: base.length / 2,
    classes: 2,
    base: Float64Array.from(base),
    candidate: Float64Array.from(candidate),
    ...more,
  });
  const half = Math.log(0.5);

  it("leaves out what depends on labels when no row has one", () => {
    const { lines, text } = blockOf(two([half, half], [0, 1], { labels: Int32Array.of(-1) }));
    expect(text[0]).toBe("====== KL divergence statistics ======");
    expect(lines.at(-1)).toMatchObject({ name: "Same top p", unit: "%" });
    expect(lines.some(({ name }) => name.includes("Δp") || name.includes("PPL"))).toBe(false);
  });

  it("has no uncertainty for ten rows or fewer, as llama.cpp has none", () => {
    const { lines } = blockOf(two([half, half, half, half], [0, 1, 3, 0]));
    expect(lines[0]).toMatchObject({ name: "Mean KLD", uncertainty: 0 });
  });

  it("passes over rows with a status, and takes the KL that it is given", () => {
    const rows = two([half, half, Number.NaN, 0], [0, 1, 0, 0]);
    const block = blockOf({ ...rows, status: Uint8Array.of(0, 1), kl: Float64Array.of(0.25, Number.NaN) });
    expect(block.truncation.exact).toBe(0.25);
    expect(block.lines[0].value).toBeCloseTo(Math.log((1 + Math.E) / 2) - 0.5, 12);
  });

  it("counts the mass of a class just at −16 as left out, whatever Q has there", () => {
    const p = Math.exp(-16);
    const { truncation, lines } = blockOf(two([Math.log1p(-p), -16], [0, -Infinity]));
    expect(truncation).toMatchObject({ excludedMass: p, low: 0, high: Infinity, exact: Infinity });
    expect(lines[0].value).toBeLessThan(0);
  });

  it("is infinite where Q lacks a class that counts", () => {
    const { lines, text } = blockOf(two([half, half], [0, -Infinity]));
    expect(lines[0].value).toBe(Infinity);
    expect(text[1]).toBe("Mean    KLD:        inf ±        nan");
  });

  it("lies within its bounds of the sum over all classes of the distribution before it was clamped", () => {
    // P has 20 classes below exp(−16) of different size; the file keeps them all at the same least code.
    const logits = [0, -1, ...Array.from({ length: 20 }, (_, i) => -16.5 - i / 4)];
    const logTotal = Math.log(logits.reduce((sum, x) => sum + Math.exp(x), 0));
    const clamped = logits.map((x) => Math.max(x, -16) - logTotal);
    const candidate = logits.map((_, i) => -i);
    const logTotalQ = Math.log(candidate.reduce((sum, x) => sum + Math.exp(x), 0));
    const full = logits.reduce(
      (sum, x, i) => sum + Math.exp(x - logTotal) * (x - logTotal - candidate[i] + logTotalQ),
      0,
    );
    const { lines, truncation } = blockOf({
      rows: 1,
      classes: logits.length,
      base: Float64Array.from(clamped),
      candidate: Float64Array.from(candidate),
    });
    expect(full).toBeGreaterThanOrEqual(lines[0].value + truncation.low);
    expect(full).toBeLessThanOrEqual(lines[0].value + truncation.high);
  });
});

describe("numbers as C prints them", () => {
  it.each([
    [0.0625, 6, 3, " 0.062"],
    [0.1875, 6, 3, " 0.188"],
    [93.4375, 6, 3, "93.438"],
    [-0, 6, 3, "-0.000"],
    [-1e-9, 10, 6, " -0.000000"],
    [1234567.25, 6, 1, "1234567.2"],
    [Number.NaN, 10, 6, "       nan"],
    [-Infinity, 6, 3, "  -inf"],
    [1e22, 10, 2, "10000000000000000000000.00"],
  ])("%s in %s.%s is %j", (x, width, decimals, text) => {
    expect(printf(x, width, decimals)).toBe(text);
  });
});
