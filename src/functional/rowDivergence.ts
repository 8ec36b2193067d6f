import { KullbackError } from "../errors.js";
import {
  allocateUnset,
  divergenceRows,
  divergenceRowsBackward,
  divergenceRowsHessian,
  type FloatArray,
  fusesGradients,
  type RowMeasure,
  type RowOptions,
  type RowProblem,
} from "../kernels/index.js";
import { isGradEnabled, leaf, once, record, type Tensor } from "../tensor/index.js";

/** What stays the same from the value of a divergence to its derivatives. */
interface Setting {
  readonly measure: RowMeasure;
  readonly options: RowOptions;
  readonly p: Tensor;
  readonly q: Tensor;
  /** The upstream gradient that is expected of every row. */
  readonly expected: number;
  /** The gradients that came along with the values: those of each row's divergence, times `expected`. */
  slopes: Sides;
}

/** A tensor for each side, or for one of them. */
interface Sides {
  readonly p?: Tensor;
  readonly q?: Tensor;
}

const floats = (x: Tensor) => x.data as FloatArray;

const floatsOf = ({ p, q }: Sides) => ({ p: p && floats(p), q: q && floats(q) });

/** A tensor like `x` for a kernel to fill. */
function emptyLike(x: Tensor): Tensor {
  return leaf(allocateUnset(x.dtype, x.numel), x.dtype, x.shape);
}

/**
 * D(Pᵣ, Qᵣ) in nats of packed rows `p` and `q` [rows, n] of one floating-point dtype, as float64 [rows].
 * Differentiable twice in both. `fail` is called with the first row that is no distribution. If the gradient that comes
 * back for every row is the `expected` one, the backward pass has nothing left to do.
 */
export function rowDivergence(
  measure: RowMeasure,
  p: Tensor,
  q: Tensor,
  options: RowOptions,
  expected: number,
  fail: (problem: RowProblem) => never,
): Tensor {
  const [rows, n] = p.shape;
  const values = new Float64Array(rows);
  const fuses = isGradEnabled() && fusesGradients(measure, floats(p), floats(q), n, options);
  const slopes = fuses ? emptyGradients(p, q) : {};
  const arrays = floatsOf(slopes);
  const problem = divergenceRows(measure, floats(p), floats(q), rows, n, options, values, arrays, expected);
  if (problem !== undefined) fail(problem);
  const setting: Setting = { measure, options, p, q, expected, slopes };
  const gradients = once((upstream: Tensor) => rowGradients(setting, upstream));
  return record(
    leaf(values, "float64", [rows]),
    "DivergenceBackward",
    [p, q],
    [(g) => gradients(g).p!, (g) => gradients(g).q!],
    [p, q],
    Object.values(slopes),
  );
}

/** Room for the gradients of the sides that require one. */
function emptyGradients(p: Tensor, q: Tensor): Sides {
  return {
    ...(p.requiresGrad && { p: emptyLike(p) }),
    ...(q.requiresGrad && { q: emptyLike(q) }),
  };
}

/** Gradients of Σ upstream[r]·D(Pᵣ, Qᵣ) with respect to those rows that require one. */
function rowGradients(setting: Setting, upstream: Tensor): Sides {
  const { p: gp, q: gq } = isExpected(setting, upstream) ? surrendered(setting) : scaled(setting, upstream);
  return {
    p: gp && recordGradient(setting, upstream, gp, (direction) => ({ vp: direction })),
    q: gq && recordGradient(setting, upstream, gq, (direction) => ({ vq: direction })),
  };
}

/** Whether the gradients that came along with the values are still there and are the wanted ones. */
function isExpected({ slopes, expected }: Setting, upstream: Tensor): boolean {
  if (slopes.p === undefined && slopes.q === undefined) return false;
  const isUniform = upstream.strides.every((stride) => stride === 0);
  return isUniform
    ? upstream.array[upstream.offset] === expected
    : upstream.data.every((x) => x === expected);
}

/** The gradients that came along with the values; a second walk through the graph has to compute them anew. */
function surrendered(setting: Setting): Sides {
  const { p, q } = setting.slopes;
  setting.slopes = {};
  const own = (x: Tensor) => leaf(x.storage.surrender(), x.dtype, x.shape);
  return { p: p && own(p), q: q && own(q) };
}

function scaled(setting: Setting, upstream: Tensor): Sides {
  const { measure, options, p, q, slopes, expected } = setting;
  const [rows, n] = p.shape;
  const gradients = emptyGradients(p, q);
  const { p: gp, q: gq } = floatsOf(gradients);
  const [x, y, known] = [floats(p), floats(q), floatsOf(slopes)];
  const given = floats(upstream);
  divergenceRowsBackward(measure, x, y, rows, n, options, given, gp, gq, known, expected);
  return gradients;
}

interface Direction {
  readonly vp?: Tensor;
  readonly vq?: Tensor;
}

/** Puts a gradient on the tape: it depends on both rows and, linearly, on `upstream`. */
function recordGradient(
  setting: Setting,
  upstream: Tensor,
  gradient: Tensor,
  direct: (v: Tensor) => Direction,
): Tensor {
  const { p, q } = setting;
  const products = once((v: Tensor) => hessianProducts(setting, upstream, direct(v)));
  return record(
    gradient,
    "DivergenceGradientBackward",
    [p, q, upstream],
    [(v) => products(v).p, (v) => products(v).q, (v) => products(v).upstream],
    [p, q, upstream],
  );
}

/** The derivative of the gradients in a direction, which by symmetry is the gradient of their product with it. */
function hessianProducts(setting: Setting, upstream: Tensor, { vp, vq }: Direction) {
  const { measure, options, p, q } = setting;
  const [rows, n] = p.shape;
  const hp = emptyLike(p);
  const hq = emptyLike(q);
  const along = leaf(new Float64Array(rows), "float64", [rows]);
  divergenceRowsHessian(
    measure,
    floats(p),
    floats(q),
    rows,
    n,
    options,
    floats(upstream),
    vp && floats(vp),
    vq && floats(vq),
    floats(hp),
    floats(hq),
    along.data as Float64Array,
  );
  const inputs = [p, q, upstream, vp ?? vq].filter((input) => input !== undefined);
  const last = (x: Tensor) =>
    record(
      x,
      "DivergenceHessianBackward",
      inputs,
      inputs.map(() => noThirdDerivative),
    );
  return { p: last(hp), q: last(hq), upstream: last(along) };
}

function noThirdDerivative(): never {
  throw new KullbackError("divergence: third derivatives are not available; it is differentiable twice");
}
