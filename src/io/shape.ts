/**
 * The number of elements of `shape`, or undefined if its dimensions multiply to more than 2⁵³ − 1. Zeros are
 * left out of that check, since the rows of an empty array are counted too.
 */
export function countElements(shape: readonly number[]): number | undefined {
  let product = 1;
  for (const dim of shape) {
    if (dim > 0) product *= dim;
    if (!Number.isSafeInteger(product)) return undefined;
  }
  return shape.includes(0) ? 0 : product;
}

/** NumPy's limit on the number of axes. */
const MAX_AXES = 64;

/** What {@link isShape} wants. */
export const WANTED_SHAPE = `at most ${MAX_AXES} whole numbers ≥ 0`;

/** Whether `shape` is a list of at most 64 whole, non-negative numbers. */
export function isShape(shape: unknown): shape is number[] {
  return (
    Array.isArray(shape) &&
    shape.length <= MAX_AXES &&
    shape.every((dim) => Number.isInteger(dim) && dim >= 0)
  );
}

/** Elements from one index of each axis to the next, where the last axis varies fastest, or the first. */
export function stridesOf(shape: readonly number[], fortranOrder: boolean): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let i = 0; i < shape.length; i++) {
    const axis = fortranOrder ? i : shape.length - 1 - i;
    strides[axis] = stride;
    stride *= shape[axis]!;
  }
  return strides;
}

/** `float32 [4, 256]`. */
export function describe(dtype: string, shape: readonly number[]): string {
  return `${dtype} [${shape.join(", ")}]`;
}
