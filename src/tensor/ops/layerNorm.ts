import { KullbackError } from "../../errors.js";
import {
  allocate,
  allocateUnset,
  type FloatArray,
  layerNormRows,
  layerNormRowsBackward,
  layerNormRowsWeightBackward,
} from "../../kernels/index.js";
import { once, record } from "../autograd/record.js";
import { checkNumber, checkTensors } from "../check.js";
import { checkShape, describeShape, numelOf, type Shape, sameShape } from "../shape.js";
import { isGradEnabled } from "../tape/gradMode.js";
import { type Tensor, wrap } from "../tensor.js";
import { add, div, mul, sub } from "./arithmetic.js";
import { composedGradients } from "./compose.js";
import { contiguous } from "./layout.js";
import { sqrt } from "./math.js";
import { requireFloat } from "./pointwise.js";
import { mean, variance } from "./reduce.js";

/** Options of {@link layerNorm}. */
export interface LayerNormOptions {
  /** Multiplies the result; of the shape that is normalised. */
  weight?: Tensor;
  /** Added to the result; of the shape that is normalised. */
  bias?: Tensor;
  /** Added to the variance; default 1e-5. */
  eps?: number;
}

const floats = (x: Tensor) => x.data as FloatArray;

/**
 * (x − mean) / √(variance + eps) · weight + bias, with mean and variance over the trailing axes, as
 * `torch.nn.functional.layer_norm`.
 *
 * J. L. Ba et al., "Layer Normalization" (2016), arXiv:1607.06450.
 *
 * @param normalizedShape - sizes of the trailing axes that are normalised together
 * @throws KullbackError if shapes or dtypes do not fit
 */
export function layerNorm(input: Tensor, normalizedShape: Shape, options: LayerNormOptions = {}): Tensor {
  const { weight, bias, eps = 1e-5 } = options;
  checkNumber("layerNorm", "eps", eps);
  check(input, normalizedShape, { weight, bias });
  const x = contiguous(input);
  const inputs = [x, weight && contiguous(weight), bias && contiguous(bias)];
  const [, w, b] = inputs;
  const n = numelOf(normalizedShape);
  const rows = n === 0 ? 0 : x.numel / n;
  const [means, scales] = [new Float64Array(rows), new Float64Array(rows)];
  const out = wrap(allocateUnset(x.dtype, x.numel), x.dtype, x.shape);
  layerNormRows(floats(x), n, w && floats(w), b && floats(b), eps, floats(out), means, scales);

  const ofX = (g: Tensor) => {
    const array = allocateUnset(x.dtype, x.numel) as FloatArray;
    layerNormRowsBackward(floats(x), floats(contiguous(g)), n, w && floats(w), means, scales, array);
    return wrap(array, x.dtype, x.shape);
  };
  const ofBoth = once((g: Tensor) => {
    const sums = [new Float64Array(n), new Float64Array(n)] as const;
    layerNormRowsWeightBackward(floats(x), floats(contiguous(g)), n, means, scales, ...sums);
    return sums.map((values) => {
      const array = allocate(x.dtype, n);
      array.set(values);
      return wrap(array, x.dtype, normalizedShape);
    });
  });
  const given = inputs.filter((tensor) => tensor !== undefined);
  const recorded = once((g: Tensor) =>
    composedGradients(compose(x.ndim, normalizedShape, options), given, g),
  );
  const direct = [
    ofX,
    ...(w ? [(g: Tensor) => ofBoth(g)[0]] : []),
    ...(b ? [(g: Tensor) => ofBoth(g)[1]] : []),
  ];
  const vjps = direct.map((byKernel, i) => (g: Tensor) => (isGradEnabled() ? recorded(g)[i]! : byKernel(g)));
  return record(out, "NativeLayerNormBackward", given, vjps, w ? [x, w] : [x]);
}

/** The same, made of recorded operations. */
function compose(ndim: number, { length }: Shape, { weight, bias, eps = 1e-5 }: LayerNormOptions) {
  const dims = Array.from({ length }, (_, i) => ndim - length + i);
  return (x: Tensor, ...affine: Tensor[]) => {
    const spread = sqrt(add(variance(x, dims, { correction: 0, keepdim: true }), eps));
    let out = div(sub(x, mean(x, dims, true)), spread);
    if (weight !== undefined) out = mul(out, affine[0]);
    return bias === undefined ? out : add(out, affine[affine.length - 1]);
  };
}

function check(x: Tensor, shape: Shape, parts: Record<string, Tensor | undefined>): void {
  requireFloat("layerNorm", x);
  checkShape("layerNorm", shape);
  if (shape.length === 0) {
    throw new KullbackError("layerNorm: expected normalizedShape to have at least one axis, got []");
  }
  if (shape.length > x.ndim || !sameShape(x.shape.slice(-shape.length), shape)) {
    throw new KullbackError(
      `layerNorm: given normalizedShape ${describeShape(shape)}, expected input with shape [*, ` +
        `${shape.join(", ")}], but got input of size ${describeShape(x.shape)}`,
    );
  }
  for (const [name, part] of Object.entries(parts)) {
    if (part === undefined) continue;
    checkTensors("layerNorm", part);
    if (sameShape(part.shape, shape) && part.dtype === x.dtype) continue;
    throw new KullbackError(
      `layerNorm: expected ${name} to be ${x.dtype} of shape ${describeShape(shape)}, got ${part.dtype} of ` +
        describeShape(part.shape),
    );
  }
}
