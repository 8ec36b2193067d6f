import { KullbackError } from "../errors.js";
import { allocate, type DType, isFloat, pack, type TypedArray } from "../kernels/index.js";
import { describeValue } from "./describe.js";
import { formatTensor } from "./format/index.js";
import {
  describeShape,
  isPacked,
  normalizeDim,
  numelOf,
  packedStrides,
  type Shape,
  sameShape,
} from "./shape.js";
import { Storage } from "./storage.js";
import { GradNode, type Hook } from "./tape/node.js";

/** Numbers or booleans in arrays nested to any depth. */
export type NestedArray = number | boolean | NestedArray[];

/** What a tensor shares with its views, besides memory: how often an in-place change of it was recorded. */
interface Lineage {
  changes: number;
}

/**
 * An array of numbers with any number of axes, which can take part in automatic differentiation.
 *
 * A tensor is a view (shape, strides, offset) of a storage it may share with other tensors. This
 * class holds the data and the tensor's place on the tape; what can be computed with tensors lies
 * in `ops/` and is added to this class as methods by `methods.ts`.
 */
export class Tensor {
  /** @internal */
  readonly storage: Storage;
  readonly dtype: DType;
  readonly shape: Shape;
  readonly strides: readonly number[];
  readonly offset: number;
  /** Whether the tensor was made as a view of another's memory. */
  readonly isView: boolean;
  /** @internal */
  readonly lineage: Lineage;

  private node: GradNode<Tensor> | undefined;
  /** The lineage's changes that `node` knows of: a later one, of the tensor this is a view of, makes it stale. */
  private known: number;
  private leafRequiresGrad = false;
  private gradient: Tensor | null = null;
  /** Whether only this tensor can hold its gradient: nobody has asked for it, or given it. */
  private ownsGradient = false;

  /** @internal Use `tensor`, `zeros` and their like. */
  constructor(
    storage: Storage,
    dtype: DType,
    shape: Shape,
    strides: readonly number[] = packedStrides(shape),
    offset = 0,
    isView = false,
    lineage: Lineage = { changes: 0 },
  ) {
    this.storage = storage;
    this.dtype = dtype;
    this.shape = shape;
    this.strides = strides;
    this.offset = offset;
    this.isView = isView;
    this.lineage = lineage;
    this.known = lineage.changes;
  }

  /** Number of axes. */
  get ndim(): number {
    return this.shape.length;
  }

  /** Number of elements. */
  get numel(): number {
    return numelOf(this.shape);
  }

  /** Size of one axis; negative `dim` counts from the end. */
  size(dim: number): number {
    if (this.ndim === 0)
      throw new KullbackError("size: dimension specified as 0 but tensor has no dimensions");
    return this.shape[normalizeDim("size", dim, this.ndim)];
  }

  /** Whether the elements lie packed in C order. */
  get isContiguous(): boolean {
    return isPacked(this.shape, this.strides);
  }

  /** The memory as kernels take it. @internal */
  get array(): TypedArray {
    return this.storage.array;
  }

  /**
   * The elements in C order. For a contiguous tensor this is its own memory, not a copy: writing to
   * it changes the tensor unseen by autograd. `bool` is a `Uint8Array` of 0 and 1.
   *
   * Take the array, not its `buffer`: that may be a `SharedArrayBuffer` that holds other tensors too. Where
   * a platform's function refuses shared memory, hand it a copy (`x.data.slice()`).
   */
  get data(): TypedArray {
    const { array, numel } = this;
    if (this.isContiguous) {
      return this.offset === 0 && array.length === numel
        ? array
        : array.subarray(this.offset, this.offset + numel);
    }
    const out = allocate(this.dtype, numel);
    pack(this.shape, this, out);
    return out;
  }

  /** The only element as a number; `true` reads as 1. Throws if there is not exactly one. */
  item(): number {
    if (this.numel !== 1) {
      throw new KullbackError(
        `item: wanted a tensor with one element, got shape ${describeShape(this.shape)}`,
      );
    }
    return this.array[this.offset];
  }

  /** The elements as nested arrays; `bool` gives booleans. */
  tolist(): NestedArray {
    const { data, shape } = this;
    const build = (dim: number, start: number, span: number): NestedArray => {
      if (dim === shape.length) return this.dtype === "bool" ? data[start] !== 0 : data[start];
      const step = span / Math.max(shape[dim], 1);
      return Array.from({ length: shape[dim] }, (_, i) => build(dim + 1, start + i * step, step));
    };
    return build(0, 0, this.numel);
  }

