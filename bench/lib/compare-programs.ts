import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { pythonEnv } from "../contenders/index.js";
import { hasThreads } from "./kullback.js";
import { numberBytes, type RowKind } from "./make-rows.js";
import { runProgram } from "./run-program.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const contender = (name: string) => join(root, "bench/contenders", name);

/** The command, as built. */
export const cli = join(root, "dist/cli/main.js");

/** What a run of a program came to; of a whole process also its processors' time and its memory. */
export interface Outcome {
  seconds: number;
  cpu?: number;
  peak?: number;
  kl?: number;
}

/** A way to go through two files. */
export interface Program {
  name: string;
  threads: number;
  /** Whether files are no longer in the page cache when it starts. */
  cold?: boolean;
  run(): Promise<Outcome>;
}

/** The files, and what they hold. */
export interface Input {
  kind: RowKind;
  files: readonly string[];
  classes: number;
  /** Of both files. */
  bytes: number;
}

function kullbackOn(threads: number, { files }: Input): Program {
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

/** The row kernel without files; its best block stands for all. */
function kernelOn(threads: number, name: string, kind: string, { classes, bytes }: Input): Program {
  const args = ["--import", "tsx", contender("row-statistics.ts"), kind, String(threads), String(classes)];
  return {
    name,
    threads,
    async run() {
      const { stdout } = await runProgram(process.execPath, args);
      const { bytesPerSecond, cpuPerByte } = JSON.parse(stdout) as Record<string, number>;
      return { seconds: bytes / bytesPerSecond, cpu: bytes * cpuPerByte };
    },
  };
}

function pythonOn(threads: number, way: "numpy" | "torch", python: string, { files }: Input): Program {
  const env = pythonEnv(threads);
  const args = [contender("compare-blocks.py"), way, String(threads), ...files];
  return {
    name: way === "numpy" ? "NumPy in blocks" : "PyTorch in blocks",
    threads,
    async run() {
      const { stdout, peak, cpu } = await runProgram(python, args, { env });
      return { ...(JSON.parse(stdout) as { seconds: number; kl: number }), peak, cpu };
    },
  };
}

/** Everything that goes through the files. */
export function programs(python: string | undefined, input: Input): Program[] {
  const threads = hasThreads ? [1, 2] : [1];
  const most = Math.max(...threads);
  const all = threads.map((count) => kullbackOn(count, input));
  all.push(...threads.map((count) => kernelOn(count, "its row kernel alone", input.kind, input)));
  if (input.kind === "_logits_") {
    all.push(...threads.map((count) => kernelOn(count, "the same, an exponential a code", "decoded", input)));
  }
  if (python !== undefined) {
    all.push(pythonOn(1, "numpy", python, input));
    all.push(pythonOn(1, "torch", python, input), pythonOn(2, "torch", python, input));
  }
  const cat = () => runProgram("cat", input.files, { discard: true });
  all.push({ name: "cat > /dev/null", threads: 1, run: cat });
  const first = kullbackOn(most, input);
  all.push({ ...first, name: `${first.name}, files on disk`, cold: true });
  all.push({ name: "cat, files on disk", threads: 1, cold: true, run: cat });
  return all;
}

/** The files of a kind, of about so many bytes together. */
export function inputOf(kind: RowKind, megabytes: number, classes: number, folder: string) {
  const rows = Math.round((megabytes * 1e6) / 2 / (classes * numberBytes[kind]));
  const extension = kind === "_logits_" ? "kld" : "npy";
  return { rows, files: ["reference", "candidate"].map((name) => join(folder, `${name}.${extension}`)) };
}
