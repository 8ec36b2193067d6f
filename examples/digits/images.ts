import { data, fromArray, type Tensor } from "kullback";
import { type FileInput, readArray } from "kullback/io";

/** Images [count, 64] of 8×8 numbers from 0 (paper) to 1 (ink), and the digits that they show [count]. */
export type Digits = data.TensorDataset<readonly [images: Tensor, labels: Tensor]>;

/** How many of the images are for training; the others are for testing. */
const forTraining = 1400;

/** The digits' `.npy` files: paths, or in a browser Blobs. */
export interface DigitFiles {
  images: FileInput;
  labels: FileInput;
}

/** Reads the digits. */
export async function readDigits(
  files: DigitFiles,
  dtype: "float32" | "float64" = "float32",
): Promise<{ training: Digits; testing: Digits }> {
  const [images, labels] = await Promise.all([readArray(files.images), readArray(files.labels)]);
  const pixels = fromArray(images.data, images.shape).to(dtype).div(16).flatten(1);
  const digits = fromArray(labels.data, labels.shape);
  const part = (start: number, end: number) =>
    new data.TensorDataset(pixels.narrow(0, start, end - start), digits.narrow(0, start, end - start));
  return { training: part(0, forTraining), testing: part(forTraining, digits.numel) };
}
