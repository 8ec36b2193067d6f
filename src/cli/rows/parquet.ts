import type { FileWriter } from "../atomicFile.js";
import type { PacedTable } from "./paced.js";

/** Writes rows as Parquet, a row group for each piece of the table. */
export async function writeRowsParquet(table: PacedTable, file: FileWriter): Promise<void> {
  const { ByteWriter, ParquetWriter, schemaFromColumnData } = await import("hyparquet-writer");
  const types = { float64: "DOUBLE", int32: "INT32", bool: "BOOLEAN" } as const;
  const described = table.columns.map(({ name, type }) => ({
    name,
    type: types[type],
    nullable: false,
    data: [],
  }));
  const writer = new ByteWriter();
  const drain = () => {
    file.write(writer.getBytes());
    writer.index = 0;
  };
  const parquet = new ParquetWriter({
    writer,
    schema: schemaFromColumnData({ columnData: described }),
    createdBy: "kullback",
  });
  for await (const { rows, columns } of table.pieces()) {
    const columnData = table.columns.map(({ name, type }, i) => ({
      name,
      data: type === "bool" ? Array.from(columns[i], (value) => value !== 0) : columns[i],
    }));
    await parquet.write({ columnData, rowGroupSize: rows });
    drain();
  }
  await parquet.finish();
  drain();
}
