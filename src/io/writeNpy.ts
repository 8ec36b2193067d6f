import { KullbackError } from "../errors.js";
import { machineOrder } from "./decode.js";
import { countElements, isShape } from "./shape.js";

/**
 * The bytes of a `.npy` file (version 1.0, C order) of float32, float64 or int32 numbers, or of bools for a
 * Uint8Array, which is how tensors hold them.
 *
 * @param data - The elements, the last axis varying fastest.
 * @param shape - Whole numbers whose product is `data.length`; `[]` for a single number.
 * @throws KullbackError if shape and data do not match, or a Uint8Array holds other numbers than 0 and 1.
 */
export function writeNpy(
  data: Float32Array | Float64Array | Int32Array | Uint8Array,
  shape: readonly number[],
): Uint8Array {
  if (!isShape(shape) || countElements(shape) !== data.length) {
    throw new KullbackError(
      `writeNpy: the shape [${shape.join(", ")}] does not hold ${data.length} elements`,
    );
  }
  if (data instanceof Uint8Array && data.some((value) => value > 1)) {
    throw new KullbackError("writeNpy: a Uint8Array stands for bools, 0 or 1; use an Int32Array for numbers");
  }
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const header = `{'descr': '${descrOf(data)}', 'fortran_order': False, 'shape': (${tuple}), }`;
  // NumPy pads the header with spaces so that the data begins at a multiple of 64 bytes.
  const offset = Math.ceil((10 + header.length + 1) / 64) * 64;
  const bytes = new Uint8Array(offset + data.byteLength);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, (offset - 10) & 255, (offset - 10) >> 8]);
  bytes.set(new TextEncoder().encode(`${header.padEnd(offset - 11)}\n`), 10);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
  return bytes;
}

function descrOf(data: Float32Array | Float64Array | Int32Array | Uint8Array): string {
  const order = machineOrder === "little" ? "<" : ">";
  if (data instanceof Float32Array) return `${order}f4`;
  if (data instanceof Float64Array) return `${order}f8`;
  return data instanceof Int32Array ? `${order}i4` : "|b1";
}
