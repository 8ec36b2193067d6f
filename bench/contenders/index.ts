import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { hasThreads } from "../lib/kullback.js";

/** Groups of tasks that are measured with the same contenders. */
export type GroupName = "divergence" | "softmax" | "matmul" | "small" | "training";

/** How to start a contender: a program that answers requests as `serve` does. */
export interface ContenderSpec {
  name: string;
  threads: number;
  command: string;
  args: string[];
  env: Record<string, string>;
  /** Where it takes part. The first contender of a group is what the others are compared with. */
  groups: readonly GroupName[];
}

/** Its name and threads, for messages. */
export function describe({ name, threads }: ContenderSpec): string {
  return `${name} (${threads === 1 ? "1 thread" : `${threads} threads`})`;
}

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));

function javascript(
  name: string,
  groups: readonly GroupName[],
  file: string,
  { args = [], threads = 1, env = {} }: Partial<ContenderSpec> = {},
): ContenderSpec {
  const node = ["--expose-gc", "--import", "tsx", here(file), ...args];
  return { name, threads, command: process.execPath, args: node, env, groups };
}

function kullbackOn(threads: number): ContenderSpec[] {
  const contender = (name: string, groups: readonly GroupName[], way: string) =>
    javascript(name, groups, "kullback.ts", {
      args: [way],
      threads,
      env: { KULLBACK_THREADS: String(threads) },
    });
  const trainer = javascript("Kullback", ["training"], "../training/kullback.ts", {
    threads,
    env: { KULLBACK_THREADS: String(threads) },
  });
  return [
    contender("Kullback divergence", ["divergence", "small"], "divergence"),
    contender("Kullback F.klDiv", ["divergence"], "klDiv"),
    contender("Kullback", ["softmax", "matmul"], "divergence"),
    ...(threads === 1 ? [contender("Kullback, a call a row", ["small"], "rows")] : []),
    trainer,
  ];
}

/**
 * The environment in which NumPy and PyTorch do their best: so many threads, and a C library that keeps
 * freed memory instead of asking for zeroed pages again at each computation, which can cost more than it.
 */
export function pythonEnv(threads: number): Record<string, string> {
  const count = String(threads);
  return {
    OMP_NUM_THREADS: count,
    MKL_NUM_THREADS: count,
    OPENBLAS_NUM_THREADS: count,
    MALLOC_MMAP_MAX_: "0",
    MALLOC_TRIM_THRESHOLD_: "4000000000",
  };
}

function pytorchOn(threads: number, python: string, quick: boolean): ContenderSpec[] {
  const contender = (
    name: string,
    groups: readonly GroupName[],
    way: string,
    file = "pytorch.py",
  ): ContenderSpec => ({
    name,
    threads,
    command: python,
    args: [here(file), way, String(threads)],
    env: pythonEnv(threads),
    groups,
  });
  const compiled = [
    contender("torch.compile", ["divergence", "softmax"], "compiled"),
    contender("torch.compile, log_target", ["divergence"], "compiled-log"),
  ];
  return [
    contender("PyTorch", ["divergence", "softmax", "matmul"], "eager"),
    contender("PyTorch, log_target", ["divergence"], "eager-log"),
    ...(quick ? [] : compiled),
    contender("reading both arrays (torch.sum)", ["divergence"], "sum"),
    contender("PyTorch", ["training"], "eager", "../training/pytorch.py"),
    contender("PyTorch, fused Adam", ["training"], "fused", "../training/pytorch.py"),
  ];
}

/** Peers in JavaScript that are installed. */
function installedPeers(): ContenderSpec[] {
  const rows: readonly GroupName[] = ["divergence", "softmax", "matmul"];
  const all: [folder: string, ...contenders: ContenderSpec[]][] = [
    [
      "@tensorflow/tfjs-backend-wasm",
      javascript("tfjs-wasm", rows, "tfjs.ts"),
      ...["wasm", "cpu"].map((backend) =>
        javascript(`tfjs-${backend}`, ["training"], "../training/tfjs.ts", { args: [backend] }),
      ),
    ],
    ["js-pytorch", javascript("js-pytorch", ["training"], "../training/js-pytorch.ts")],
    ["@jax-js/jax", javascript("jax-js", rows, "jax.ts")],
    [
      "onnxruntime-node",
      ...[1, 2].map((threads) =>
        javascript("onnxruntime-node", rows, "onnx.ts", { args: [String(threads)], threads }),
      ),
    ],
    ["mathjs", javascript("mathjs", ["small"], "mathjs.ts")],
    ["ml-distance", javascript("ml-distance", ["small"], "ml-distance.ts")],
  ];
  return all.flatMap(([folder, ...contenders]) =>
    existsSync(here(`../node_modules/${folder}`)) ? contenders : [],
  );
}

/** A Python with torch and NumPy: `KULLBACK_BENCH_PYTHON`, or else `python3`; undefined if it has none. */
export function findPython(): string | undefined {
  const { KULLBACK_BENCH_PYTHON: python = "python3" } = process.env;
  try {
    execFileSync(python, ["-c", "import torch, numpy"], { stdio: "ignore" });
    return python;
  } catch {
    return undefined;
  }
}

/** Everything that can be measured here; with `quick` without `torch.compile`, which compiles for minutes. */
export function contenders({
  python,
  quick,
}: {
  python: string | undefined;
  quick: boolean;
}): ContenderSpec[] {
  return [
    ...kullbackOn(1),
    ...(hasThreads ? kullbackOn(2) : []),
    javascript("plain JavaScript", ["divergence", "softmax", "matmul", "small"], "plain.ts"),
    ...installedPeers(),
    ...(python === undefined ? [] : [1, 2].flatMap((threads) => pytorchOn(threads, python, quick))),
  ];
}
