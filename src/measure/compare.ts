import { KullbackError } from "../errors.js";
import { type RowReader, rowsOf } from "../io/index.js";
import type { From } from "../kernels/index.js";
import { compareRows } from "./compareRows.js";
import type { CandidateSummary, Comparison, Unit } from "./comparison.js";
import { guessFrom, sumTolerance } from "./guessFrom.js";
import { type CompareInput, type Input, openInput } from "./inputs.js";
import { readLabels } from "./labels.js";
import { lookAt } from "./look.js";

/** Options of {@link compare}. */
export interface CompareOptions {
  /** What the values are. Default `auto`: look at them, and refuse what is ambiguous. */
  from?: From | "auto";
  /** The axis, or axes, that make up a row. Default -1, the last one. */
  dim?: number | readonly number[];
  /** The correct class of every row, as integers; negative ones are ignored. Adds perplexity and Δp. */
  labels?: CompareInput;
  /** How many of the worst rows to list. Default 5. */
  worst?: number;
  /** The base of the logarithm, so the unit of KL and JS: nats, bits or hartleys. Default `e`. */
  base?: "e" | 2 | 10;
  /** Stops the comparison between two blocks of rows; the promise rejects with its reason. */
  signal?: AbortSignal;
  /** Called every few megabytes. */
  onProgress?: (progress: CompareProgress) => void;
}

/** How far a comparison has come. */
export interface CompareProgress {
  rows: number;
  totalRows: number;
  /** Bytes of the reference and all candidates together. */
  bytes: number;
  totalBytes: number;
}

const units: Readonly<Record<"e" | 2 | 10, { name: Unit; nats: number }>> = {
  e: { name: "nats", nats: 1 },
  2: { name: "bits", nats: Math.LN2 },
  10: { name: "hartleys", nats: Math.LN10 },
};

/**
 * Says how far candidate distributions Q are from a reference P, row by row: the distribution of KL(P‖Q),
 * KL(Q‖P), Jensen–Shannon and total variation over rows, agreement of the largest class, the worst rows.
 *
 * Files are read in blocks, once each, so memory does not grow with their size but for 32 bytes a row and
 * candidate, which exact quantiles take. Rows that are no distributions are left out and listed. Arithmetic
 * is float64 and sums over rows are exact.
 *
 * @example
 * const { candidates } = await compare("base.npy", ["int8.npy", "int4.npy"]);
 * for (const { name, measures } of candidates) console.log(name, measures.kl.mean, measures.kl.stderr);
 *
 * @param reference - P: a path, a Blob, an array in memory, …; see {@link CompareInput}.
 * @param candidates - One Q or several, of the reference's shape.
 * @throws {@link KullbackError} when a file cannot be read, shapes differ, it is not clear what the values
 *   are, labels do not fit, or no row can be compared.
 */
export async function compare(
  reference: CompareInput,
  candidates: CompareInput | readonly CompareInput[],
  options: CompareOptions = {},
): Promise<Comparison> {
  const opened: Input[] = [];
  const open = async (input: CompareInput, role: string) => {
    const result = await openInput(input, role);
    opened.push(result);
    return result;
  };
  try {
    const p = await open(reference, "reference");
    const qs: Input[] = [];
    for (const [i, candidate] of listOf(candidates).entries())
      qs.push(await open(candidate, `candidate ${i + 1}`));
    const labels = options.labels === undefined ? undefined : await open(options.labels, "labels");
    return await compareInputs(p, qs, labels, options);
  } finally {
    for (const input of opened) await input.close();
  }
}

async function compareInputs(
  p: Input,
  qs: readonly Input[],
  labelInput: Input | undefined,
  options: CompareOptions,
): Promise<Comparison> {
  const { worst = 5, base = "e", signal, onProgress } = options;
  const dims = listOf(options.dim ?? -1);
  checkShapes(p, qs);
  const readers = [p, ...qs].map(({ array }) => rowsOf(array, dims));
  const { rows, classes } = readers[0];
  if (rows === 0 || classes === 0)
    throw new KullbackError(`${p.array.name}: holds no rows, its shape is ${shapeOf(p)}`);
  const labels = labelInput && (await readLabels(labelInput, rows, classes));
  const { from, found } = await settleFrom(options.from ?? "auto", [p, ...qs], readers);
  const tolerance = Math.max(...readers.map(({ dtype }) => sumTolerance(from, dtype)));
  const totalBytes = [p, ...qs].reduce((sum, { array }) => sum + array.byteLength, 0);

  const accumulators = await compareRows(readers[0], readers.slice(1), {
    from,
    tolerance,
    labels,
    worst,
    signal,
    onRows: (done) =>
      onProgress?.({ rows: done, totalRows: rows, bytes: (totalBytes * done) / rows, totalBytes }),
  });
  const { name, nats } = units[base];
  const summaries = accumulators.map((it, i) => it.summary(qs[i].summary, nats, labels !== undefined));
  summaries.forEach(checkSomethingCompared);
  const rank = p.array.shape.length;
  const dim = dims.map((axis) => (axis < 0 ? axis + rank : axis)).sort((a, b) => a - b);
  return {
    schema: "kullback.compare/1",
    reference: p.summary,
    from,
    found,
    dim,
    rows,
    classes,
    unit: name,
    candidates: summaries,
  };
}

/** Candidates and axes may be given alone or in a list. */
function listOf<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? value : [value as T];
}

function shapeOf({ array }: Input): string {
  return `[${array.shape.join(", ")}]`;
}

function checkShapes(p: Input, qs: readonly Input[]): void {
  if (qs.length === 0) throw new KullbackError("compare: wanted at least one candidate, got none");
  for (const q of qs) {
    if (shapeOf(q) === shapeOf(p)) continue;
    throw new KullbackError(
      `${q.array.name}: has the shape ${shapeOf(q)}, but the reference ${p.array.name} has ${shapeOf(p)}`,
    );
  }
}

const names = { logits: "logits", probs: "probabilities", logProbs: "log-probabilities" } as const;

/** What the values are: as told, or as found in all inputs. */
async function settleFrom(
  from: From | "auto",
  inputs: readonly Input[],
  readers: readonly RowReader[],
): Promise<{ from: From; found: string | null }> {
  if (from !== "auto") return { from, found: null };
  let first: { from: From; found: string } | undefined;
  for (const [i, reader] of readers.entries()) {
    const { name } = inputs[i].array;
    const guess = guessFrom(await lookAt(reader), reader.dtype);
    if (guess.from === null) {
      throw new KullbackError(
        `${name}: it is not clear whether these are logits or probabilities (${guess.found}); say --from logits, ` +
          "--from probs or --from log-probs",
      );
    }
    first ??= { from: guess.from, found: guess.found };
    if (guess.from !== first.from) {
      throw new KullbackError(
        `${name}: holds ${names[guess.from]} (${guess.found}), but the reference ${inputs[0].array.name} holds ` +
          `${names[first.from]} (${first.found}); both must be the same kind`,
      );
    }
  }
  return first as { from: From; found: string };
}

function checkSomethingCompared({ name, rows, excluded }: CandidateSummary): void {
  if (rows > 0) return;
  const reasons = excluded
    .map(({ side, reason, count }) => `${count} for "${reason}" in the ${side}`)
    .join(", ");
  throw new KullbackError(`${name}: none of its rows can be compared (left out: ${reasons})`);
}
