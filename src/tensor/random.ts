import { KullbackError } from "../errors.js";
import {
  allocate,
  defaultGenerator,
  type FloatArray,
  fillNormal,
  fillRandint,
  fillUniform,
  type Generator,
  isFloat,
  randomPermutation,
} from "../kernels/index.js";
import type { TensorOptions } from "./creation.js";
import { checkDType } from "./dtype.js";
import { leaf } from "./methods.js";
import { checkShape, numelOf, type Shape } from "./shape.js";
import type { Tensor } from "./tensor.js";

/** Options of the functions that make random tensors. */
export interface RandomOptions extends TensorOptions {
  /** Where the random numbers come from; default the generator that `manualSeed` seeds. */
  generator?: Generator;
}

/** Seeds the default generator: from here on the stream is `torch.manual_seed(seed)`'s on CPU. */
export function manualSeed(seed: number): Generator {
  return defaultGenerator.manualSeed(seed);
}

function randomFloats(
  name: string,
  fill: (out: FloatArray, generator: Generator) => void,
  shape: Shape,
  { dtype = "float32", generator = defaultGenerator, requiresGrad }: RandomOptions,
): Tensor {
  checkShape(name, shape);
  if (!isFloat(checkDType(name, dtype))) {
    throw new KullbackError(`${name}: wanted a floating-point dtype, got ${dtype}`);
  }
  const array = allocate(dtype, numelOf(shape)) as FloatArray;
  fill(array, generator);
  return leaf(array, dtype, [...shape], requiresGrad);
}

/** Uniform numbers in [0, 1), the same as `torch.rand`'s on CPU for the same seed. */
export function rand(shape: Shape, options: RandomOptions = {}): Tensor {
  return randomFloats("rand", fillUniform, shape, options);
}

/** Standard normal numbers, the same as `torch.randn`'s on CPU for the same seed. */
export function randn(shape: Shape, options: RandomOptions = {}): Tensor {
  return randomFloats("randn", fillNormal, shape, options);
}

/**
 * Uniform integers in [low, high), the same as `torch.randint`'s on CPU for the same seed. The dtype is
 * int32 by default (PyTorch's is int64).
 */
export function randint(low: number, high: number, shape: Shape, options: RandomOptions = {}): Tensor {
  const { dtype = "int32", generator = defaultGenerator, requiresGrad } = options;
  checkShape("randint", shape);
  const array = allocate(checkDType("randint", dtype), numelOf(shape));
  fillRandint(array, generator, low, high);
  return leaf(array, dtype, [...shape], requiresGrad);
}

/** A random order of 0 … n − 1, int32, the same as `torch.randperm`'s on CPU for the same seed. */
export function randperm(
  n: number,
  { generator = defaultGenerator }: { generator?: Generator } = {},
): Tensor {
  checkShape("randperm", [n]);
  return leaf(randomPermutation(n, generator), "int32", [n]);
}
