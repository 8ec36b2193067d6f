import { KullbackError } from "../../errors.js";
import { isFloat, type TypedArray } from "../../kernels/index.js";
import { checkFunction, checkTensors } from "../check.js";
import { describeValue } from "../describe.js";
import { mul } from "../ops/arithmetic.js";
import { sum } from "../ops/broadcast.js";
import { clone, contiguous, detach } from "../ops/layout.js";
import { enableGrad, noGrad } from "../tape/gradMode.js";
import { type Tensor, wrap } from "../tensor.js";
import { grad } from "./engine.js";

/** Tolerances of {@link gradcheck} and {@link gradgradcheck}. */
export interface GradcheckOptions {
  /** Step of the central differences; default 1e-6. */
  eps?: number;
  /** Absolute tolerance; default 1e-5. */
  atol?: number;
  /** Relative tolerance; default 1e-3. */
  rtol?: number;
}

/** A function of tensors whose gradients can be checked. */
export type Differentiable = (...inputs: Tensor[]) => Tensor | readonly Tensor[];

function outputsOf(f: Differentiable, inputs: readonly Tensor[]): readonly Tensor[] {
  const result = f(...inputs);
  return (Array.isArray(result) ? result : [result]).filter((output: Tensor) => isFloat(output.dtype));
}

/** Fixed weights in (½, 1½) that treat no two output elements alike. */
function weightsLike(x: Tensor): Tensor {
  const array = new Float64Array(x.numel);
  for (let i = 0; i < array.length; i++) array[i] = 0.5 + ((i * 0.6180339887498949 + 0.137) % 1);
  return wrap(array, "float64", x.shape);
}

/** Σ weight·output over all outputs, in float64. */
function weightedTotal(outputs: readonly Tensor[]): number {
  let total = 0;
  for (const output of outputs) total += sum(mul(output, weightsLike(output))).item();
  return total;
}

/**
 * Checks the gradients of `f` at `inputs` against central differences. The inputs that require
 * gradients must be float64, since float32 is too coarse for differences.
 *
 * @returns true; throws a `KullbackError` that names the input and element where they part.
 */
export function gradcheck(
  f: Differentiable,
  inputs: readonly Tensor[],
  options: GradcheckOptions = {},
): true {
  const { eps = 1e-6, atol = 1e-5, rtol = 1e-3 } = options;
  checkFunction("gradcheck", f);
  if (!Array.isArray(inputs)) {
    throw new KullbackError(`gradcheck: wanted an array of inputs, got ${describeValue(inputs)}`);
  }
  checkTensors("gradcheck", ...inputs);
  const checked = inputs.filter((input) => input.requiresGrad);
  if (checked.length === 0)
    throw new KullbackError("gradcheck: expects at least one input that requires gradient");
  if (checked.some((input) => input.dtype !== "float64")) {
    throw new KullbackError("gradcheck: inputs that require gradients must be float64");
  }
  const own = inputs.map((input) => {
    const copy = detach(clone(input));
    copy.requiresGrad = input.requiresGrad;
    return copy;
  });
  const analytic = gradients(f, own);
  own.forEach((input, i) => {
    if (!input.requiresGrad) return;
    const memory: TypedArray = input.array;
    for (let j = 0; j < input.numel; j++) {
      const x = memory[j];
      const at = (value: number) => {
        memory[j] = value;
        return noGrad(() => weightedTotal(outputsOf(f, own)));
      };
      const numeric = (at(x + eps) - at(x - eps)) / (2 * eps);
      memory[j] = x;
      const found = analytic[i]?.data[j] ?? 0;
      if (!(Math.abs(found - numeric) <= atol + rtol * Math.abs(numeric))) {
        throw new KullbackError(
          `gradcheck: gradient of input ${i} at element ${j} is ${found}, by central differences ${numeric}`,
        );
      }
    }
  });
  return true;
}

function gradients(f: Differentiable, inputs: readonly Tensor[]): (Tensor | undefined)[] {
  const differentiable = inputs.filter((input) => input.requiresGrad);
  const outputs = outputsOf(f, inputs).filter((output) => output.requiresGrad);
  if (outputs.length === 0) return inputs.map(() => undefined);
  const found = grad(outputs, differentiable, {
    gradOutputs: outputs.map(gradOutputLike),
    allowUnused: true,
  });
  return inputs.map((input) => {
    const gradient = found[differentiable.indexOf(input)];
    return gradient ? contiguous(gradient) : undefined;
  });
}

function gradOutputLike(output: Tensor): Tensor {
  const weights = weightsLike(output);
  return output.dtype === "float64"
    ? weights
    : wrap(Float32Array.from(weights.data), "float32", output.shape);
}

/**
 * Checks second derivatives of `f`: the gradients of its gradients, with respect to the inputs and to
 * the gradient passed in, against central differences.
 */
export function gradgradcheck(
  f: Differentiable,
  inputs: readonly Tensor[],
  options: GradcheckOptions = {},
): true {
  const outputs = noGrad(() => outputsOf(f, inputs));
  const upstream = outputs.map((output) => {
    const weights = gradOutputLike(output);
    weights.requiresGrad = true;
    return weights;
  });
  const first = (...all: Tensor[]): readonly Tensor[] =>
    enableGrad(() => {
      const own = all.slice(0, inputs.length);
      const wanted = own.filter((_, i) => inputs[i].requiresGrad);
      const found = outputsOf(f, own);
      const kept = found.map((_, i) => i).filter((i) => found[i].requiresGrad);
      return grad(
        kept.map((i) => found[i]),
        wanted,
        { gradOutputs: kept.map((i) => all[inputs.length + i]), createGraph: true, allowUnused: true },
      ).filter((gradient): gradient is Tensor => gradient !== null);
    });
  return gradcheck(first, [...inputs, ...upstream], options);
}
