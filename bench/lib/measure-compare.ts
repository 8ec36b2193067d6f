import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { pythonEnv } from "../contenders/index.js";
import { hasThreads, kullbackVersion } from "./kullback.js";
import { makeNpy } from "./make-npy.js";
import { median } from "./measure.js";
import type { Section, Setting } from "./measure-group.js";
import { type ProgramRun, runProgram } from "./run-program.js";
import { digits, markdownTable, ratio } from "./table.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const cli = join(root, "dist/cli/main.js");
const blocks = fileURLToPath(new URL("../contenders/compare-blocks.py", import.meta.url));
const classes = 32000;

/** A way to go through two files. */
interface Program {
  name: string;
  threads: number;
  /** Runs once: the seconds it took, its memory, and the mean KL it found. */
  run(): Promise<{ seconds: number; peak: number | undefined; kl?: number }>;
}

function kullbackOn(threads: number, files: readonly string[]): Program {
  const env = { KULLBACK_THREADS: String(threads) };
  return {
    name: "kullback compare",
    threads,
    async run() {
      const run = await runProgram(process.execPath, [cli, "compare", ...files, "--json"], { env });
      const { candidates } = JSON.parse(run.stdout) as {
        candidates: { measures: { kl: { mean: number } } }[];
      };
      return { ...run, kl: candidates[0].measures.kl.mean };
    },
  };
}

function pythonOn(
  threads: number,
  way: "numpy" | "torch",
  python: string,
  files: readonly string[],
): Program {
  const env = pythonEnv(threads);
  return {
    name: way === "numpy" ? "NumPy in blocks" : "PyTorch in blocks",
    threads,
    async run() {
      const { stdout, peak } = await runProgram(python, [blocks, way, String(threads), ...files], { env });
      return { ...(JSON.parse(stdout) as { seconds: number; kl: number }), peak };
    },
  };
}

function programs(python: string | undefined, files: readonly string[]): Program[] {
  const threads = hasThreads ? [1, 2] : [1];
  const all = threads.map((count) => kullbackOn(count, files));
  if (python !== undefined) {
    all.push(pythonOn(1, "numpy", python, files));
    all.push(pythonOn(1, "torch", python, files), pythonOn(2, "torch", python, files));
  }
  all.push({ name: "cat > /dev/null", threads: 1, run: () => runProgram("cat", files, { discard: true }) });
  return all;
}

/** What the runs of a program came to. */
interface Measured {
  program: Program;
  seconds: number[];
  peak: number;
  kl?: number;
}

/** Lets the programs run in turns; one that fails is left out. */
async function inTurns(programs: readonly Program[], rounds: number): Promise<Measured[]> {
  const measured = new Set<Measured>(programs.map((program) => ({ program, seconds: [], peak: 0 })));
  for (let round = 0; round < rounds; round++) {
    for (const entry of measured) {
      try {
        const { seconds, peak = 0, kl } = await entry.program.run();
        entry.seconds.push(seconds);
        entry.peak = Math.max(entry.peak, peak);
        entry.kl = kl;
      } catch (error) {
        console.error(`${entry.program.name}: skipped: ${error instanceof Error ? error.message : error}`);
        measured.delete(entry);
      }
    }
  }
  return [...measured];
}

async function throughput(python: string | undefined, files: readonly string[], rounds: number) {
  const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
  for (const file of files) readFileSync(file); // so that all find the files in memory
  const all = await inTurns(programs(python, files), rounds);
  const rate = (seconds: number) => digits(bytes / seconds / 1e9);
  const best = (entry: Measured) => Math.min(...entry.seconds);
  const rows = all.map((entry) => {
    const { name, threads } = entry.program;
    const base = all.find(
      ({ program }) => program.name === all[0].program.name && program.threads === threads,
    );
    return [
      name,
      String(threads),
      `${rate(best(entry))} / ${rate(median(entry.seconds))} (${ratio(best(entry) / best(base ?? all[0]))})`,
      entry.peak === 0 ? "–" : `${(entry.peak / 1e6).toFixed(0)} MB`,
      entry.kl?.toPrecision(9) ?? "–",
    ];
  });
  const title = `### Comparing two .npy files, ${(bytes / 1e6).toFixed(0)} MB together, rows of ${classes} float32 logits`;
  const legend =
    "GB/s, more is better: best / median (time relative to Kullback's). Whole processes, Python without its imports; files in the page cache.";
  return `${title}\n\n${legend}\n\n${markdownTable(["", "threads", "GB/s", "peak memory", "mean KL"], rows)}\n`;
}

async function startUp(rounds: number): Promise<string> {
  const digitsOf = (name: string) => join(root, `examples/data/digits_${name}.npy`);
  const importing = `const start = performance.now(); await import(${JSON.stringify(join(root, "dist/index.js"))}); console.log(performance.now() - start)`;
  const measured: [string, string[], (run: ProgramRun) => number][] = [
    ["import of the library", ["--input-type=module", "-e", importing], ({ stdout }) => Number(stdout)],
    ["node, nothing else", ["-e", "console.log()"], ({ firstOutput }) => firstOutput * 1000],
    [
      "kullback compare of small files, to its first output",
      [cli, "compare", digitsOf("teacher"), digitsOf("int8")],
      ({ firstOutput }) => firstOutput * 1000,
    ],
  ];
  const rows: string[][] = [];
  for (const [name, args, milliseconds] of measured) {
    const times: number[] = [];
    for (let round = 0; round < 3 * rounds; round++) {
      times.push(milliseconds(await runProgram(process.execPath, args)));
    }
    rows.push([name, `${digits(Math.min(...times))} / ${digits(median(times))}`]);
  }
  return `### Start\n\nms: best / median\n\n${markdownTable(["", "ms"], rows)}\n`;
}

/** Measures `kullback compare` on files that it makes in `folder`, and the start of library and command. */
export async function measureCompare({ quick, python, folder }: Setting): Promise<Section> {
  const rounds = quick ? 2 : 5;
  const files = ["reference.npy", "candidate.npy"].map((name) => join(folder, name));
  console.error("measuring: kullback compare");
  for (const [i, file] of files.entries()) makeNpy(file, quick ? 256 : 1024, classes, i + 1);
  const texts = [await throughput(python, files, rounds), await startUp(rounds)];
  const text = texts.join("\n");
  console.log(text);
  return { text, versions: [kullbackVersion()] };
}
