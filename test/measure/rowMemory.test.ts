import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import { type CompareOptions, compare } from "../../src/measure/index.js";

const rows = 42_000;
const array = (phase: number) => ({
  data: Float32Array.from({ length: rows * 3 }, (_, i) => Math.tan(1.1 * i + phase) % 20),
  shape: [rows, 3],
});
const [p, q, r] = [array(0), array(0.01), array(0)];
// Rows without a distribution, and some whose divergence is exactly 0.
q.data[5] = Number.NaN;
q.data[70_001] = -Infinity;
const labels = { data: Int32Array.from({ length: rows }, (_, i) => (i % 4) - 1), shape: [rows] };

describe("the values of rows", () => {
  const options: CompareOptions = {
    labels,
    positions: 7,
    groups: labels,
    from: "logits",
    measures: ["tv", "entropy", "top-k", "rank"],
  };
  const leftOver = () => readdirSync(tmpdir()).filter((name) => name.startsWith("kullback-rows-"));

  it("give the same result to the last bit from disk as from memory, and leave no file", async () => {
    const before = leftOver();
    const inMemory = await compare(p, [q, r], options);
    expect(inMemory.candidates[0].excluded).not.toEqual([]);
    for (const rowMemory of [1, 2 ** 20]) {
      expect(await compare(p, [q, r], { ...options, rowMemory })).toEqual(inMemory);
    }
    expect(leftOver()).toEqual(before);
  });

  it("leave no file when the comparison is aborted", async () => {
    const before = leftOver();
    const controller = new AbortController();
    const running = compare(p, [q, r], {
      ...options,
      rowMemory: 1,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await expect(running).rejects.toThrow(/abort/);
    expect(leftOver()).toEqual(before);
  });
});