  /** Prints as PyTorch does. */
  toString(): string {
    const { data, shape, dtype, requiresGrad, node } = this;
    return formatTensor({ data, shape, dtype, requiresGrad, gradFn: node && `${node.name}` });
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  // Place on the tape

  /** Whether gradients flow to or through this tensor. On a leaf it can be assigned. */
  get requiresGrad(): boolean {
    return this.leafRequiresGrad || this.node !== undefined || this.isStale;
  }

  set requiresGrad(value: boolean) {
    if (typeof value !== "boolean") {
      throw new KullbackError(`requiresGrad: wanted true or false, got ${describeValue(value)}`);
    }
    if (this.gradFn !== undefined) {
      if (value) return;
      throw new KullbackError(
        "requiresGrad: you can only change requiresGrad flags of leaf variables; use detach() for a tensor without history",
      );
    }
    if (value && !isFloat(this.dtype)) {
      throw new KullbackError(
        `requiresGrad: only floating-point tensors can require gradients, got ${this.dtype}`,
      );
    }
    this.leafRequiresGrad = value;
    if (!value) this.node = undefined;
  }

  /** Whether the tensor was made by the user and not by a recorded operation. */
  get isLeaf(): boolean {
    return this.gradFn === undefined;
  }

  /** The operation that made the tensor, if it was recorded. */
  get gradFn(): GradNode<Tensor> | undefined {
    return this.node?.leaf === undefined ? this.node : undefined;
  }

  /** What `backward` accumulated for this leaf; `null` before. It can be assigned. */
  get grad(): Tensor | null {
    this.ownsGradient = false;
    return this.gradient;
  }

  set grad(value: Tensor | null) {
    if (value !== null && !(value instanceof Tensor)) {
      throw new KullbackError(`grad: wanted null or a tensor, got ${describeValue(value)}`);
    }
    if (value !== null && (!sameShape(value.shape, this.shape) || value.dtype !== this.dtype)) {
      throw new KullbackError(
        `grad: wanted null or a ${this.dtype} tensor of shape ${describeShape(this.shape)}, ` +
          `got ${value.dtype} of shape ${describeShape(value.shape)}`,
      );
    }
    this.putGradient(value, false);
  }

  /** The gradient for someone who will not keep it, nor any view of it. @internal */
  peekGradient(): Tensor | null {
    return this.gradient;
  }

  /**
   * Replaces the gradient; `own` says that nobody else holds the new one. The memory of an old one that nobody
   * else can hold is given back.
   * @internal
   */
  putGradient(value: Tensor | null, own: boolean): void {
    if (this.ownsGradient && this.gradient !== value) this.gradient?.storage.dispose();
    this.gradient = value;
    this.ownsGradient = own && value !== null;
  }

  /** Whether {@link putGradient} was told that nobody else holds the gradient, and nobody asked since. @internal */
  get hasOwnGradient(): boolean {
    return this.ownsGradient;
  }

  /**
   * Gives the tensor's memory back at once, for other tensors to use, where otherwise that waits for the garbage
   * collector: for large tensors in loops that never return to the event loop. The tensor, its views, whatever
   * shares its memory, and arrays taken from them by `data` must not be used any more; tensors say so if they
   * are. What `backward` is still to need must not be disposed of. A second call does nothing.
   */
  dispose(): void {
    this.storage.dispose();
  }

  /**
   * Calls `hook` with the gradient of this tensor once `backward` knows it; what the hook returns
   * replaces the gradient. The function returned removes the hook.
   */
  registerHook(hook: Hook<Tensor>): () => void {
    if (typeof hook !== "function") {
      throw new KullbackError(`registerHook: wanted a function, got ${describeValue(hook)}`);
    }
    const edge = this.edge();
    if (edge === undefined) {
      throw new KullbackError(
        "registerHook: cannot register a hook on a tensor that doesn't require gradient",
      );
    }
    edge.hooks = [...edge.hooks, hook];
    return () => {
      const at = edge.hooks.indexOf(hook);
      if (at >= 0) edge.hooks = edge.hooks.toSpliced(at, 1);
    };
  }

  /** Lets `backward` accumulate `grad` for this tensor although it is not a leaf. */
  retainGrad(): void {
    const edge = this.edge();
    if (edge === undefined) {
      throw new KullbackError(
        "retainGrad: can't retain the gradient of a tensor that doesn't require gradient",
      );
    }
    if (edge.leaf === undefined) edge.retained = this;
  }

  /** Whether a recorded change of the tensor this is a view of came after this view. */
  private get isStale(): boolean {
    return this.known !== this.lineage.changes;
  }

  /**
   * The node that gradients of this tensor go to, undefined if it requires none.
   * @internal
   */
  edge(): GradNode<Tensor> | undefined {
    if (this.leafRequiresGrad) {
      this.node ??= new GradNode<Tensor>("AccumulateGrad", [], [], [], this);
    } else if (this.isStale) {
      throw new KullbackError(
        `autograd: the tensor that this one of shape ${describeShape(this.shape)} is a view of was changed in place ` +
          "by a recorded operation, which the view's history does not know of; make the view after the change",
      );
    }
    return this.node;
  }

  /**
   * Makes `node` the operation this tensor came from.
   * @internal
   */
  setGradFn(node: GradNode<Tensor>): void {
    this.node = node;
  }

  /**
   * Makes `node` the operation that changed this tensor in place; its views become stale.
   * @internal
   */
  changeGradFn(node: GradNode<Tensor>): void {
    if (this.node?.retained === this) {
      this.node.retained = undefined;
      node.retained = this;
    }
    this.node = node;
    this.known = ++this.lineage.changes;
  }

  /**
   * Counts a change of the memory, so that graphs that saved it notice.
   * @internal
   */
  bumpVersion(): void {
    this.storage.version++;
  }
}

/** A new packed tensor around `array`, which holds its elements in C order. @internal */
export function wrap(array: TypedArray, dtype: DType, shape: Shape): Tensor {
  return new Tensor(new Storage(array), dtype, shape);
}

/** A view of `x`'s memory. @internal */
export function viewOf(x: Tensor, shape: Shape, strides: readonly number[], offset: number): Tensor {
  return new Tensor(x.storage, x.dtype, shape, strides, offset, true, x.lineage);
}
