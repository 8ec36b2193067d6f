import { KullbackError } from "../errors.js";
import { type DType, isFloat } from "../kernels/index.js";
import { describeValue } from "./describe.js";
import type { Tensor } from "./tensor.js";

/** A tensor or a plain number or boolean. */
export type Operand = Tensor | number | boolean;

const order: readonly DType[] = ["bool", "int32", "float32", "float64"];

/** The smallest dtype that both convert to, as `torch.promote_types`. */
export function promoteTypes(a: DType, b: DType): DType {
  return order.indexOf(a) >= order.indexOf(b) ? a : b;
}

function noOperand(value: unknown): KullbackError {
  return new KullbackError(`operand: wanted a tensor, a number or a boolean, got ${describeValue(value)}`);
}

/** The dtype of a plain number: whole numbers count as integers, as in `2 * x` in Python. @internal */
export function scalarType(value: number | boolean): DType {
  if (typeof value === "boolean") return "bool";
  if (typeof value !== "number") throw noOperand(value);
  return Number.isInteger(value) ? "int32" : "float32";
}

/** `lower` matters only if it is of a higher category: bool < integer < floating point. */
function combine(higher: DType | undefined, lower: DType | undefined): DType | undefined {
  if (higher === undefined || lower === undefined) return higher ?? lower;
  if (isFloat(higher)) return higher;
  return higher === "bool" || isFloat(lower) ? promoteTypes(higher, lower) : higher;
}

/**
 * The dtype of an operation on `operands`, as `torch.result_type`: tensors with axes decide; 0-d
 * tensors, and then plain numbers, matter only if they are of a higher category.
 */
export function resultType(operands: readonly Operand[]): DType {
  let dimensioned: DType | undefined;
  let zeroDim: DType | undefined;
  let plain: DType | undefined;
  const join = (a: DType | undefined, b: DType) => (a === undefined ? b : promoteTypes(a, b));
  for (const operand of operands) {
    if (typeof operand !== "object" || operand === null) plain = join(plain, scalarType(operand));
    else if (operand.dtype === undefined) throw noOperand(operand);
    else if (operand.ndim > 0) dimensioned = join(dimensioned, operand.dtype);
    else zeroDim = join(zeroDim, operand.dtype);
  }
  return combine(combine(dimensioned, zeroDim), plain) ?? "float32";
}
