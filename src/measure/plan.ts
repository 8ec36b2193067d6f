import { KullbackError } from "../errors.js";
import { baseFactor, type RowMeasure, rowMeasure } from "../kernels/index.js";
import { type ComparedMeasure, comparedMeasures } from "./comparison.js";

/**
 * What `measures` of a comparison may name: measures (Rényi's with its order, `renyi:0.5`), and `entropy`
 * (both entropies and the cross-entropy), `top-k` (the overlap of the k likeliest classes, k = 1…10) and
 * `rank` (of the reference's top class in the candidate).
 */
export type MeasureName =
  | Exclude<ComparedMeasure, "renyi">
  | `renyi:${number}`
  | "entropy"
  | "top-k"
  | "rank";

/** What is compared unless one says otherwise; `kl` always is. */
export const defaultMeasures: readonly MeasureName[] = ["kl", "reverse-kl", "js", "tv"];

/** A measure to compute of each row. */
export interface PlannedMeasure {
  /** Its key in a summary: `kl`, `renyi-0.5`. */
  readonly key: string;
  readonly name: ComparedMeasure;
  readonly measure: RowMeasure;
}

/** What to compute of each row. */
export interface Plan {
  /** `kl` first, then in the order of `comparedMeasures`. */
  readonly measures: readonly PlannedMeasure[];
  readonly entropy: boolean;
  /** The largest k of the overlap of the k likeliest classes, 0 for none. */
  readonly topOverlap: number;
  readonly rank: boolean;
  /** Whether llama.cpp's numbers are computed too, and whether of logits of P, which have to be normalised. */
  readonly llamaCpp: { readonly normalise: boolean } | undefined;
}

const extras = ["entropy", "top-k", "rank"];
const wanted = [...comparedMeasures.map((name) => (name === "renyi" ? "renyi:α" : name)), ...extras];

/**
 * Plans the computation of what `names` ask for, of rows of `classes` classes.
 *
 * @throws KullbackError that lists what there is for an unknown name, and for a bad order.
 */
export function planOf(names: readonly string[], classes: number, llamaCpp?: Plan["llamaCpp"]): Plan {
  const measures = new Map<string, PlannedMeasure>();
  for (const name of ["kl", ...names]) {
    if (extras.includes(name)) continue;
    const measure = plannedMeasure(name);
    measures.set(measure.key, measure);
  }
  const place = ({ name }: PlannedMeasure) => comparedMeasures.indexOf(name);
  return {
    measures: [...measures.values()].sort((a, b) => place(a) - place(b)),
    entropy: names.includes("entropy"),
    topOverlap: names.includes("top-k") ? Math.min(10, classes) : 0,
    rank: names.includes("rank"),
    llamaCpp,
  };
}

function plannedMeasure(text: string): PlannedMeasure {
  const [name, parameter] = text.split(":");
  if (!isMeasure(name)) {
    throw new KullbackError(`compare: unknown measure "${text}"; there are ${wanted.join(", ")}`);
  }
  if (name !== "renyi") {
    if (parameter !== undefined)
      throw new KullbackError(`compare: measure "${name}" takes no parameter, got "${text}"`);
    return { key: name, name, measure: rowMeasure(name) };
  }
  const order = parameter === "inf" ? Infinity : Number(parameter || Number.NaN);
  if (!(order >= 0)) {
    throw new KullbackError(
      `compare: Rényi's divergence needs an order from 0 to inf, such as renyi:0.5, got "${text}"`,
    );
  }
  return { key: `renyi-${parameter === "inf" ? "inf" : order}`, name, measure: rowMeasure(name, { order }) };
}

function isMeasure(name: string): name is ComparedMeasure {
  return (comparedMeasures as readonly string[]).includes(name);
}

/** What a measure in nats is divided by to be in the unit of `base`: 1 for measures without logarithm. */
export function unitOf(name: ComparedMeasure, base: "e" | 2 | 10): number {
  return base === "e" ? 1 : baseFactor(name, base) === 1 ? 1 : Math.log(base);
}
