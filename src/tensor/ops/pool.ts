// Pooling of images [batch, channels, height, width], or of one without the first axis: every plane by itself.

import { KullbackError } from "../../errors.js";
import {
  type AverageGrid,
  allocate,
  allocateUnset,
  averagePool,
  averagePoolBackward,
  type FloatArray,
  indexing,
  isFloat,
  maxPool,
  type WindowGrid,
} from "../../kernels/index.js";
import { record } from "../autograd/record.js";
import { checkTensors } from "../check.js";
import { describeShape, numelOf, type Shape } from "../shape.js";
import { type Tensor, wrap } from "../tensor.js";
import { contiguous } from "./layout.js";
import type { Pair } from "./pair.js";
import {
  adaptiveGrid,
  averageGrid,
  axesOf,
  maxWindows,
  type OutputSize,
  type PoolOptions,
} from "./poolWindows.js";

/** Options of {@link maxPool2d}. */
export interface MaxPool2dOptions extends PoolOptions {
  /** Steps between the elements of a window; default 1. */
  dilation?: Pair;
}

/** Options of {@link avgPool2d}. */
export interface AvgPool2dOptions extends PoolOptions {
  /** Whether places in the padding count in the divisor; default true. */
  countIncludePad?: boolean;
  /** Divides every window's sum, in place of the number of its places. */
  divisorOverride?: number;
}

/** Largest elements, and the places in their plane that they were found at (int32). */
export interface Pooled {
  values: Tensor;
  indices: Tensor;
}

function checkImages(name: string, x: Tensor): readonly [number, number] {
  checkTensors(name, x);
  if ((x.ndim !== 3 && x.ndim !== 4) || x.shape.slice(-3).includes(0)) {
    throw new KullbackError(
      `${name}: expected 3D or 4D (batch mode) tensor with non-empty channels, height and width, got shape ` +
        describeShape(x.shape),
    );
  }
  if (!isFloat(x.dtype)) {
    throw new KullbackError(`${name}: wanted a floating-point tensor, got ${x.dtype}`);
  }
  return [x.shape[x.ndim - 2], x.shape[x.ndim - 1]];
}

const floats = (x: Tensor) => x.data as FloatArray;

function pooledShape(x: Tensor, { rows, columns }: WindowGrid): Shape {
  return [...x.shape.slice(0, -2), rows.length, columns.length];
}

function maximaIn(input: Tensor, grid: WindowGrid): Pooled {
  const x = contiguous(input);
  const shape = pooledShape(x, grid);
  const values = wrap(allocateUnset(x.dtype, numelOf(shape)), x.dtype, shape);
  const places = new Int32Array(values.numel);
  maxPool(floats(x), grid, floats(values), places);
  const indices = wrap(places, "int32", shape);
  record(values, "MaxPool2DWithIndicesBackward", [x], [(g) => scatter(g, indices, x.shape)], [indices]);
  return { values, indices };
}

const planeOf = (shape: Shape) => numelOf(shape.slice(-2));
const planesOf = (shape: Shape) => numelOf(shape.slice(0, -2));

/** Zeros of `shape` with the elements of `g` added at the places of their plane that `indices` has. */
function scatter(g: Tensor, indices: Tensor, shape: Shape): Tensor {
  const array = allocate(g.dtype, numelOf(shape));
  const from = planeOf(indices.shape);
  indexing.scatterAdd(contiguous(g).data, indices.data, planesOf(shape), planeOf(shape), from, 1, array);
  return record(
    wrap(array, g.dtype, shape),
    "MaxPool2DScatterBackward",
    [g],
    [(v) => pick(v, indices)],
    [indices],
  );
}

/** The elements of `x` at the places of their plane that `indices` has. */
function pick(x: Tensor, indices: Tensor): Tensor {
  const { shape } = x;
  const array = allocateUnset(x.dtype, indices.numel);
  const count = planeOf(indices.shape);
  indexing.gather(contiguous(x).data, indices.data, planesOf(shape), planeOf(shape), count, 1, array);
  return record(
    wrap(array, x.dtype, indices.shape),
    "MaxPool2DPickBackward",
    [x],
    [(g) => scatter(g, indices, shape)],
    [indices],
  );
}

function averagesIn(name: string, input: Tensor, grid: AverageGrid): Tensor {
  const x = contiguous(input);
  const { shape } = x;
  const reduced = pooledShape(x, grid);
  const out = wrap(allocateUnset(x.dtype, numelOf(reduced)), x.dtype, reduced);
  averagePool(floats(x), grid, floats(out));
  return record(out, name, [x], [(g) => spread(name, g, grid, shape)]);
}

function spread(name: string, gradient: Tensor, grid: AverageGrid, shape: Shape): Tensor {
  const g = contiguous(gradient);
  const out = wrap(allocate(g.dtype, numelOf(shape)), g.dtype, shape);
  averagePoolBackward(floats(g), grid, floats(out));
  return record(out, `${name}Backward`, [g], [(v) => averagesIn(name, v, grid)]);
}

/**
 * The largest element of every window, as `torch.nn.functional.max_pool2d`. The gradient goes to the first
 * largest element of each window.
 *
 * @param kernelSize - the window's size
 * @throws KullbackError if shapes or options do not fit
 */
export function maxPool2d(x: Tensor, kernelSize: Pair, options: MaxPool2dOptions = {}): Tensor {
  return maxPool2dWithIndices(x, kernelSize, options).values;
}

/** As {@link maxPool2d}, with the places in their plane (int32) that the largest elements were found at. */
export function maxPool2dWithIndices(x: Tensor, kernelSize: Pair, options: MaxPool2dOptions = {}): Pooled {
  const size = checkImages("maxPool2d", x);
  const { ceilMode = false } = options;
  const axes = axesOf("maxPool2d", size, kernelSize, options);
  const [rows, columns] = axes.map((axis) => maxWindows("maxPool2d", axis, ceilMode));
  return maximaIn(x, { height: size[0], width: size[1], rows, columns });
}

/**
 * The mean of every window, as `torch.nn.functional.avg_pool2d`.
 *
 * @param kernelSize - the window's size
 * @throws KullbackError if shapes or options do not fit
 */
export function avgPool2d(x: Tensor, kernelSize: Pair, options: AvgPool2dOptions = {}): Tensor {
  const size = checkImages("avgPool2d", x);
  const { ceilMode = false, countIncludePad = true, divisorOverride } = options;
  if (divisorOverride === 0) throw new KullbackError("avgPool2d: divisorOverride must not be zero");
  const axes = axesOf("avgPool2d", size, kernelSize, options);
  const grid = averageGrid("avgPool2d", axes, ceilMode, countIncludePad, divisorOverride);
  return averagesIn("AvgPool2DBackward", x, grid);
}

/**
 * Means of as many windows, of nearly equal size, as the output is to have, as
 * `torch.nn.functional.adaptive_avg_pool2d`.
 *
 * @param outputSize - [height, width]; one number for both; null for the input's
 */
export function adaptiveAvgPool2d(x: Tensor, outputSize: OutputSize): Tensor {
  const grid = adaptiveGrid("adaptiveAvgPool2d", checkImages("adaptiveAvgPool2d", x), outputSize);
  return averagesIn("AdaptiveAvgPool2DBackward", x, grid);
}

/** As {@link adaptiveAvgPool2d}, with the largest element of every window. */
export function adaptiveMaxPool2d(x: Tensor, outputSize: OutputSize): Tensor {
  const grid = adaptiveGrid("adaptiveMaxPool2d", checkImages("adaptiveMaxPool2d", x), outputSize);
  return maximaIn(x, grid).values;
}
