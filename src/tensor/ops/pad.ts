import { KullbackError } from "../../errors.js";
import { allocate, unpack } from "../../kernels/index.js";
import { record } from "../autograd/record.js";
import { checkNumber, checkTensors } from "../check.js";
import { describeValue } from "../describe.js";
import { describeShape, numelOf, packedStrides } from "../shape.js";
import { noGrad } from "../tape/gradMode.js";
import { type Tensor, wrap } from "../tensor.js";
import { narrow } from "./slice.js";

/**
 * `x` with `value` around it, as `torch.nn.functional.pad` in its constant mode.
 *
 * @param widths - how many places before and after: of the last axis, then of the one before it, and so on;
 * negative ones cut places off
 * @param value - default 0
 */
export function pad(x: Tensor, widths: readonly number[], value = 0): Tensor {
  checkTensors("pad", x);
  checkNumber("pad", "value", value);
  if (!Array.isArray(widths)) {
    throw new KullbackError(`pad: wanted widths such as [1, 1], got ${describeValue(widths)}`);
  }
  if (widths.length % 2 !== 0 || widths.length > 2 * x.ndim || !widths.every(Number.isInteger)) {
    throw new KullbackError(
      `pad: wanted pairs of integers for at most ${x.ndim} axes, got ${describeShape(widths)} for shape ` +
        describeShape(x.shape),
    );
  }
  const around = x.shape.map((_, d) => {
    const pair = 2 * (x.ndim - 1 - d);
    return [widths[pair] ?? 0, widths[pair + 1] ?? 0] as const;
  });
  const shape = x.shape.map((size, d) => size + around[d][0] + around[d][1]);
  if (shape.some((size) => size < 0)) {
    throw new KullbackError(
      `pad: widths ${describeShape(widths)} leave shape ${describeShape(x.shape)} with a negative size`,
    );
  }
  const array = allocate(x.dtype, numelOf(shape)).fill(value);
  const inner = noGrad(() =>
    around.reduce((part, [before, after], d) => {
      const cut = Math.max(-before, 0);
      return narrow(part, d, cut, Math.max(part.shape[d] - cut - Math.max(-after, 0), 0));
    }, x),
  );
  const strides = packedStrides(shape);
  const offset = around.reduce((at, [before], d) => at + Math.max(before, 0) * strides[d], 0);
  unpack(inner.shape, inner.data, { array, offset, strides });
  const back = around.map(([before, after]) => [-before, -after]).reverse();
  return record(wrap(array, x.dtype, shape), "ConstantPadNdBackward", [x], [(g) => pad(g, back.flat())]);
}
