import { describe, expect, it } from "vitest";
import { DataLoader, progress, TensorDataset } from "../../src/data/index.js";
import { progressLine } from "../../src/data/progress.js";
import { arange } from "../../src/tensor/index.js";

/** A terminal, and a clock that a second goes by on at every look. */
function terminal() {
  const text: string[] = [];
  let seconds = 0;
  return { text, isTTY: true, write: (part: string) => text.push(part), now: () => 1000 * seconds++ };
}

describe("progress", () => {
  it("hands on every batch and draws one line that grows", () => {
    const { now, ...output } = terminal();
    const loader = new DataLoader(new TensorDataset(arange(4)), { batchSize: 2 });
    const seen = Array.from(progress(loader, { label: "epoch 1", output, now }), ([x]) => x.shape[0]);
    expect(seen).toEqual([2, 2]);
    expect(output.text).toEqual([
      "\repoch 1  50 % ████████████░░░░░░░░░░░░ 1/2 [00:01<00:01, 1.00/s]\x1b[K",
      "\repoch 1 100 % ████████████████████████ 2/2 [00:02<00:00, 1.00/s]\x1b[K",
      "\repoch 1 100 % ████████████████████████ 2/2 [00:03<00:00, 0.667/s]\x1b[K",
      "\n",
    ]);
  });

  it("goes through async iterables and arrays, and ends the line where one stops early", async () => {
    const { now, ...output } = terminal();
    const loader = new DataLoader(new TensorDataset(arange(3)));
    let count = 0;
    for await (const _ of progress(loader, { output, now })) if (++count === 2) break;
    expect(output.text.at(-1)).toBe("\n");
    expect([...progress([1, 2, 3], { output: { ...output, isTTY: false } })]).toEqual([1, 2, 3]);
  });

  it("is quiet where there is no terminal", () => {
    const text: string[] = [];
    const output = { isTTY: false, write: (part: string) => text.push(part) };
    expect([...progress([1, 2], { output })]).toEqual([1, 2]);
    expect(text).toEqual([]);
  });

  it("writes long times with hours", () => {
    expect(progressLine("", 1, 5000, 3.7)).toBe(
      "  0 % ░░░░░░░░░░░░░░░░░░░░░░░░ 1/5000 [00:04<05:08:16, 0.270/s]",
    );
  });
});
