import { KullbackError } from "../../errors.js";
import { itemSize } from "../dtype.js";
import { encodeFloats, type FloatDType } from "../encode.js";
import { countElements } from "../shape.js";
import type { ByteSink, RowsToWrite, RowWriter } from "./writer.js";

const codes: Readonly<Partial<Record<FloatDType, string>>> = {
  float16: "<f2",
  float32: "<f4",
  float64: "<f8",
};

/** Writes `.npy`: the header first, since the number of rows is known. */
export async function npyRows(sink: ByteSink, target: RowsToWrite): Promise<RowWriter> {
  await sink.write(npyHeader(target));
  return {
    write: (values, count) =>
      sink.write(encodeFloats(values.subarray(0, count * target.classes), target.dtype)),
    finish: async () => {},
  };
}

/** The header of version 1.0, padded as NumPy pads it. */
export function npyHeader({ dtype, shape }: RowsToWrite): Uint8Array {
  const code = codes[dtype];
  if (code === undefined) {
    throw new KullbackError(`convert: NumPy's formats have no ${dtype}: choose float32, or safetensors`);
  }
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const header = `{'descr': '${code}', 'fortran_order': False, 'shape': (${tuple}), }`;
  const offset = Math.ceil((10 + header.length + 1) / 64) * 64;
  const preamble = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, (offset - 10) & 255, (offset - 10) >> 8];
  return Uint8Array.of(...preamble, ...new TextEncoder().encode(`${header.padEnd(offset - 11)}\n`));
}

/** Bytes of the whole file. */
export function npySize(target: RowsToWrite): number {
  return npyHeader(target).length + countElements(target.shape)! * itemSize[target.dtype];
}
