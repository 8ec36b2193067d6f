import type { FileFormat } from "./arrayFile.js";
import type { ByteOrder } from "./dtype.js";
import { openFile } from "./open.js";
import type { FileInput } from "./sources/index.js";
import { Vocabulary } from "./vocabulary.js";

/** What a file holds, from its header. */
export interface FileSummary {
  name: string;
  format: FileFormat;
  /** Bytes of the whole file. */
  size: number;
  arrays: ArraySummary[];
  /** The `__metadata__` of a safetensors file, or what another format's header says besides, if anything. */
  metadata?: Record<string, string>;
  /** What a reader of the numbers must know, a sentence each; absent when there is nothing. */
  notes?: string[];
}

/** One array of a {@link FileSummary}. */
export interface ArraySummary {
  /** Empty for a file whose one array has no name. */
  name: string;
  /** A {@link FileDType}, or the format's own name for a dtype that Kullback does not read (`F8_E4M3`). */
  dtype: string;
  shape: number[];
  fortranOrder: boolean;
  byteOrder: ByteOrder;
  /** Bytes as stored in the file. */
  byteLength: number;
  /** Set where the array is the likeliest classes of each row and not all. */
  topK?: true;
}

/**
 * What is in a file: its arrays with their dtypes and shapes. Reads only headers, or goes through a text.
 *
 * @throws {@link FileError} that names the file and what is wrong with it.
 */
export async function inspectFile(input: FileInput): Promise<FileSummary> {
  const { source, format, tensor, close } = await openFile(input);
  try {
    const { name, size } = source;
    if (format.kind === "arrays") {
      const header = await format.readHeader(source);
      await header.close?.();
      const arrays = header.arrays.map(
        ({ offset: _, source: _source, problem: _problem, name = "", ...array }) => ({ name, ...array }),
      );
      return { name, format: format.name, size, arrays, metadata: header.metadata };
    }
    const content = await format.openRows(source, { tensor, vocabulary: new Vocabulary() });
    await content.close?.();
    const { kind, reader, header, notes } = content;
    const layout = { fortranOrder: false, byteOrder: "little", byteLength: size } as const;
    const array: ArraySummary =
      kind === "dense"
        ? { name: "", dtype: reader.dtype, shape: [reader.rows, reader.classes], ...layout }
        : { name: "", dtype: "float64", shape: [reader.rows, reader.k], ...layout, topK: true };
    const summary: FileSummary = { name, format: format.name, size, arrays: [array] };
    if (header) summary.metadata = { ...header };
    if (notes.length > 0) summary.notes = [...notes];
    return summary;
  } finally {
    await close();
  }
}
