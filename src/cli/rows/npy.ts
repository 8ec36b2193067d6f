import type { RowTableColumn } from "../../measure/index.js";
import type { FileWriter } from "../atomicFile.js";
import type { PacedTable } from "./paced.js";

const descriptions = { float64: "<f8", int32: "<i4", bool: "|b1" } as const;
const sizes = { float64: 8, int32: 4, bool: 1 } as const;

/** Writes rows as a `.npy` file of records: in NumPy, `np.load(path)["kl"]` is a column. */
export async function writeRowsNpy(table: PacedTable, file: FileWriter): Promise<void> {
  file.write(header(table));
  const width = table.columns.reduce((sum, { type }) => sum + sizes[type], 0);
  for await (const { rows, columns } of table.pieces()) {
    const bytes = new Uint8Array(rows * width);
    const view = new DataView(bytes.buffer);
    let offset = 0;
    for (const [j, { type }] of table.columns.entries()) {
      const column = columns[j];
      for (let i = 0, at = offset; i < rows; i++, at += width) {
        if (type === "float64") view.setFloat64(at, column[i], true);
        else if (type === "int32") view.setInt32(at, column[i], true);
        else view.setUint8(at, column[i]);
      }
      offset += sizes[type];
    }
    file.write(bytes);
  }
}

/** Version 3.0, whose header is UTF-8, as names of files may need. */
function header({ rows, columns }: PacedTable): Uint8Array {
  const fields = columns.map(({ name, type }) => `(${literal(name)}, '${descriptions[type]}')`);
  const text = `{'descr': [${fields.join(", ")}], 'fortran_order': False, 'shape': (${rows},), }`;
  const encoded = new TextEncoder().encode(text);
  const offset = Math.ceil((12 + encoded.length + 1) / 64) * 64;
  const bytes = new Uint8Array(offset).fill(0x20);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 3, 0]);
  new DataView(bytes.buffer).setUint32(8, offset - 12, true);
  bytes.set(encoded, 12);
  bytes[offset - 1] = 0x0a;
  return bytes;
}

/** A name as a Python string. */
function literal(name: RowTableColumn["name"]): string {
  return `'${name.replace(/[\\']/g, "\\$&").replace(/\p{Cc}/gu, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`)}'`;
}
