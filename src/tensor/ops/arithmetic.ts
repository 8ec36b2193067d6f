import { record } from "../autograd/record.js";
import { checkTensors } from "../check.js";
import { type Operand, scalarType } from "../promote.js";
import type { Tensor } from "../tensor.js";
import { floatOf, mapBinary, mapUnary, promote, recordBinary, refuseBool } from "./pointwise.js";

/** Of the inputs of a bilinear operation, those that the other's gradient needs. @internal */
export function neededByOther(x: Tensor, y: Tensor): Tensor[] {
  const saved: Tensor[] = [];
  if (y.requiresGrad) saved.push(x);
  if (x.requiresGrad) saved.push(y);
  return saved;
}

/** a + b. Booleans add as "or". */
export function add(a: Operand, b: Operand): Tensor {
  const [x, y] = promote(a, b);
  const f = x.dtype === "bool" ? (p: number, q: number) => p | q : "add";
  return recordBinary(mapBinary("add", f, x, y, x.dtype), "AddBackward", x, y, [(g) => g, (g) => g]);
}

/** a − b. Not defined for booleans. */
export function sub(a: Operand, b: Operand): Tensor {
  for (const operand of [a, b]) {
    refuseBool("sub", typeof operand === "object" ? operand.dtype : scalarType(operand));
  }
  const [x, y] = promote(a, b);
  const out = mapBinary("sub", "sub", x, y, x.dtype);
  return recordBinary(out, "SubBackward", x, y, [(g) => g, neg]);
}

/** a · b. */
export function mul(a: Operand, b: Operand): Tensor {
  const [x, y] = promote(a, b);
  const f = x.dtype === "int32" ? Math.imul : "mul";
  const out = mapBinary("mul", f, x, y, x.dtype);
  return recordBinary(out, "MulBackward", x, y, [(g) => mul(g, y), (g) => mul(g, x)], neededByOther(x, y));
}

/** a / b, in floating point also for integers. */
export function div(a: Operand, b: Operand): Tensor {
  const [x, y] = promote(a, b, floatOf);
  const out = mapBinary("div", "div", x, y, x.dtype);
  return recordBinary(
    out,
    "DivBackward",
    x,
    y,
    [(g) => div(g, y), (g) => neg(mul(g, div(div(x, y), y)))],
    y.requiresGrad ? [x, y] : [y],
  );
}

/** −x. Not defined for booleans. */
export function neg(x: Tensor): Tensor {
  checkTensors("neg", x);
  refuseBool("neg", x.dtype);
  const out = mapUnary("neg", x, x.dtype);
  return record(out, "NegBackward", [x], [neg]);
}
