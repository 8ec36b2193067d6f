/** File formats over random access to bytes: arrays in, rows of numbers out. */
export type { ArrayFile, FileFormat } from "./arrayFile.js";
export type { ByteSource } from "./byteSource.js";
export type { ByteOrder, FileDType } from "./dtype.js";
export { rowArray } from "./dtype.js";
export type { NumberArray } from "./encode.js";
export { FileError } from "./fileError.js";
export type { ArraySummary, FileSummary, OpenOptions } from "./open.js";
export { inspectFile, openArray } from "./open.js";
export type { RowReader } from "./rows.js";
export { rowsOf } from "./rows.js";
export type { FileInput } from "./sources/index.js";
export type { ArrayData } from "./whole.js";
export { readAll, readArray } from "./whole.js";
export { writeNpy } from "./writeNpy.js";
export type { TensorData } from "./writeSafetensors.js";
export { writeSafetensors } from "./writeSafetensors.js";
