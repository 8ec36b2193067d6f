import { fileURLToPath } from "node:url";
import { type ContenderSpec, contenders } from "../contenders/index.js";
import { ContenderProcess } from "../lib/contender-process.js";
import { groups } from "../lib/groups.js";
import { inputFiles } from "../lib/inputs.js";
import { measureGroup, type Section, type Setting } from "../lib/measure-group.js";
import { runProgram } from "../lib/run-program.js";
import { digits, markdownTable } from "../lib/table.js";
import type { MemoryUse } from "./endurance.js";
import type { TapeCost } from "./tape.js";

const [mlp] = groups.training;
const mib = (bytes: number) => digits(bytes / 2 ** 20);

/** Runs a program of this folder, which prints JSON. */
async function runHere<T>(file: string, ...args: string[]): Promise<T> {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const env = { KULLBACK_THREADS: "1" };
  const { stdout } = await runProgram(process.execPath, ["--expose-gc", "--import", "tsx", path, ...args], {
    env,
  });
  return JSON.parse(stdout) as T;
}

/** The most memory that a contender has taken when it has trained the MLP for a while; undefined if it cannot. */
async function peakOf(spec: ContenderSpec, inputs: string[], ms: number): Promise<number | undefined> {
  const contender = await ContenderProcess.start(spec);
  try {
    if (!(await contender.ask({ op: "prepare", case: { task: mlp.task, shape: mlp.shapes[0], inputs } })))
      return undefined;
    await contender.ask({ op: "run", ms });
    return await contender.peakMemory();
  } finally {
    contender.stop();
  }
}

async function peaks(setting: Setting, inputs: string[]): Promise<string> {
  const rows: string[][] = [];
  for (const spec of contenders(setting).filter((spec) => spec.groups.includes("training"))) {
    const peak = await peakOf(spec, inputs, 10 * setting.plan.turn).catch(() => undefined);
    if (peak !== undefined) rows.push([spec.name, String(spec.threads), mib(peak)]);
  }
  return `### Peak memory of a process that trains the MLP\n\n${markdownTable(["", "threads", "MiB"], rows)}\n`;
}

async function endurance({ quick }: Setting, inputs: string[]): Promise<string> {
  const uses = await runHere<MemoryUse[]>("endurance.ts", String(quick ? 1000 : 10_000), ...inputs);
  const rows = uses.map(({ steps, heap, wasm, resident }) => [
    `after ${steps} steps`,
    mib(heap),
    mib(wasm),
    mib(resident),
  ]);
  const table = markdownTable(["", "heap", "WebAssembly memory", "resident"], rows);
  return `### Kullback's memory while it trains the MLP, MiB\n\n${table}\n`;
}

async function tape(): Promise<string> {
  const { plain, recorded, both } = await runHere<TapeCost>("tape.ts");
  const rows = [
    ["not recorded", digits(plain)],
    ["recorded", digits(recorded)],
    ["recorded and differentiated", digits(both)],
  ];
  return `### Kullback's addition of four numbers, ns\n\n${markdownTable(["", "ns"], rows)}\n`;
}

/** The tables of training; the memory that it takes, and that it does not grow; and what the tape costs. */
export async function measureTraining(setting: Setting): Promise<Section> {
  const { text, versions } = await measureGroup("training", setting);
  const inputs = inputFiles(setting.folder, mlp.inputs, mlp.shapes[0]);
  const texts = [text];
  for (const part of [tape, endurance, peaks]) {
    console.error(`measuring: ${part.name}`);
    const section = await part(setting, inputs);
    console.log(section);
    texts.push(section);
  }
  return { text: texts.join("\n"), versions };
}
