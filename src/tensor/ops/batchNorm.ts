import { KullbackError } from "../../errors.js";
import {
  allocate,
  allocateUnset,
  type FloatArray,
  type Grouping,
  groupAffine,
  groupGradient,
  groupMoments,
  groupProducts,
} from "../../kernels/index.js";
import { once, record } from "../autograd/record.js";
import { checkNumber, checkTensors } from "../check.js";
import { describeShape, numelOf } from "../shape.js";
import { isGradEnabled, noGrad } from "../tape/gradMode.js";
import { type Tensor, wrap } from "../tensor.js";
import { add, div, mul, sub } from "./arithmetic.js";
import { composedGradients } from "./compose.js";
import { copy_ } from "./inPlace.js";
import { contiguous, detach, reshape } from "./layout.js";
import { sqrt } from "./math.js";
import { requireFloat } from "./pointwise.js";
import { mean, variance } from "./reduce.js";

/** Options of {@link batchNorm}. */
export interface BatchNormOptions {
  /** Multiplies the result; [channels]. */
  weight?: Tensor;
  /** Added to the result; [channels]. */
  bias?: Tensor;
  /** Whether the batch's own moments are used, and the running ones brought nearer to them; default false. */
  training?: boolean;
  /** The share of the batch in the running moments; default 0.1. */
  momentum?: number;
  /** Added to the variance; default 1e-5. */
  eps?: number;
}

const floats = (x: Tensor) => x.data as FloatArray;

/**
 * (x − mean) / √(variance + eps) · weight + bias for every channel, as `torch.nn.functional.batch_norm`: with
 * the moments of the batch in training, and the running ones otherwise. In training the running moments, if
 * there are any, are changed in place; their variance is the sample's, with Bessel's correction.
 *
 * S. Ioffe and C. Szegedy, "Batch Normalization" (2015), arXiv:1502.03167.
 *
 * @param input - [batch, channels, …]
 * @param runningMean - [channels]; may be undefined in training
 * @param runningVar - [channels]; may be undefined in training
 * @throws KullbackError if shapes or dtypes do not fit, or there is only one value for each channel
 */
export function batchNorm(
  input: Tensor,
  runningMean: Tensor | undefined,
  runningVar: Tensor | undefined,
  options: BatchNormOptions = {},
): Tensor {
  const { weight, bias, training = false, momentum = 0.1, eps = 1e-5 } = options;
  checkNumber("batchNorm", "momentum", momentum);
  checkNumber("batchNorm", "eps", eps);
  check(input, { runningMean, runningVar, weight, bias }, training);
  const x = contiguous(input);
  const [outer, groups] = x.shape;
  const grouping: Grouping = { outer, groups, inner: numelOf(x.shape.slice(2)) };
  const count = outer * grouping.inner;
  const centre = new Float64Array(groups);
  const spread = new Float64Array(groups);
  if (training) {
    groupMoments(floats(x), grouping, centre, spread);
    if (runningMean !== undefined) follow(runningMean, centre, 1, momentum);
    if (runningVar !== undefined) follow(runningVar, spread, 1 / (count - 1), momentum);
    for (let c = 0; c < groups; c++) spread[c] /= count;
  } else {
    centre.set(runningMean!.data);
    spread.set(runningVar!.data);
  }
  const w = weight?.data;
  const inverse = spread.map((v) => 1 / Math.sqrt(v + eps));
  const scale = inverse.map((v, c) => v * (w?.[c] ?? 1));
  const shift = bias === undefined ? new Float64Array(groups) : Float64Array.from(bias.data);
  const out = wrap(allocateUnset(x.dtype, x.numel), x.dtype, x.shape);
  groupAffine(floats(x), grouping, centre, scale, shift, floats(out));

  const sumsOf = once((g: Tensor) => {
    const [sums, products] = [new Float64Array(groups), new Float64Array(groups)];
    groupProducts(floats(x), floats(contiguous(g)), grouping, centre, sums, products);
    return { sums, products };
  });
  const ofX = (g: Tensor) => {
    const array = allocateUnset(x.dtype, x.numel) as FloatArray;
    const slope = new Float64Array(groups);
    const offset = new Float64Array(groups);
    if (training) {
      const { sums, products } = sumsOf(g);
      for (let c = 0; c < groups; c++) {
        slope[c] = (-products[c] / count) * inverse[c] * inverse[c] * scale[c];
        offset[c] = (-sums[c] / count) * scale[c];
      }
    }
    groupGradient(floats(x), floats(contiguous(g)), grouping, centre, scale, slope, offset, array);
    return wrap(array, x.dtype, x.shape);
  };
  const vector = (values: Float64Array) => {
    const array = allocate(x.dtype, groups);
    array.set(values);
    return wrap(array, x.dtype, [groups]);
  };
  const ofWeight = (g: Tensor) => vector(sumsOf(g).products.map((v, c) => v * inverse[c]));
  const ofBias = (g: Tensor) => vector(sumsOf(g).sums);
  const given = [x, weight, bias].filter((tensor) => tensor !== undefined);
  const fixed = training ? undefined : [vector(centre), vector(spread)];
  const recorded = once((g: Tensor) => composedGradients(compose(fixed, options), given, g));
  const direct = [ofX, ...(weight ? [ofWeight] : []), ...(bias ? [ofBias] : [])];
  const vjps = direct.map((byKernel, i) => (g: Tensor) => (isGradEnabled() ? recorded(g)[i]! : byKernel(g)));
  return record(out, "NativeBatchNormBackward", given, vjps, weight ? [x, weight] : [x]);
}

