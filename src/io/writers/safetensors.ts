import { itemSize } from "../dtype.js";
import { encodeFloats } from "../encode.js";
import { countElements } from "../shape.js";
import { safetensorsHeader } from "../writeSafetensors.js";
import type { ByteSink, RowsToWrite, RowWriter } from "./writer.js";

/** Writes safetensors with one tensor. */
export async function safetensorsRows(sink: ByteSink, target: RowsToWrite): Promise<RowWriter> {
  const { name, dtype, shape, classes } = target;
  const end = countElements(shape)! * itemSize[dtype];
  await sink.write(safetensorsHeader([[name, { dtype, shape, begin: 0, end }]]));
  return {
    write: (values, count) => sink.write(encodeFloats(values.subarray(0, count * classes), dtype)),
    finish: async () => {},
  };
}
