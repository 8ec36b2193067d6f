import { FileError } from "./fileError.js";
import { openArrayIn, openFile } from "./open.js";
import { type RowReader, rowsOf } from "./rows.js";
import type { RowsFile } from "./rowsFile.js";
import { describe } from "./shape.js";
import type { FileInput } from "./sources/index.js";
import { Vocabulary } from "./vocabulary.js";

/** Options of {@link openRows}. */
export interface OpenRowsOptions {
  /** The tensor or columns to take from a file that holds several: what `#name` says after a path. */
  tensor?: string;
  /** The axes of an array that make up a row. Default: the last. Tables and top-k files have but one axis. */
  dim?: readonly number[];
  /** Gives tokens that are named by their text their numbers. Files to compare must share one. Default: a new one. */
  vocabulary?: Vocabulary;
  /** Stops reading: whatever reads the file rejects with its reason. */
  signal?: AbortSignal;
}

/**
 * Opens a file of any format as rows to read in blocks, with what the format knows of them. The content says
 * which format it is. Headers are checked against the size of the file, and no file is read whole; a text is
 * gone through once, to count its rows.
 *
 * @param input - A path (in Node) or an http(s) URL, where `#name` names a tensor or columns; a Blob or
 *   File; the bytes of a file; or a ByteSource, which stays the caller's to close.
 * @throws {@link FileError} that names the file and what is wrong with it.
 */
export async function openRows(input: FileInput, options: OpenRowsOptions = {}): Promise<RowsFile> {
  const { dim, vocabulary = new Vocabulary(), signal } = options;
  const file = await openFile(input, options.tensor, signal);
  const { source, format, tensor } = file;
  try {
    if (format.kind === "arrays") {
      const array = await openArrayIn(file, format);
      const reader = rowsOf(array, dim);
      const { name, dtype, shape, close } = array;
      const order = array.source.forward ? "forward" : "any";
      return {
        kind: "dense",
        reader,
        name,
        format: format.name,
        size: source.size,
        dtype,
        shape,
        order,
        notes: [],
        source,
        array,
        close,
      };
    }
    const content = await format.openRows(source, { tensor, vocabulary });
    const shape =
      content.kind === "dense" ? shapeOf(content.reader) : [content.reader.rows, content.reader.k];
    const close = async () => {
      await content.close?.();
      await file.close();
    };
    const dtype = content.kind === "dense" ? content.reader.dtype : "float64";
    if (dim && !(dim.length === 1 && (dim[0] === -1 || dim[0] === 1))) {
      await content.close?.();
      throw new FileError(
        file.name,
        `is ${describe(dtype, shape)}, a table: its rows lie along dim -1, not ${dim.join(", ")}`,
      );
    }
    const { size } = source;
    return { ...content, name: file.name, format: format.name, size, dtype, shape, source, close };
  } catch (error) {
    await file.close();
    throw error;
  }
}

function shapeOf({ rows, classes }: RowReader): number[] {
  return [rows, classes];
}
