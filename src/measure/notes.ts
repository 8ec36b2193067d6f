import type { From } from "../kernels/index.js";
import type { CandidateSummary, Comparison } from "./comparison.js";
import type { Input } from "./inputs/index.js";
import type { CompareOptions } from "./options.js";

/** Below so many clusters a reader should know how few they are. */
const fewClusters = 6;

/** What was seen of the inputs. */
export interface Seen {
  /** The reference first, then all others. */
  readonly inputs: readonly Input[];
  /** What each holds. */
  readonly kinds: readonly From[];
  /** The file whose format gave labels or places. */
  readonly origin: string | undefined;
  /** Candidates that are not clearly farther than the null control. */
  readonly withinFloor: readonly number[];
}

/** What a reader must know of a comparison to take its numbers for what they are, one sentence each. */
export function notesOf(
  comparison: Omit<Comparison, "notes">,
  seen: Seen,
  options: CompareOptions,
): string[] {
  return [
    ...boundNotes(comparison, seen),
    ...inputNotes(seen),
    ...llamaCppNotes(comparison, seen),
    ...resultNotes(comparison, seen, options),
  ];
}

const kindWords = { logits: "logits", probs: "probabilities", logProbs: "log-probabilities" } as const;

/** What is said of lower bounds. */
function boundNotes({ bound, candidates }: Omit<Comparison, "notes">, { inputs }: Seen): string[] {
  if (bound === "exact") return [];
  const likeliest = inputs.slice(1).flatMap(({ file }) => (file.kind === "top-k" ? [file.reader.k] : []));
  const notes = [
    "Divergences and entropies are lower bounds: of each row the likeliest classes that both sides list are " +
      "compared, and all the rest as one more; the whole rows differ by at least as much.",
  ];
  if (new Set(likeliest).size > 1) {
    notes.push(
      `Candidates list different numbers of likeliest classes (${[...new Set(likeliest)].join(", ")}): a bound from ` +
        "fewer classes tends to be lower, so their ranking is no ranking of the models.",
    );
  }
  for (const { name, labels } of candidates) {
    if (labels === null || labels.ignored === 0) continue;
    notes.push(
      `Perplexity and Δp of ${name} are over the ${labels.rows} rows whose label both sides list, and so look ` +
        "better than they are.",
    );
  }
  return notes;
}

/** What formats say, and what was taken from them. */
function inputNotes({ inputs, kinds, origin }: Seen): string[] {
  const notes = inputs.flatMap(({ name, file }) => file.notes.map((note) => `${name}: ${note}.`));
  const others = inputs.filter(({ file }, i) => file.kind === "dense" && kinds[i] !== kinds[0]);
  if (others.length > 0 && inputs[0].file.kind === "dense") {
    const kind = kindWords[kinds[inputs.indexOf(others[0])]];
    const names = others.map(({ name }) => name).join(", ");
    notes.push(
      `${names} ${others.length === 1 ? "holds" : "hold"} ${kind} and the reference ${kindWords[kinds[0]]}; all were ` +
        "normalised.",
    );
  }
  if (origin !== undefined) notes.push(`Labels, chunks and positions are those of the tokens in ${origin}.`);
  return notes;
}

/** From so many rows on llama.cpp prints its block. */
const fewestRows = 100;

/** How llama.cpp's own run may differ from the block. */
function llamaCppNotes({ convention, candidates }: Omit<Comparison, "notes">, { inputs }: Seen): string[] {
  if (convention !== "llama.cpp") return [];
  const [reference, ...others] = inputs;
  const notes: string[] = [];
  const few = candidates.find(({ rows }) => rows < fewestRows);
  if (few !== undefined) {
    notes.push(
      `llama.cpp prints its block from ${fewestRows} rows on; of ${few.name} there are ${few.rows}.`,
    );
  }
  if (reference.file.format !== "llama.cpp") {
    notes.push(
      `${reference.name} is no _logits_ file: its values were not rounded to 16 bits and clamped, as llama.cpp's are, ` +
        "so its numbers differ a little.",
    );
  }
  for (const { name, file } of others) {
    if (file.format !== "llama.cpp") continue;
    notes.push(
      `${name} is a _logits_ file too, rounded to 16 bits and clamped; llama.cpp compares with a live model, so its ` +
        "numbers differ a little.",
    );
  }
  return notes;
}

function resultNotes(
  { candidates, clusters, reference, floor }: Omit<Comparison, "notes">,
  { withinFloor }: Seen,
  options: CompareOptions,
): string[] {
  const notes: string[] = [];
  for (const i of withinFloor) {
    notes.push(
      `${candidates[i].name} lies within the floor: its KL is not clearly above that of ${floor?.name}, another ` +
        "run of the reference.",
    );
  }
  if (clusters !== null && clusters.count < fewClusters) {
    notes.push(
      `There ${clusters.count === 1 ? "is" : "are"} only ${clusters.count} of the clusters that standard errors ` +
        "and intervals are made of, so these are rough.",
    );
  }
  if (new Set(candidates.map(excludedRows)).size > 1) {
    notes.push(
      "The rows left out are not the same for all candidates, so their means are over different rows; " +
        "differences are over the rows that both have.",
    );
  }
  if (options.allowMismatch?.includes("tokens")) {
    const others = candidates.filter(
      ({ tokens }) => tokens !== null && reference.tokens !== null && tokens !== reference.tokens,
    );
    for (const { name } of others) {
      notes.push(`${name} was computed on other tokens than the reference, which was allowed.`);
    }
  }
  return notes;
}

function excludedRows({ excluded }: CandidateSummary): string {
  return JSON.stringify(excluded.map(({ count, first }) => [count, first]));
}
