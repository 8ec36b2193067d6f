import { readFileSync, rmSync, statSync } from "node:fs";
import { type Input, inputOf, type Outcome, type Program, programs } from "./compare-programs.js";
import { kullbackVersion } from "./kullback.js";
import { makeRows, type RowKind, rowKinds } from "./make-rows.js";
import { median } from "./measure.js";
import type { Section, Setting } from "./measure-group.js";
import { measureStart } from "./measure-start.js";
import { runProgram } from "./run-program.js";
import { digits, markdownTable, ratio } from "./table.js";

const classes = 32000;

/** What the runs of a program came to. */
interface Measured {
  program: Program;
  outcomes: Outcome[];
}

/** Puts files into the page cache, or out of it. */
async function prepare(files: readonly string[], cold: boolean): Promise<void> {
  for (const file of files) {
    if (cold) await runProgram("dd", [`if=${file}`, "iflag=nocache", "count=0"], { discard: true });
    else readFileSync(file);
  }
}

/** Lets the programs run in turns; one that fails is left out. */
async function inTurns(programs: readonly Program[], files: readonly string[], rounds: number) {
  const measured = new Set<Measured>(programs.map((program) => ({ program, outcomes: [] })));
  for (let round = 0; round < rounds; round++) {
    for (const entry of measured) {
      const { name, cold = false } = entry.program;
      try {
        await prepare(files, cold);
        entry.outcomes.push(await entry.program.run());
      } catch (error) {
        console.error(`${name}: skipped: ${error instanceof Error ? error.message : error}`);
        measured.delete(entry);
      }
    }
  }
  return [...measured];
}

const title: Readonly<Record<RowKind, string>> = {
  float32: ".npy files of float32 logits",
  float16: ".npy files of float16 logits",
  _logits_: "_logits_ files of llama.cpp",
};

const legend =
  "GB/s of both files, more is better: best / median (time relative to Kullback's on as many threads). CPU: least " +
  "seconds of processors a GB. Whole processes, Python without its imports but for CPU; files in the page cache " +
  "unless they say.";

async function throughput(python: string | undefined, input: Input, rounds: number): Promise<string> {
  const { kind, files, bytes } = input;
  const all = await inTurns(programs(python, input), files, rounds);
  const rate = (seconds: number) => digits(bytes / seconds / 1e9);
  const secondsOf = (entry: Measured) => entry.outcomes.map(({ seconds }) => seconds);
  const best = (entry: Measured) => Math.min(...secondsOf(entry));
  const own = all.filter(({ program }) => program.name === all[0]?.program.name);
  const rows = all.map((entry) => {
    const { name, threads } = entry.program;
    const base = own.find(({ program }) => program.threads === threads) ?? own[0];
    const cpu = Math.min(...entry.outcomes.map((outcome) => outcome.cpu ?? Infinity));
    const peak = Math.max(...entry.outcomes.map((outcome) => outcome.peak ?? 0));
    return [
      name,
      String(threads),
      `${rate(best(entry))} / ${rate(median(secondsOf(entry)))} (${ratio(best(entry) / best(base))})`,
      cpu === Infinity ? "–" : digits(cpu / (bytes / 1e9)),
      peak === 0 ? "–" : `${(peak / 1e6).toFixed(0)} MB`,
      entry.outcomes.at(-1)?.kl?.toPrecision(9) ?? "–",
    ];
  });
  const heading = `### Comparing two ${title[kind]}, ${(bytes / 1e6).toFixed(0)} MB together, rows of ${classes}`;
  const head = ["", "threads", "GB/s", "CPU s/GB", "peak memory", "mean KL"];
  return `${heading}\n\n${legend}\n\n${markdownTable(head, rows)}\n`;
}

/** Measures `kullback compare` on files that it makes in `folder`, and the start of library and command. */
export async function measureCompare({ quick, python, folder }: Setting): Promise<Section> {
  const rounds = quick ? 2 : 3;
  const texts: string[] = [];
  for (const kind of rowKinds) {
    console.error(`measuring: kullback compare, ${kind}`);
    const { rows, files } = inputOf(kind, quick ? 200 : 1600, classes, folder);
    try {
      makeRows(files[0], kind, rows, classes, "reference");
      makeRows(files[1], kind, rows, classes, "candidate");
      const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
      texts.push(await throughput(python, { kind, files, classes, bytes }, rounds));
      console.log(texts.at(-1));
    } finally {
      for (const file of files) rmSync(file, { force: true });
    }
  }
  texts.push(await measureStart(3 * rounds));
  console.log(texts.at(-1));
  return { text: texts.join("\n"), versions: [kullbackVersion()] };
}
