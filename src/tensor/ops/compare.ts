import { KullbackError } from "../../errors.js";
import { allocate, elementwise } from "../../kernels/index.js";
import { record } from "../autograd/record.js";
import { type Operand, resultType } from "../promote.js";
import { broadcastShapes, broadcastStrides, numelOf, type Shape } from "../shape.js";
import { type Tensor, wrap } from "../tensor.js";
import { mul } from "./arithmetic.js";
import { sumTo } from "./broadcast.js";
import { to } from "./cast.js";
import { asTensor, mapBinary, mapUnary, promote, recordBinary } from "./pointwise.js";

function comparison(name: "eq" | "ne" | "lt" | "le" | "gt" | "ge") {
  return (a: Operand, b: Operand): Tensor => {
    const [x, y] = promote(a, b);
    return mapBinary(name, name, x, y, "bool");
  };
}

/** a = b, as `bool`. */
export const eq: (a: Operand, b: Operand) => Tensor = comparison("eq");
/** a ≠ b, as `bool`. */
export const ne: (a: Operand, b: Operand) => Tensor = comparison("ne");
/** a < b, as `bool`. */
export const lt: (a: Operand, b: Operand) => Tensor = comparison("lt");
/** a ≤ b, as `bool`. */
export const le: (a: Operand, b: Operand) => Tensor = comparison("le");
/** a > b, as `bool`. */
export const gt: (a: Operand, b: Operand) => Tensor = comparison("gt");
/** a ≥ b, as `bool`. */
export const ge: (a: Operand, b: Operand) => Tensor = comparison("ge");

/** Where x is NaN, as `bool`. */
export function isnan(x: Tensor): Tensor {
  return mapBinary("isnan", "ne", x, x, "bool");
}

/** Where x is neither infinite nor NaN, as `bool`. */
export function isfinite(x: Tensor): Tensor {
  return mapUnary("isfinite", x, "bool");
}

/** Where x is 0 or false, as `bool`. */
export function logicalNot(x: Tensor): Tensor {
  return mapUnary("logicalNot", x, "bool");
}

/** Elements of `a` where `condition` (`bool`) holds, else of `b`; all three broadcast. */
export function where(condition: Tensor, a: Operand, b: Operand): Tensor {
  if (condition.dtype !== "bool") {
    throw new KullbackError(`where: expected condition to be a bool tensor, got ${condition.dtype}`);
  }
  const dtype = resultType([a, b]);
  const x = asTensor(a, dtype);
  const y = asTensor(b, dtype);
  const shape = broadcastShapes("where", broadcastShapes("where", x.shape, y.shape), condition.shape);
  const array = allocate(dtype, numelOf(shape));
  const as = (t: Tensor) => ({
    array: t.array,
    offset: t.offset,
    strides: broadcastStrides(t.shape, t.strides, shape),
  });
  elementwise.select(shape, as(condition), as(x), as(y), array);
  const back = (keep: boolean, from: Shape) => (g: Tensor) =>
    sumTo(keep ? where(condition, g, 0) : where(condition, 0, g), from);
  return record(
    wrap(array, dtype, shape),
    "WhereBackward",
    [x, y],
    [back(true, x.shape), back(false, y.shape)],
    [condition],
  );
}

/** 0 where the pair is ordered as `loses` asks, ½ where it is equal, 1 elsewhere (also for NaN), in x's dtype. */
function share(loses: (a: number, b: number) => boolean, x: Tensor, y: Tensor): Tensor {
  return mapBinary("share", (a, b) => (loses(a, b) ? 0 : a === b ? 0.5 : 1), x, y, x.dtype);
}

const less = (a: number, b: number) => a < b;
const greater = (a: number, b: number) => a > b;

/** The larger of a and b; NaN if either is. Equal elements share the gradient. */
export function maximum(a: Operand, b: Operand): Tensor {
  const [x, y] = promote(a, b);
  const out = mapBinary("maximum", "maximum", x, y, x.dtype);
  return recordBinary(
    out,
    "MaximumBackward",
    x,
    y,
    [(g) => mul(g, share(less, x, y)), (g) => mul(g, share(greater, x, y))],
    [x, y],
  );
}

/** The smaller of a and b; NaN if either is. Equal elements share the gradient. */
export function minimum(a: Operand, b: Operand): Tensor {
  const [x, y] = promote(a, b);
  const out = mapBinary("minimum", "minimum", x, y, x.dtype);
  return recordBinary(
    out,
    "MinimumBackward",
    x,
    y,
    [(g) => mul(g, share(greater, x, y)), (g) => mul(g, share(less, x, y))],
    [x, y],
  );
}

/** x limited to [min, max]; either bound may be left out. The gradient passes where x is within them. */
export function clamp(x: Tensor, min?: number, max?: number): Tensor {
  const bounds = [min, max].filter((bound) => bound !== undefined);
  if (bounds.length === 0) throw new KullbackError("clamp: wanted min, max or both, got neither");
  const dtype = resultType([x, ...bounds]);
  const y = to(x, dtype);
  const low = min === undefined ? undefined : asTensor(min, dtype);
  const high = max === undefined ? undefined : asTensor(max, dtype);
  const raised = low === undefined ? y : mapBinary("clamp", "maximum", y, low, dtype);
  const out = high === undefined ? raised : mapBinary("clamp", "minimum", raised, high, dtype);
  const within = (g: Tensor) => {
    const above = low === undefined ? g : where(ge(y, low), g, 0);
    return high === undefined ? above : where(le(y, high), above, 0);
  };
  return record(out, "ClampBackward", [y], [within], [y]);
}
