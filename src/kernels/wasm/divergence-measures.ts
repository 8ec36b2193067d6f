// How the kernels of assembly/rows/general/measures.ts know a measure.

import { type Measure, type RowMeasure, rowMeasure as referenceMeasure } from "../divergence/index.js";

/** Codes of summands, as in assembly/rows/general/summands.ts and measures.ts. */
const codes = {
  kl: 0,
  reverseKl: 1,
  jeffreys: 2,
  generalizedJs: 3,
  skewKl: 4,
  totalVariation: 5,
  hellinger: 6,
  chi2: 7,
  unsupported: 8,
  power: 9,
  largestRatio: 10,
};

/** What a measure is of x = factor · Σ h: x itself, its root, or the Rényi divergence −log(1 − x)/(1 − order). */
const finishes = { itself: 0, root: 1, renyi: 2 };

/** A measure as a function of factor · Σ h. */
interface KernelMeasure {
  readonly code: number;
  /** β, λ or the order. */
  readonly weight?: number;
  readonly factor?: number;
  readonly finish?: keyof typeof finishes;
  /** ∂h/∂p where p = 0 < q, if that is finite, and ∂h/∂q where q = 0 < p. */
  readonly edges?: { readonly p?: number; readonly q?: number };
}

/** The numbers that stand for a measure in the kernels' memory. */
export const MEASURE_NUMBERS = 6;

function numbersOf(measure: KernelMeasure): readonly number[] {
  const {
    code,
    weight = 0,
    factor = 1,
    finish = "itself",
    edges: { p = -Infinity, q = -Infinity } = {},
  } = measure;
  return [code, weight, factor, finishes[finish], p, q];
}

const kl = { code: codes.kl };
const reverseKl = { code: codes.reverseKl };
const chi2 = { code: codes.chi2, edges: { p: -2 } };

/** The measures without parameter. */
const plain: Partial<Record<Measure, KernelMeasure>> = {
  kl,
  "reverse-kl": reverseKl,
  jeffreys: { code: codes.jeffreys },
  js: { code: codes.generalizedJs, weight: 0.5 },
  "js-distance": { code: codes.generalizedJs, weight: 0.5, finish: "root" },
  tv: { code: codes.totalVariation, edges: { p: -0.5, q: -0.5 } },
  hellinger: { code: codes.hellinger, factor: 0.25, finish: "root" },
  chi2,
};

/** Power divergences; none for orders so close to 0, or so large, that the kernel's numbers would not hold them. */
function power(order: number): KernelMeasure | undefined {
  if (order === 0) return reverseKl;
  if (order === 0.5) return { code: codes.hellinger };
  if (order === 1) return kl;
  if (order === 2) return { ...chi2, factor: 0.5 };
  if (!(Math.abs(order) > 1e-300 && Math.abs(order) < 1e300)) return undefined;
  const edges = { p: order > 1 ? 1 / (1 - order) : undefined, q: order < 0 ? 1 / order : undefined };
  return { code: codes.power, weight: order, edges };
}

function renyi(order: number): KernelMeasure | undefined {
  if (order === 1) return kl;
  if (order === 0) return { code: codes.unsupported, finish: "renyi", edges: { q: 0 } };
  if (order === Infinity) return { code: codes.largestRatio, edges: { p: 0 } };
  const sum = power(order);
  return sum && { ...sum, weight: order, factor: order * (1 - order) * (sum.factor ?? 1), finish: "renyi" };
}

function withParameter(name: Measure, order = 1, weight = 0): KernelMeasure | undefined {
  if (name === "alpha") return power(order);
  if (name === "renyi") return renyi(order);
  if (weight === 0) return kl;
  if (name === "gjs") return weight === 1 ? reverseKl : { code: codes.generalizedJs, weight };
  const skewed = { code: codes.skewKl, weight, edges: { q: -(1 - weight) * ((1 - weight) / weight) } };
  return weight === 1 ? undefined : skewed;
}

const parameters = new WeakMap<RowMeasure, KernelMeasure>();

/** See `rowMeasure` in ../divergence; measures made here keep their parameters where the kernels find them. */
export function rowMeasure(name: Measure, params: { order?: number; weight?: number } = {}): RowMeasure {
  const measure = { ...referenceMeasure(name, params) };
  const kernel = plain[name] ?? withParameter(name, params.order, params.weight);
  if (kernel) parameters.set(measure, kernel);
  return measure;
}

/** The numbers of a measure; undefined if there is no kernel for it. */
export function kernelMeasure(measure: RowMeasure): readonly number[] | undefined {
  const kernel = plain[measure.name] ?? parameters.get(measure);
  return kernel && numbersOf(kernel);
}

/** Whether a measure is KL, by whatever name. */
export function isKl(measure: RowMeasure): boolean {
  return kernelMeasure(measure)?.[0] === codes.kl;
}
