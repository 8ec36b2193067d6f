// How the kernels of assembly/rows/measures.ts know a measure.

import { type Measure, type RowMeasure, rowMeasure as referenceMeasure } from "../divergence/index.js";

/** Codes of summands, as in assembly/rows/summands.ts. */
const codes = {
  kl: 0,
  reverseKl: 1,
  jeffreys: 2,
  generalizedJs: 3,
  skewKl: 4,
  totalVariation: 5,
  hellinger: 6,
  chi2: 7,
};

/** A measure as factor · Σ h, or its square root. */
interface KernelMeasure {
  readonly code: number;
  /** β or λ. */
  readonly weight?: number;
  readonly factor?: number;
  readonly root?: boolean;
}

/** The numbers that stand for a measure in the kernels' memory. */
export const MEASURE_NUMBERS = 4;

function numbersOf({ code, weight = 0, factor = 1, root = false }: KernelMeasure): readonly number[] {
  return [code, weight, factor, root ? 1 : 0];
}

const kl = { code: codes.kl };
const reverseKl = { code: codes.reverseKl };

/** The measures without parameter. */
const plain: Partial<Record<Measure, KernelMeasure>> = {
  kl,
  "reverse-kl": reverseKl,
  jeffreys: { code: codes.jeffreys },
  js: { code: codes.generalizedJs, weight: 0.5 },
  "js-distance": { code: codes.generalizedJs, weight: 0.5, root: true },
  tv: { code: codes.totalVariation },
  hellinger: { code: codes.hellinger, factor: 0.25, root: true },
  chi2: { code: codes.chi2 },
};

/** The orders of power divergences that have a kernel. */
const powers = new Map<number, KernelMeasure>([
  [0, reverseKl],
  [0.5, { code: codes.hellinger }],
  [1, kl],
  [2, { code: codes.chi2, factor: 0.5 }],
]);

function withParameter(name: Measure, order = 1, weight = 0): KernelMeasure | undefined {
  if (name === "alpha") return powers.get(order);
  if (name === "renyi") return order === 1 ? kl : undefined;
  if (weight === 0) return kl;
  if (name === "gjs") return weight === 1 ? reverseKl : { code: codes.generalizedJs, weight };
  return weight === 1 ? undefined : { code: codes.skewKl, weight };
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
