import { KullbackError } from "../errors.js";
import { allocate } from "../kernels/index.js";
import { leaf, type Tensor } from "../tensor/index.js";
import { checkTensors } from "./loss.js";

/**
 * For each class index a row of zeros with a one at the class, as `torch.nn.functional.one_hot`.
 *
 * @param input - int32 class indices, any shape
 * @param numClasses - default −1: one more than the largest index
 * @returns int32 [...input.shape, numClasses]
 * @throws KullbackError if an index is negative or not below `numClasses`
 */
export function oneHot(input: Tensor, numClasses = -1): Tensor {
  checkTensors("oneHot", input);
  if (input.dtype !== "int32") {
    throw new KullbackError(`oneHot: wanted class indices as int32, got ${input.dtype}`);
  }
  const classes = input.data;
  if (!Number.isInteger(numClasses) || numClasses < -1 || (numClasses < 1 && classes.length === 0)) {
    throw new KullbackError(`oneHot: numClasses must be a positive integer, got ${numClasses}`);
  }
  let largest = -1;
  for (const index of classes) {
    if (index < 0) throw new KullbackError(`oneHot: class values must be non-negative, got ${index}`);
    if (index > largest) largest = index;
  }
  if (numClasses !== -1 && largest >= numClasses) {
    throw new KullbackError(
      `oneHot: class values must be smaller than numClasses=${numClasses}, got ${largest}`,
    );
  }
  const count = numClasses === -1 ? largest + 1 : numClasses;
  const array = allocate("int32", classes.length * count);
  classes.forEach((index: number, i: number) => {
    array[i * count + index] = 1;
  });
  return leaf(array, "int32", [...input.shape, count]);
}
