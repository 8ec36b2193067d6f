import { KullbackError } from "../errors.js";
import {
  type Base,
  baseFactor,
  type From,
  isFloat,
  type Measure,
  type RowOptions,
  type RowProblem,
  rowMeasure,
} from "../kernels/index.js";
import {
  broadcastShapes,
  checkTensors,
  type Dims,
  describeShape,
  div,
  expand,
  indexSelect,
  mul,
  normalizeDims,
  numelOf,
  permute,
  promoteTypes,
  reshape,
  type Shape,
  sum,
  type Tensor,
  tensor,
  to,
  where,
} from "../tensor/index.js";
import { rowDivergence } from "./rowDivergence.js";

/** Options of {@link divergence}. */
export interface DivergenceOptions {
  /** Which divergence; default `"kl"`. */
  measure?: Measure;
  /** α of `renyi` (≥ 0, ∞ included) and `alpha` (any finite number). */
  order?: number;
  /** β of `gjs`, λ of `skew-kl`, from 0 to 1. */
  weight?: number;
  /** What the numbers are; default `"logits"`. Log-probabilities and probabilities must sum to 1. */
  from?: From;
  /** `"sum"` divides probabilities by their sum instead of asking that it be 1. */
  normalize?: "sum";
  /** The axis of classes, or several that make one distribution together (a map); default −1. */
  dim?: Dims;
  /** One number a row, or their mean (default) or sum. */
  reduction?: "none" | "mean" | "sum";
  /** Base of the logarithm: `"e"` (nats, default), 2 (bits), 10, …; `tv`, `hellinger`, `chi2` and `alpha` have none. */
  base?: Base;
  /** Divides logits before they are normalised; default 1. */
  temperature?: number;
  /** `bool`, broadcast to the inputs: classes where it is false are left out of both distributions. */
  mask?: Tensor;
  /** Weights ≥ 0 of the rows, broadcast to their shape, for `mean` and `sum`. Rows of weight 0 are not looked at. */
  weights?: Tensor;
}

/** p and q packed as [rows, classes], and the shape of the rows. */
interface Rows {
  p: Tensor;
  q: Tensor;
  shape: Shape;
}

/**
 * The divergence of Q from P, D(P ‖ Q): how badly q serves in place of p.
 *
 * Never negative, exactly 0 for equal rows, accurate in relative terms however close the rows are, +∞
 * where the mathematics says so. Differentiable twice in both arguments.
 *
 * - `kl` Σ p log(p/q), `reverse-kl` Σ q log(q/p), `jeffreys` their sum
 * - `js` ½KL(P‖M) + ½KL(Q‖M) with M = ½(P + Q); `js-distance` its square root
 * - `gjs` β·KL(P‖M) + (1−β)·KL(Q‖M) with M = βP + (1−β)Q; β = 0 is KL(P‖Q), β = 1 KL(Q‖P)
 * - `skew-kl` KL(P ‖ λP + (1−λ)Q)
 * - `tv` ½ Σ |p − q|, `hellinger` √(½ Σ (√p − √q)²), `chi2` Σ (p − q)²/q
 * - `renyi` log Σ p^α q^(1−α) / (α − 1), `alpha` (Σ p^α q^(1−α) − 1) / (α(α − 1)), with their limits
 *
 * Reference for the family: I. Sason and S. Verdú, "f-Divergence Inequalities", IEEE Trans. Inf. Theory 62 (2016).
 *
 * @param p - The reference distribution: logits unless `from` says otherwise, floating point.
 * @param q - The other distribution, of a shape that broadcasts with p's.
 * @returns Nats (see `base`), in the wider dtype of p and q: a number, or with `reduction: "none"` one for
 *   each row, of the shape without `dim`.
 * @throws KullbackError for NaN, +∞, negative probabilities, rows that do not sum to 1 or have no class.
 */
export function divergence(p: Tensor, q: Tensor, options: DivergenceOptions = {}): Tensor {
  const { measure = "kl", order, weight, reduction = "mean", base = "e" } = options;
  if (!["none", "mean", "sum"].includes(reduction)) {
    throw new KullbackError(
      `divergence: reduction must be "none", "mean" or "sum", got ${String(reduction)}`,
    );
  }
  const rowOptions = checkRowOptions(options);
  const chosen = rowMeasure(measure, { order, weight });
  const factor = baseFactor(measure, base);
  const dtype = commonDType(p, q);
  const rows = asRows(to(p, dtype), to(q, dtype), options);
  const kept = keptRows(rows, options);
  // As the operations below will make it of a gradient of 1.
  const count = reduction === "mean" && kept === undefined ? rows.p.shape[0] : 1;
  const expected = (1 / count) * factor;
  const values = rowDivergence(
    chosen,
    pick(rows.p, kept),
    pick(rows.q, kept),
    rowOptions,
    expected,
    (problem) => fail(problem, kept?.rows[problem.row] ?? problem.row, rows.shape),
  );
  const scaled = factor === 1 ? values : mul(values, factor);
  return to(reduceRows(scaled, reduction, rows.shape, kept), dtype);
}

