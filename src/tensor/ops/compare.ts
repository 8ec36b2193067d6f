import { allocate, elementwise } from "../../kernels/index.js";
import { record } from "../autograd/record.js";
import { type Operand, resultType } from "../promote.js";
import { broadcastShapes, broadcastStrides, numelOf, type Shape } from "../shape.js";
import { type Tensor, wrap } from "../tensor.js";
import { mul } from "./arithmetic.js";
import { sumTo } from "./broadcast.js";
import { to } from "./cast.js";
import { asTensor, mapBinary, mapUnary, promote, recordBinary } from "./pointwise.js";

function comparison(name: string, f: (a: number, b: number) => boolean) {
  return (a: Operand, b: Operand): Tensor => {
    const [x, y] = promote(a, b);
    return mapBinary(name, (p, q) => (f(p, q) ? 1 : 0), x, y, "bool");
  };
}

/** a = b, as `bool`. */
export const eq: (a: Operand, b: Operand) => Tensor = comparison("eq", (a, b) => a === b);
/** a ≠ b, as `bool`. */
export const ne: (a: Operand, b: Operand) => Tensor = comparison("ne", (a, b) => a !== b);
/** a < b, as `bool`. */
export const lt: (a: Operand, b: Operand) => Tensor = comparison("lt", (a, b) => a < b);
/** a ≤ b, as `bool`. */
export const le: (a: Operand, b: Operand) => Tensor = comparison("le", (a, b) => a <= b);
/** a > b, as `bool`. */
export const gt: (a: Operand, b: Operand) => Tensor = comparison("gt", (a, b) => a > b);
/** a ≥ b, as `bool`. */
export const ge: (a: Operand, b: Operand) => Tensor = comparison("ge", (a, b) => a >= b);

/** Where x is NaN, as `bool`. */
export function isnan(x: Tensor): Tensor {
  return mapUnary((a) => (Number.isNaN(a) ? 1 : 0), x, "bool");
}

/** Where x is neither infinite nor NaN, as `bool`. */
export function isfinite(x: Tensor): Tensor {
  return mapUnary((a) => (Number.isFinite(a) ? 1 : 0), x, "bool");
}

/** Where x is 0 or false, as `bool`. */
export function logicalNot(x: Tensor): Tensor {
  return mapUnary((a) => (a === 0 ? 1 : 0), x, "bool");
}

/** Elements of `a` where `condition` (`bool`) holds, else of `b`; all three broadcast. */
export function where(condition: Tensor, a: Operand, b: Operand): Tensor {
  const dtype = resultType([a, b]);
  const chosen = to(condition, "bool");
  const x = asTensor(a, dtype);
  const y = asTensor(b, dtype);
  const shape = broadcastShapes("where", broadcastShapes("where", x.shape, y.shape), chosen.shape);
  const array = allocate(dtype, numelOf(shape));
  const as = (t: Tensor) => ({
    array: t.array,
    offset: t.offset,
    strides: broadcastStrides(t.shape, t.strides, shape),
  });
  elementwise.select(shape, as(chosen), as(x), as(y), array);
  const back = (keep: boolean, from: Shape) => (g: Tensor) =>
    sumTo(keep ? where(chosen, g, 0) : where(chosen, 0, g), from);
  return record(
    wrap(array, dtype, shape),
    "WhereBackward",
    [x, y],
    [back(true, x.shape), back(false, y.shape)],
    [chosen],
  );
}

/** 1 where the pair is ordered as `f` asks, ½ where it is equal, 0 elsewhere, in x's dtype. */
function share(f: (a: number, b: number) => boolean, x: Tensor, y: Tensor): Tensor {
  return mapBinary("share", (a, b) => (f(a, b) ? 1 : a === b ? 0.5 : 0), x, y, x.dtype);
}

/** The larger of a and b; NaN if either is. Equal elements share the gradient. */
export function maximum(a: Operand, b: Operand): Tensor {
  const [x, y] = promote(a, b);
  const out = mapBinary("maximum", Math.max, x, y, x.dtype);
  return recordBinary(
    out,
    "MaximumBackward",
    x,
    y,
    [
      (g) =>
        mul(
          g,
          share((p, q) => p > q, x, y),
        ),
      (g) =>
        mul(
          g,
          share((p, q) => p < q, x, y),
        ),
    ],
    [x, y],
  );
}

/** The smaller of a and b; NaN if either is. Equal elements share the gradient. */
export function minimum(a: Operand, b: Operand): Tensor {
  const [x, y] = promote(a, b);
  const out = mapBinary("minimum", Math.min, x, y, x.dtype);
  return recordBinary(
    out,
    "MinimumBackward",
    x,
    y,
    [
      (g) =>
        mul(
          g,
          share((p, q) => p < q, x, y),
        ),
      (g) =>
        mul(
          g,
          share((p, q) => p > q, x, y),
        ),
    ],
    [x, y],
  );
}

/** x limited to [min, max]; either bound may be left out. The gradient passes where x is within them. */
export function clamp(x: Tensor, min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY): Tensor {
  const dtype = resultType([x, ...[min, max].filter(Number.isFinite)]);
  const y = to(x, dtype);
  const out = mapUnary((a) => Math.min(Math.max(a, min), max), y, dtype);
  const within = (g: Tensor) =>
    where(
      mapUnary((a) => (a >= min && a <= max ? 1 : 0), y, "bool"),
      g,
      0,
    );
  return record(out, "ClampBackward", [y], [within], [y]);
}
