import { spawn, spawnSync } from "node:child_process";
import { closeSync, ftruncateSync, openSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { example, npy, temporaryFolder } from "./harness.js";

const main = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const folder = temporaryFolder();
afterAll(folder.remove);

/** A file of zeros, float64 by default, which takes no room on the disk where files may have holes. */
function zeros(name: string, rows: number, classes: number, dtype: "<f8" | "<f4" = "<f8"): string {
  const path = join(folder.path, name);
  const header = npy(`{'descr': '${dtype}', 'fortran_order': False, 'shape': (${rows}, ${classes}), }`);
  const file = openSync(path, "w");
  writeSync(file, header);
  ftruncateSync(file, header.length + Number(dtype.slice(2)) * rows * classes);
  closeSync(file);
  return path;
}

/**
 * Makes a process say on its standard error how much memory it had at most, in kB: by Linux's own file where there is
 * one, for `maxRSS` counts what the process was forked from.
 */
const tellMemory = `data:text/javascript,${encodeURIComponent(`
  import { existsSync, readFileSync } from "node:fs";
  const status = "/proc/self/status";
  const highest = () => /VmHWM:\\s+(\\d+)/.exec(existsSync(status) ? readFileSync(status, "utf8") : "")?.[1];
  process.on("exit", () => console.error(highest() ?? process.resourceUsage().maxRSS));
`)}`;

describe("the kullback process", () => {
  it("reads files several times larger than its heap, in memory that does not grow with them", () => {
    const maxRss = (rows: number) => {
      const path = zeros(`${rows}.npy`, rows, 1000);
      const args = ["--max-old-space-size=32", "--import", tellMemory, main, "compare", path, path];
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        [...args, "--from", "logits", "--json"],
        {
          encoding: "utf8",
        },
      );
      expect([status, JSON.parse(stdout).candidates[0].rows]).toEqual([0, rows]);
      return { kB: Number(stderr), fileBytes: statSync(path).size };
    };
    // Several blocks of rows, so that both runs have all their buffers.
    const small = maxRss(8000);
    const large = maxRss(20_000);
    expect(large.fileBytes).toBeGreaterThan(4 * 32 * 2 ** 20);
    expect(large.kB - small.kB).toBeLessThan(40_000);
  });

  it("compares two files of 300 MB on two threads in less than 300 MB", () => {
    const [rows, classes] = [2300, 32_000];
    const path = zeros("long.npy", rows, classes, "<f4");
    const args = [
      "--import",
      tellMemory,
      main,
      "compare",
      path,
      path,
      "--from",
      "logits",
      "--measures",
      "kl",
    ];
    const { status, stdout, stderr } = spawnSync(process.execPath, [...args, "--json"], {
      encoding: "utf8",
      env: { ...process.env, KULLBACK_THREADS: "2" },
    });
    expect([status, JSON.parse(stdout).candidates[0].rows]).toEqual([0, rows]);
    expect(2 * statSync(path).size).toBeGreaterThan(580e6);
    expect(Number(stderr)).toBeLessThan(300_000);
  });

  it("ends quietly when its reader has seen enough", async () => {
    const child = spawn(process.execPath, [
      main,
      "inspect",
      ...new Array(2000).fill(example("digits_labels.npy")),
    ]);
    let stderr = "";
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    child.stdout.once("data", () => child.stdout.destroy());
    const code = await new Promise((resolve) => child.on("close", resolve));
    expect([code, stderr]).toEqual([0, ""]);
  });

  it("ends with 130 and without a word on Ctrl-C", async () => {
    const path = zeros("long.npy", 100_000, 1000);
    const child = spawn(process.execPath, [main, "compare", path, path, "--from", "logits"]);
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => {
        output += chunk;
      });
    }
    setTimeout(() => child.kill("SIGINT"), 1000);
    const code = await new Promise((resolve) => child.on("close", resolve));
    expect([code, output]).toEqual([130, ""]);
  });

  it("exits with 2 and one line on an error", () => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [main, "compare", "missing.npy", "other.npy"],
      {
        encoding: "utf8",
      },
    );
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^kullback: missing\.npy: [^\n]+\n$/);
  });
});