function checkRowOptions({ from = "logits", normalize, temperature, mask }: DivergenceOptions): RowOptions {
  if (!["logits", "probs", "logProbs"].includes(from)) {
    throw new KullbackError(`divergence: from must be "logits", "probs" or "logProbs", got ${String(from)}`);
  }
  if (normalize !== undefined && normalize !== "sum") {
    throw new KullbackError(`divergence: normalize must be "sum" or left out, got ${String(normalize)}`);
  }
  // What a mask leaves of a distribution does not sum to 1.
  return { from, temperature, normalize: mask === undefined ? normalize : "sum" };
}

function commonDType(p: Tensor, q: Tensor) {
  checkTensors("divergence", p, q);
  if (!isFloat(p.dtype) || !isFloat(q.dtype)) {
    throw new KullbackError(`divergence: wanted floating-point tensors, got ${p.dtype} and ${q.dtype}`);
  }
  return promoteTypes(p.dtype, q.dtype);
}

function asRows(p: Tensor, q: Tensor, { dim = -1, from = "logits", mask }: DivergenceOptions): Rows {
  const shape = broadcastShapes("divergence", p.shape, q.shape);
  if (shape.length === 0)
    throw new KullbackError("divergence: wanted an axis of classes, got two single numbers");
  const dims = normalizeDims("divergence", dim, shape.length);
  const kept = shape.map((_, d) => d).filter((d) => !dims.includes(d));
  const order = [...kept, ...dims];
  const rowShape = kept.map((d) => shape[d]);
  const classes = numelOf(dims.map((d) => shape[d]));
  if (classes === 0)
    throw new KullbackError(`divergence: rows have no classes: shape ${describeShape(shape)}`);
  const absent = from === "probs" ? 0 : Number.NEGATIVE_INFINITY;
  const pack = (x: Tensor) => {
    const masked = mask === undefined ? x : where(checkMask(mask, shape), expand(x, shape), absent);
    const full = expand(masked, shape);
    // A view less, where the classes are last already, lets the gradient be handed on without a copy.
    const ordered = order.every((d, i) => d === i) ? full : permute(full, order);
    return reshape(ordered, [numelOf(rowShape), classes]);
  };
  return { p: pack(p), q: pack(q), shape: rowShape };
}

function checkMask(mask: Tensor, shape: Shape): Tensor {
  if (mask.dtype !== "bool")
    throw new KullbackError(`divergence: mask must be a bool tensor, got ${mask.dtype}`);
  return expand(mask, shape);
}

/** The rows of positive weight. */
interface KeptRows {
  rows: readonly number[];
  weights: Tensor;
}

function keptRows({ shape }: Rows, { weights, reduction }: DivergenceOptions): KeptRows | undefined {
  if (weights === undefined) return undefined;
  if (reduction === "none") {
    throw new KullbackError('divergence: weights need reduction "mean" or "sum", got "none"');
  }
  const all = expand(weights, shape).data;
  const rows: number[] = [];
  all.forEach((weight, row) => {
    if (!(weight >= 0 && weight < Infinity)) {
      throw new KullbackError(
        `divergence: weights must be finite and not negative, got ${weight} for row ${row}`,
      );
    }
    if (weight > 0) rows.push(row);
  });
  return { rows, weights: tensor(Float64Array.from(rows, (row) => all[row])) };
}

function pick(x: Tensor, kept: KeptRows | undefined): Tensor {
  if (kept === undefined || kept.rows.length === x.shape[0]) return x;
  return indexSelect(x, 0, tensor(Int32Array.from(kept.rows)));
}

function reduceRows(
  values: Tensor,
  reduction: "none" | "mean" | "sum",
  shape: Shape,
  kept: KeptRows | undefined,
): Tensor {
  if (reduction === "none") return reshape(values, shape);
  const total = sum(kept === undefined ? values : mul(values, kept.weights));
  if (reduction === "sum") return total;
  if (values.numel === 0) {
    throw new KullbackError(
      `divergence: no rows to average: ${kept === undefined ? `shape ${describeShape(shape)}` : "every weight is 0"}`,
    );
  }
  return div(total, kept === undefined ? values.numel : sum(kept.weights));
}

const advice: Readonly<Record<RowProblem["kind"], string>> = {
  nan: "",
  infinite: "; only −Infinity can stand for a masked class",
  negative: '; pass from: "logits" if these are logits',
  sum: ' instead of 1; pass normalize: "sum" to divide by the sum, or from: "logits"',
  empty: "",
};

function fail({ side, kind, index, value }: RowProblem, row: number, shape: Shape): never {
  const what = kind === "empty" ? "has no class of positive probability" : found(kind, value);
  const at = index === undefined ? "" : ` at class ${index}`;
  const name = shape.length === 0 ? side : `${side}, row ${place(row, shape)}`;
  throw new KullbackError(`divergence: ${name} ${what}${at}${advice[kind]}`);
}

function found(kind: RowProblem["kind"], value: number): string {
  if (kind !== "sum") return kind === "negative" ? `has the negative probability ${value}` : `holds ${value}`;
  const off = Math.abs(value - 1).toPrecision(3);
  return `sums to ${value} (off by ${Number(off)})`;
}

/** A row's index along each axis that counts rows. */
function place(row: number, shape: Shape): string {
  if (shape.length === 1) return `${row}`;
  const indices: number[] = [];
  for (let d = shape.length - 1, rest = row; d >= 0; d--) {
    indices.unshift(rest % shape[d]);
    rest = Math.floor(rest / shape[d]);
  }
  return describeShape(indices);
}
