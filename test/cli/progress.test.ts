import { describe, expect, it } from "vitest";
import { ProgressBar, progressLine } from "../../src/cli/progress.js";

describe("the progress bar", () => {
  it("shows the share, the rate and the time left, within 80 columns", () => {
    expect(progressLine(250e6, 1000e6, 2)).toBe(" 25 % ██████░░░░░░░░░░░░░░░░░░ 125 MB/s, 6 s left");
    expect(progressLine(1e9, 1e12, 10)).toBe("  0 % ░░░░░░░░░░░░░░░░░░░░░░░░ 100 MB/s, 2 h 46 min left");
    expect(progressLine(1e9, 2e10, 10)).toContain(", 3 min 10 s left");
    expect(progressLine(5, 5, 1)).toContain("100 % ████████████████████████ 5 B/s, 0 s left");
  });

  it("draws at most ten times a second, nothing for short work, and takes itself away", () => {
    let now = 0;
    const written: string[] = [];
    const bar = new ProgressBar({ write: (text) => written.push(text) }, () => now);
    bar.update(1, 100);
    bar.clear();
    expect(written).toEqual([]);
    now = 301;
    bar.update(50, 100);
    now = 350;
    bar.update(60, 100);
    now = 402;
    bar.update(70, 100);
    bar.clear();
    expect(written.map((text) => text.slice(0, 6))).toEqual(["\r 50 %", "\r 70 %", "\r\x1b[K"]);
  });
});
