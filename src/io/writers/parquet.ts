import type { SchemaElement } from "hyparquet";
import { KullbackError } from "../../errors.js";
import type { FloatDType } from "../encode.js";
import type { ByteSink, RowsToWrite, RowWriter, TopKWriter } from "./writer.js";

/** Values of a row group: what is in memory before it is written. */
const GROUP = 1 << 20;

/** Writes Parquet with one column of lists, a row each. */
export async function parquetRows(sink: ByteSink, target: RowsToWrite): Promise<RowWriter> {
  const { name, dtype, classes } = target;
  if (dtype === "bfloat16") throw new KullbackError("convert: Parquet has no bfloat16: choose float32");
  const file = await openParquet(sink, listSchema([[name, leaves[dtype]]]));
  const groupRows = Math.max(1, Math.floor(GROUP / Math.max(1, classes)));
  let rows: number[][] = [];
  const flush = async () => {
    if (rows.length > 0) await file.write([{ name, data: rows }]);
    rows = [];
  };
  return {
    async write(values, count) {
      for (let i = 0; i < count; i++) {
        rows.push(Array.from(values.subarray(i * classes, (i + 1) * classes)));
        if (rows.length >= groupRows) await flush();
      }
    },
    async finish() {
      await flush();
      await file.finish();
    },
  };
}

/** Writes Parquet with a column of lists of ids and one of their log-probabilities. */
export async function parquetTopK(sink: ByteSink, k: number): Promise<TopKWriter> {
  const file = await openParquet(
    sink,
    listSchema([
      ["ids", { type: "INT32" }],
      ["logprobs", { type: "DOUBLE" }],
    ]),
  );
  const groupRows = Math.max(1, Math.floor(GROUP / Math.max(1, k)));
  let idRows: number[][] = [];
  let valueRows: number[][] = [];
  const flush = async () => {
    if (idRows.length > 0) {
      await file.write([
        { name: "ids", data: idRows },
        { name: "logprobs", data: valueRows },
      ]);
    }
    idRows = [];
    valueRows = [];
  };
  return {
    async write(ids, logProbs, count) {
      for (let i = 0; i < count; i++) {
        const end = ids.subarray(i * k, (i + 1) * k).indexOf(-1);
        const length = end < 0 ? k : end;
        idRows.push(Array.from(ids.subarray(i * k, i * k + length)));
        valueRows.push(Array.from(logProbs.subarray(i * k, i * k + length)));
        if (idRows.length >= groupRows) await flush();
      }
    },
    async finish() {
      await flush();
      await file.finish();
    },
  };
}

type Leaf = Pick<SchemaElement, "type" | "type_length" | "logical_type">;

const leaves: Readonly<Record<Exclude<FloatDType, "bfloat16">, Leaf>> = {
  float16: { type: "FIXED_LEN_BYTE_ARRAY", type_length: 2, logical_type: { type: "FLOAT16" } },
  float32: { type: "FLOAT" },
  float64: { type: "DOUBLE" },
};

/** The schema that Arrow gives columns of lists without nulls. */
function listSchema(columns: readonly [name: string, leaf: Leaf][]): SchemaElement[] {
  const lists = columns.flatMap(([name, leaf]): SchemaElement[] => [
    {
      name,
      repetition_type: "REQUIRED",
      num_children: 1,
      converted_type: "LIST",
      logical_type: { type: "LIST" },
    },
    { name: "list", repetition_type: "REPEATED", num_children: 1 },
    { name: "element", repetition_type: "REQUIRED", ...leaf },
  ]);
  return [{ name: "schema", num_children: columns.length }, ...lists];
}

async function openParquet(sink: ByteSink, schema: SchemaElement[]) {
  const { ByteWriter, ParquetWriter } = await import("hyparquet-writer");
  const writer = new ByteWriter();
  const flush = async () => {
    const bytes = writer.getBytes().slice();
    writer.index = 0;
    await sink.write(bytes);
  };
  const parquet = new ParquetWriter({ writer, schema, statistics: false, createdBy: "kullback" });
  return {
    async write(columnData: { name: string; data: number[][] }[]) {
      // Distributions hardly repeat values, which is what dictionaries are for.
      const plain = columnData.map((column) => ({ ...column, encoding: "PLAIN" as const }));
      await parquet.write({ columnData: plain, rowGroupSize: plain[0]!.data.length });
      await flush();
    },
    async finish() {
      await parquet.finish();
      await flush();
    },
  };
}
