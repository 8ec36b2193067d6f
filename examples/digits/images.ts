import { data, fromArray, type Tensor } from "kullback";
import { readArray } from "kullback/io";

/** Images [count, 64] of 8×8 numbers from 0 (paper) to 1 (ink), and the digits that they show [count]. */
export type Digits = data.TensorDataset<readonly [images: Tensor, labels: Tensor]>;

/** How many of the images are for training; the others are for testing. */
const forTraining = 1400;

/** Reads the digits of `examples/data`. `folder` is a path, or in a browser its address, with a slash at the end. */
export async function readDigits(
  folder: string,
  dtype: "float32" | "float64" = "float32",
): Promise<{ training: Digits; testing: Digits }> {
  const [images, labels] = await Promise.all(
    ["images", "labels"].map((name) => readArray(`${folder}digits_${name}.npy`)),
  );
  const pixels = fromArray(images.data, images.shape).to(dtype).div(16).flatten(1);
  const digits = fromArray(labels.data, labels.shape);
  const part = (start: number, end: number) =>
    new data.TensorDataset(pixels.narrow(0, start, end - start), digits.narrow(0, start, end - start));
  return { training: part(0, forTraining), testing: part(forTraining, digits.numel) };
}
