import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { backend, setBackend } from "../../src/index.js";
import { writeNpy } from "../../src/io/index.js";
import { type CompareOptions, compare } from "../../src/measure/index.js";

const folder = mkdtempSync(join(tmpdir(), "kullback-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A block of these rows is 13,107 of them, which take about 1 MB of a journal. */
const [rows, classes] = [60_000, 40];
const file = (name: string, phase: number) => {
  const path = join(folder, name);
  const values = Float32Array.from({ length: rows * classes }, (_, i) => 3 * Math.sin(1.7 * i + phase) - 1);
  writeFileSync(path, writeNpy(values, [rows, classes]));
  return path;
};
const [p, q, r] = [file("p.npy", 0), file("q.npy", 0.1), file("r.npy", 0.3)];
const options: CompareOptions = { measures: ["js", "rank"], positions: 1000, from: "logits" };

/** Runs the comparison until so many rows are done, and no further; gives the rows that were done before. */
async function interruptedAt(resume: string, stop: number): Promise<number[]> {
  const seen: number[] = [];
  const controller = new AbortController();
  const running = compare(p, [q, r], {
    ...options,
    resume,
    signal: controller.signal,
    onProgress: (progress) => {
      seen.push(progress.rows);
      if (progress.rows >= stop) controller.abort();
    },
  });
  await expect(running).rejects.toThrow(/abort/);
  return seen;
}

describe("a comparison that is interrupted", () => {
  it("goes on after kill -9 and gives the same result to the last bit", async () => {
    const journal = join(folder, "killed.journal");
    // The process ends itself without warning after the third block, which no other process could be sure to hit.
    const entry = (name: string) => JSON.stringify(new URL(`../../dist/${name}.js`, import.meta.url).href);
    const script = `
      import { setBackend } from ${entry("index")};
      import { compare } from ${entry("measure/index")};
      setBackend(${JSON.stringify(backend())});
      const [p, q, r, options] = ${JSON.stringify([p, q, r, { ...options, resume: journal }])};
      const onProgress = ({ rows }) => rows > 2 * 13_107 && process.kill(process.pid, "SIGKILL");
      await compare(p, [q, r], { ...options, onProgress });`;
    const { signal, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", script], {
      encoding: "utf8",
    });
    expect([signal, stderr]).toEqual(["SIGKILL", ""]);
    expect(existsSync(journal)).toBe(true);

    let first = 0;
    const resumed = await compare(p, [q, r], {
      ...options,
      resume: journal,
      onProgress: (progress) => {
        first ||= progress.rows;
      },
    });
    // The first block of this run is not among the first of the input.
    expect(first).toBeGreaterThan(2 * 13_107);
    expect(resumed).toEqual(await compare(p, [q, r], options));
    expect(existsSync(journal)).toBe(false);
  });

  it("goes on after it was aborted, as often as it is, and then removes the file", async () => {
    const journal = join(folder, "aborted.journal");
    const first = await interruptedAt(journal, 1);
    const second = await interruptedAt(journal, first.at(-1)! + 1);
    expect(second[0]).toBeGreaterThan(first.at(-1)!);
    expect(await compare(p, [q, r], { ...options, resume: journal })).toEqual(
      await compare(p, [q, r], options),
    );
    expect(existsSync(journal)).toBe(false);
  });

  it("does again what was not written to its end", async () => {
    const expected = await compare(p, [q, r], options);
    for (const damage of [
      (path: string) => truncateSync(path, statSync(path).size - 5),
      (path: string) => appendFileSync(path, new Uint8Array([1, 0, 0, 0, 9, 9, 9, 9, 3])),
      (path: string) => appendFileSync(path, new Uint8Array(4000).fill(1)),
    ]) {
      const journal = join(folder, "damaged.journal");
      await interruptedAt(journal, 1);
      damage(journal);
      expect(await compare(p, [q, r], { ...options, resume: journal })).toEqual(expected);
    }
  });

  it("does not go on with other files or options, nor in a file that is something else", async () => {
    const journal = join(folder, "other.journal");
    await interruptedAt(journal, 1);
    const resume = journal;
    await expect(compare(p, [r, q], { ...options, resume })).rejects.toThrow(/other\.journal: belongs to a/);
    await expect(compare(p, [q, r], { ...options, resume, measures: ["tv"] })).rejects.toThrow(
      /belongs to a/,
    );
    await expect(compare(p, [q, r], { ...options, resume, rows: [0, 9000] })).rejects.toThrow(/belongs to a/);
    const kernels = backend();
    setBackend(kernels === "wasm" ? "reference" : "wasm");
    try {
      await expect(compare(p, [q, r], { ...options, resume })).rejects.toThrow(/belongs to a/);
    } finally {
      setBackend(kernels);
    }
    expect(existsSync(journal)).toBe(true);
    await expect(compare(p, q, { ...options, resume: p })).rejects.toThrow(/p\.npy: is no journal/);
    expect(statSync(p).size).toBeGreaterThan(rows * classes * 4);
  });

  it("needs files, whose content can be told", async () => {
    const array = { data: Float32Array.of(1, -2), shape: [1, 2] };
    await expect(compare(array, array, { resume: join(folder, "memory.journal") })).rejects.toThrow(
      /only a comparison of files can be resumed/,
    );
  });
});
