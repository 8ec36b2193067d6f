import type { FileWriter } from "../atomicFile.js";
import type { PacedTable } from "./paced.js";

/** Writes rows as CSV with a heading; numbers have all their digits, what is not finite is `inf` or `nan`. */
export async function writeRowsCsv(table: PacedTable, file: FileWriter): Promise<void> {
  file.write(`${table.columns.map(({ name }) => quoted(name)).join(",")}\n`);
  for await (const { rows, columns } of table.pieces()) {
    const lines: string[] = [];
    for (let i = 0; i < rows; i++) lines.push(`${columns.map((column) => show(column[i])).join(",")}\n`);
    file.write(lines.join(""));
  }
}

function show(x: number): string {
  if (Number.isFinite(x)) return String(x);
  return Number.isNaN(x) ? "nan" : x < 0 ? "-inf" : "inf";
}

function quoted(name: string): string {
  return /[",\r\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
}