/** Brings running moments nearer to those of a batch, `values` times `factor`. */
function follow(running: Tensor, values: Float64Array, factor: number, momentum: number): void {
  const { data, dtype, shape } = running;
  const array = allocate(dtype, data.length);
  for (let c = 0; c < array.length; c++) array[c] = momentum * values[c] * factor + (1 - momentum) * data[c];
  noGrad(() => copy_(detach(running), wrap(array, dtype, shape)));
}

/** The same, made of recorded operations; `fixed` are the moments if they are not the batch's. */
function compose(fixed: readonly Tensor[] | undefined, { weight, bias, eps = 1e-5 }: BatchNormOptions) {
  return (x: Tensor, ...affine: Tensor[]) => {
    const perChannel = (v: Tensor) => reshape(v, [1, -1, ...x.shape.slice(2).map(() => 1)]);
    const dims = x.shape.map((_, d) => d).filter((d) => d !== 1);
    const [m, v] = fixed ?? [mean(x, dims), variance(x, dims, { correction: 0 })];
    let out = div(sub(x, perChannel(m)), sqrt(add(perChannel(v), eps)));
    if (weight !== undefined) out = mul(out, perChannel(affine[0]));
    return bias === undefined ? out : add(out, perChannel(affine[affine.length - 1]));
  };
}

function check(x: Tensor, parts: Record<string, Tensor | undefined>, training: boolean): void {
  requireFloat("batchNorm", x);
  if (x.ndim < 2) {
    throw new KullbackError(
      `batchNorm: expected input [batch, channels, …], got shape ${describeShape(x.shape)}`,
    );
  }
  const channels = x.shape[1];
  for (const [name, part] of Object.entries(parts)) {
    const running = name.startsWith("running");
    if (part === undefined) {
      if (!running || training) continue;
      throw new KullbackError(`batchNorm: expected ${name} to be defined in evaluation mode`);
    }
    checkTensors("batchNorm", part);
    if (part.ndim === 1 && part.numel === channels && (running || part.dtype === x.dtype)) continue;
    throw new KullbackError(
      `batchNorm: expected ${name} to be ${x.dtype} of shape [${channels}], got ${part.dtype} of ` +
        describeShape(part.shape),
    );
  }
  if (training && x.numel === channels) {
    throw new KullbackError(
      `batchNorm: expected more than 1 value per channel when training, got input size ${describeShape(x.shape)}`,
    );
  }
}
