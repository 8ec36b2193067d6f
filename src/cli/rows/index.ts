import { KullbackError } from "../../errors.js";
import type { RowTable } from "../../measure/index.js";
import { type FileWriter, writeFileAtomically } from "../atomicFile.js";
import { writeRowsCsv } from "./csv.js";
import { writeRowsNpy } from "./npy.js";
import { type PacedTable, paced } from "./paced.js";
import { writeRowsParquet } from "./parquet.js";

const writers: Readonly<Record<string, (table: PacedTable, file: FileWriter) => Promise<void>>> = {
  ".npy": writeRowsNpy,
  ".parquet": writeRowsParquet,
  ".csv": writeRowsCsv,
};

/**
 * A function that writes a table of rows to `path`, in the format that its end names; nothing is left of the
 * file if that does not succeed.
 *
 * @param signal - Stops the writing between two pieces.
 * @throws KullbackError at once if the end names no format.
 */
export function rowWriter(path: string, signal: AbortSignal): (table: RowTable) => Promise<void> {
  const end = Object.keys(writers).find((extension) => path.toLowerCase().endsWith(extension));
  if (end === undefined) {
    throw new KullbackError(`${path}: rows are saved as ${Object.keys(writers).join(", ")}; end the name so`);
  }
  return (table) => writeFileAtomically(path, (file) => writers[end](paced(table, signal), file));
}
