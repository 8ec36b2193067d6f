/**
 * File formats over random access to bytes: arrays in, rows of numbers out.
 *
 * @module kullback/io
 */
export { KullbackError } from "../errors.js";
export type { ArrayFile, ArrayFormatName, FileFormat } from "./arrayFile.js";
export type { ByteSource } from "./byteSource.js";
export type { ConvertOptions } from "./convert.js";
export { convertRows } from "./convert.js";
export type { ByteOrder, FileDType } from "./dtype.js";
export { rowArray } from "./dtype.js";
export type { FloatDType, NumberArray } from "./encode.js";
export { FileError } from "./fileError.js";
export type { ArraySummary, FileSummary } from "./inspect.js";
export { inspectFile } from "./inspect.js";
export type { OpenOptions } from "./open.js";
export { openArray } from "./open.js";
export type { OpenRowsOptions } from "./openRows.js";
export { openRows } from "./openRows.js";
export type { RowReader } from "./rows.js";
export { rowsOf } from "./rows.js";
export type { CodedReader, RowContext, RowsContent, RowsFile, Sequences, TopKReader } from "./rowsFile.js";
export type { FileInput } from "./sources/index.js";
export { Vocabulary } from "./vocabulary.js";
export type { ArrayData } from "./whole.js";
export { readAll, readArray } from "./whole.js";
export { writeNpy } from "./writeNpy.js";
export type { ByteSink, RowsToWrite, RowWriter, TopKWriter, WriteFormat } from "./writers/index.js";
export { formatOfName, writeFormats, writeRows, writeTopK } from "./writers/index.js";
export type { TensorData } from "./writeSafetensors.js";
export { writeSafetensors } from "./writeSafetensors.js";
