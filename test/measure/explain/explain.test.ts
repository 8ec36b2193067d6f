import { describe, expect, it } from "vitest";
import { matchOf, parseTarget } from "../../../src/measure/explain/target.js";
import { explain } from "../../../src/measure/index.js";

const array = (rows: number[][], shape = [rows.length, rows[0].length]) => ({
  data: Float64Array.from(rows.flat()),
  shape,
});
const logits = array([
  [1, -2, 3],
  [0.5, 0, -1],
]);
const others = array([
  [0, -1, 2],
  [0.5, 1, -1],
]);
const probs = array([
  [0.2, 0.3, 0.5],
  [0.6, 0.4, 0],
]);
const codes = async (...args: Parameters<typeof explain>) =>
  (await explain(...args)).warnings.map(({ code }) => code);
const names = async (...args: Parameters<typeof explain>) =>
  (await explain(...args)).match!.found.flatMap((it) => it.names);

describe("a reported number", () => {
  it.each([
    ["0.1708", 0.17075, 0.17085],
    ["1.6e-2", 0.0155, 0.0165],
    ["-1.21", 1.205, 1.215],
    ["2", 1.5, 2.5],
  ])("%s stands for all from %s to %s", (text, low, high) => {
    expect(parseTarget(text)).toMatchObject({ low, high });
  });

  it("includes its lower limit and not its upper one, by magnitude", () => {
    const target = parseTarget("0.50");
    expect([0.495, 0.5, 0.51].map((x) => matchOf(target, x))).toEqual(["digits", "digits", undefined]);
    expect(matchOf(parseTarget("-0.5"), -0.5)).toBe("digits");
    expect(matchOf(parseTarget("-0.5"), 0.5)).toBeUndefined();
    expect(matchOf(parseTarget("nan"), Number.NaN)).toBe("digits");
  });

  it("is met but for float32's rounding by what is within 2e-6 of it", () => {
    expect(matchOf(parseTarget("0.02258247137069702"), 0.02258247882127762)).toBe("float32");
  });

  it.each(["", "abc", "0.1.2", "."])("%j is refused", (text) => {
    expect(() => parseTarget(text)).toThrow(/^explain: match must be a number/);
  });
});

