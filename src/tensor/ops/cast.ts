import { allocate, type DType, isFloat, pack } from "../../kernels/index.js";
import { record } from "../autograd/record.js";
import { checkDType } from "../dtype.js";
import { type Tensor, wrap } from "../tensor.js";

/** `x` in another dtype; `x` itself if it has that dtype. To `int32` rounds towards zero, to `bool` asks ≠ 0. */
export function to(x: Tensor, dtype: DType): Tensor {
  if (x.dtype === checkDType("to", dtype)) return x;
  const array = allocate(dtype, x.numel);
  if (dtype === "bool") {
    const { data } = x;
    for (let i = 0; i < array.length; i++) array[i] = data[i] !== 0 ? 1 : 0;
  } else {
    pack(x.shape, x, array);
  }
  const out = wrap(array, dtype, x.shape);
  if (!isFloat(dtype)) return out;
  const from = x.dtype;
  return record(out, "ToCopyBackward", [x], [(g) => to(g, from)]);
}
