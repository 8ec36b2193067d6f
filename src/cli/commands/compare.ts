import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { KullbackError } from "../../errors.js";
import {
  type CompareOptions,
  type Comparison,
  checkGates,
  compare,
  type From,
  failedGates,
  type GateFailure,
  type MeasureName,
  parseGate,
} from "../../measure/index.js";
import {
  escapeControls,
  formatNumber,
  readVocabulary,
  renderCsv,
  renderHtml,
  renderJson,
  renderMarkdown,
  renderText,
} from "../../report/index.js";
import { writeFileAtomically } from "../atomicFile.js";
import { exitCodes } from "../failure.js";
import type { CommandIo } from "../io.js";
import { checkOutputs } from "../outputs.js";
import type { NamedSize } from "../parse.js";
import { ProgressBar } from "../progress.js";
import { rowWriter } from "../rows/index.js";
import { styleFor } from "../style.js";

/** The options of `kullback compare`, as Commander gives them. */
export interface CompareFlags {
  from: "logits" | "probs" | "log-probs" | "auto";
  dim: number[];
  convention: "math" | "llama.cpp";
  measures?: string[];
  labels?: string;
  rows?: [start: number, end?: number];
  mask?: string;
  positions?: number;
  group?: string;
  groupNames?: string;
  cluster?: string;
  floor?: string;
  size?: NamedSize[];
  worst: number;
  base: "e" | "2" | "10";
  allowMismatch?: "tokens"[];
  resume?: string | true;
  saveRows?: string;
  failIf?: string[];
  json?: boolean;
  csv?: boolean;
  markdown?: boolean;
  report?: string;
  vocab?: string;
  quiet?: boolean;
}

const kinds = {
  logits: "logits",
  probs: "probs",
  "log-probs": "logProbs",
  auto: "auto",
} as const satisfies Record<string, From | "auto">;

const bases = { e: "e", "2": 2, "10": 10 } as const;

/** Where a comparison is kept that may be interrupted, unless one says otherwise. */
const defaultJournal = "kullback-compare.journal";

/** `kullback compare reference candidate…`; gives the exit code, which is 1 when a gate fails. */
export async function compareCommand(
  reference: string,
  candidates: string[],
  flags: CompareFlags,
  io: CommandIo,
): Promise<number> {
  const gates = (flags.failIf ?? []).map(parseGate);
  checkGates(gates, flags.measures);
  const journal = flags.resume === true ? defaultJournal : flags.resume;
  checkOutputs({ "--report": flags.report, "--save-rows": flags.saveRows, "--resume": journal }, [
    ...[reference, ...candidates],
    ...[flags.labels, flags.mask, flags.group, flags.groupNames, flags.cluster, flags.floor, flags.vocab],
  ]);
  const vocabulary = flags.vocab === undefined ? undefined : readVocabularyFile(flags.vocab);
  const options = { ...compareOptions(candidates, flags, io), resume: journal };
  const bar = io.stderr.isTTY && !flags.quiet ? new ProgressBar(io.stderr) : undefined;
  try {
    const comparison = await compare(reference, candidates, {
      ...options,
      onProgress: ({ bytes, totalBytes }) => bar?.update(bytes, totalBytes),
    });
    bar?.clear();
    if (flags.report !== undefined) {
      const html = await renderHtml(comparison, { vocabulary });
      await writeFileAtomically(flags.report, (file) => file.write(html));
    }
    io.stdout.write(render(comparison, flags, io));
    const failures = failedGates(comparison, gates);
    for (const failure of failures) io.stderr.write(`${failureText(failure)}\n`);
    return failures.length > 0 ? exitCodes.gateFailed : exitCodes.fine;
  } finally {
    bar?.clear();
  }
}

function compareOptions(candidates: string[], flags: CompareFlags, io: CommandIo): CompareOptions {
  return {
    from: kinds[flags.from],
    dim: flags.dim,
    convention: flags.convention,
    measures: flags.measures as MeasureName[] | undefined,
    labels: flags.labels,
    rows: flags.rows,
    mask: flags.mask,
    positions: flags.positions,
    groups: flags.group,
    groupNames: flags.groupNames === undefined ? undefined : readLines(flags.groupNames),
    clusters: flags.cluster,
    floor: flags.floor,
    modelBytes: sizesOf(candidates, flags.size ?? []),
    worst: flags.worst,
    base: bases[flags.base],
    allowMismatch: flags.allowMismatch,
    saveRows: flags.saveRows === undefined ? undefined : rowWriter(flags.saveRows, io.signal),
    signal: io.signal,
  };
}

/** The size of each candidate's model. A size may name a candidate as given, or by its last part. */
function sizesOf(candidates: readonly string[], sizes: readonly NamedSize[]): (number | null)[] {
  const found = new Array<number | null>(candidates.length).fill(null);
  for (const { name, bytes } of sizes) {
    const exact = candidates.indexOf(name);
    const alike = candidates.flatMap((candidate, i) => (basename(candidate) === name ? [i] : []));
    const places = exact >= 0 ? [exact] : alike;
    if (places.length !== 1) {
      throw new KullbackError(
        `--size ${name}: names ${places.length === 0 ? "no candidate" : "several candidates"}; ` +
          `candidates are ${candidates.join(", ")}`,
      );
    }
    found[places[0]] = bytes;
  }
  return found;
}

function render(comparison: Comparison, flags: CompareFlags, io: CommandIo): string {
  if (flags.json) return `${renderJson(comparison)}\n`;
  if (flags.csv) return renderCsv(comparison);
  if (flags.markdown) return renderMarkdown(comparison);
  return renderText(comparison, { style: styleFor(io) });
}

/** `int4.npy: kl.mean is 0.0312, over 0.02 by 0.0112 (gate "kl.mean > 0.02")`. */
function failureText({ gate, candidate, value }: GateFailure): string {
  const { path, comparator, limit } = gate;
  const side = comparator.startsWith(">") ? "over" : "under";
  const by = Math.abs(value - limit);
  const how = Number.isNaN(value)
    ? "which passes no gate"
    : by === 0
      ? "which is the limit"
      : `${side} ${limit} by ${formatNumber(by)}`;
  return escapeControls(
    `kullback: gate failed: ${candidate}: ${path} is ${formatNumber(value)}, ${how} ("${path} ${comparator} ${limit}")`,
  );
}

function readVocabularyFile(path: string): string[] {
  return readVocabulary(readText(path), path);
}

function readLines(path: string): string[] {
  return readText(path)
    .replace(/\r?\n$/, "")
    .split(/\r?\n/);
}

function readText(path: string): string {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new KullbackError(`${path}: cannot be read (${reason})`);
  }
  if (text.includes("\0")) throw new KullbackError(`${path}: is no text file`);
  return text;
}