describe("explain", () => {
  it("finds the tutorials' numbers: by hand, of softmax again, without log, and PyTorch's float32", async () => {
    const [p, q] = [array([[0.4, 0.6]], [2]), array([[0.3, 0.7]], [2])];
    expect(await names(p, q, { match: "0.0226" })).toContain("math");
    expect(await names(p, q, { match: "0.0049096" })).toContain("softmax-twice");
    expect(await names(p, q, { match: "-1.2130117" })).toContain("torch.missing-log.sum");
  });

  it("finds the tutorial's softmax over the last axis and over the whole map", async () => {
    const p = array([[0.31, -0.52, 1.27, 0.04]], [1, 2, 2]);
    const q = array([[-1.23909949, 0.77767204, 0.08646117, -0.14608897]], [1, 2, 2]);
    expect(await names(p, q, { match: "0.50850" })).toContain("tensorflow");
    expect(await names(p, q, { match: "0.48168" })).toContain("map.softmax");
    expect(await names(p, q, { match: "1.01701" })).toContain("torch.sum");
  });

  it("finds a combination that no library makes, and says how likely that is by chance", async () => {
    const { match, groups } = await explain(logits, others, { match: "0" });
    expect(match!.chance).toBeNull();
    const value = (name: string) =>
      groups.flatMap(({ conventions }) => conventions).find((it) => it.name === name)!.value;
    const target = ((value("reverse") * 2) / Math.LN2).toPrecision(6);
    const found = (await explain(logits, others, { match: target })).match!;
    expect(found.found[0]).toMatchObject({
      names: [],
      choices: { direction: "KL(Q‖P)", reduction: "sum over rows", logarithm: "base 2" },
    });
    expect(found.found[0].chance).toBeGreaterThan(0);
    expect(found.found[0].chance).toBeLessThan(0.01);
  });

  it("leaves out combinations that add to a match what changes none of its digits", async () => {
    const [p, q] = [array([[0.4, 0.6]], [2]), array([[0.3, 0.7]], [2])];
    const { found } = (await explain(p, q, { match: "0.004910" })).match!;
    expect(found.map(({ names }) => names)).toEqual([["softmax-twice"]]);
  });

  it("names the nearest when none gives the number", async () => {
    const { match } = await explain(logits, others, { match: "123.456" });
    expect(match!.found).toEqual([]);
    expect(match!.nearest[0].match).toBeNull();
    expect(match!.nearest.length).toBeGreaterThan(2);
  });

  it("says so when the number is that of the default reduction", async () => {
    const { groups } = await explain(logits, others);
    const all = groups.flatMap(({ conventions }) => conventions);
    const mean = all.find(({ name }) => name === "torch.mean")!.value.toPrecision(5);
    expect(await codes(logits, others, { match: mean })).toContain("mean");
  });

  it("warns of logits and of log-probabilities that are taken for probabilities", async () => {
    expect(await codes(logits, others, { from: "probs" })).toContain("logits-as-probabilities");
    const logs = { ...probs, data: Float64Array.from(probs.data, (x) => Math.log(x + 1e-9)) };
    expect(await codes(logs, logs, { from: "probs" })).toContain("log-probabilities-as-probabilities");
  });

  it("warns of probabilities that are taken for logits", async () => {
    expect(await codes(probs, probs, { from: "logits" })).toContain("probabilities-as-logits");
  });

  it("warns of rows that do not sum to 1, and takes them for weights", async () => {
    const { from, warnings } = await explain(array([[1, 2, 5]]), array([[3, 3, 1]]));
    expect(from).toBe("weights");
    expect(warnings[0]).toMatchObject({ code: "sums", message: expect.stringContaining("sum to 8") });
  });

  it("warns of zeros that make KL infinite, and that the arguments may be swapped", async () => {
    const full = array([
      [0.1, 0.4, 0.5],
      [0.6, 0.2, 0.2],
    ]);
    expect(await codes(full, probs)).toEqual(["zeros", "swapped"]);
    expect(await codes(probs, full)).toEqual([]);
  });

  it("warns of labels in Q, and of log-probabilities that come before probabilities", async () => {
    const oneHot = array([
      [0, 0, 1],
      [1, 0, 0],
    ]);
    expect(await codes(probs, oneHot)).toContain("swapped");
    const logs = { ...probs, data: probs.data.map(Math.log) };
    expect(await codes(logs, probs)).toEqual(["kinds-differ", "swapped"]);
  });

  it("warns where batchmean does not divide by the rows, and of NaN", async () => {
    const three = { data: logits.data, shape: [1, 2, 3] };
    expect(await codes(three, three)).toEqual(["batchmean"]);
    const nan = { data: Float64Array.of(Number.NaN, 1, -2, 0, 0, 1), shape: [2, 3] };
    expect(await codes(nan, logits, { from: "logits" })).toContain("not-finite");
  });

  it("takes one-dimensional arrays of different length as samples", async () => {
    const { from, math, groups } = await explain(array([[1, 2, 3, 4]], [4]), array([[2, 3, 5]], [3]));
    expect([from, math]).toEqual(["samples", null]);
    expect(groups.flatMap(({ conventions }) => conventions.map(({ name }) => name))).toContain("tfdv");
  });

  it("refuses arrays of different shape, empty ones, and logits beside probabilities", async () => {
    await expect(explain(logits, array([[1, 2]]))).rejects.toThrow(
      /has the shape \[1, 2\], but the reference/,
    );
    const empty = { data: new Float64Array(0), shape: [0, 3] };
    await expect(explain(empty, empty)).rejects.toThrow("holds no values");
    await expect(explain(logits, probs)).rejects.toThrow(/say --from logits/);
  });
});
