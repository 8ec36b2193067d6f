import type { SchemaTree } from "hyparquet";
import { FileError } from "../../fileError.js";

/** A column of numbers, or of lists of numbers. */
export interface Column {
  name: string;
  /** The path of the column in the file's schema, and the nodes along it from the root. */
  path: string[];
  nodes: SchemaTree[];
  list: boolean;
  /** Whether its numbers are whole. */
  integers: boolean;
  dtype: "float32" | "float64";
}

/** How the columns of a file are taken. */
export type Layout =
  | { kind: "list"; values: Column }
  | { kind: "columns"; columns: Column[] }
  | { kind: "top-k"; ids: Column; logProbs: Column };

/**
 * Decides what the columns of a file are: one column of lists is a row each; a column of lists of whole
 * numbers beside one of lists of other numbers are the ids and log-probabilities of the likeliest classes;
 * columns of plain numbers are a class each. Columns of other types are passed over beside lists.
 *
 * @param wanted - Names of columns with commas between, to take these alone.
 */
export function chooseLayout(file: string, schema: SchemaTree, wanted: string | undefined): Layout {
  const all = schema.children.map((node) => columnOf(node, wanted !== undefined));
  const columns = wanted === undefined ? all : wanted.split(",").map((name) => find(file, schema, all, name));
  const numeric = columns.filter((column) => column !== undefined);
  const lists = numeric.filter(({ list }) => list);
  if (lists.length === 1 && (wanted === undefined || columns.length === 1))
    return { kind: "list", values: lists[0]! };
  if (lists.length === 2) {
    const [ids, logProbs] = lists[0]!.integers ? lists : [lists[1]!, lists[0]!];
    if (ids!.integers && !logProbs!.integers) return { kind: "top-k", ids: ids!, logProbs: logProbs! };
  }
  const names = schema.children.map(({ element }) => element.name);
  if (lists.length > 0) {
    throw new FileError(
      file,
      `has ${lists.length} columns of lists: name one as ${file}#column, or one of ids and one of log-probabilities ` +
        `as ${file}#ids,logprobs: ${listOf(lists.map(({ name }) => name))}`,
    );
  }
  if (numeric.length === 0)
    throw new FileError(file, `has no columns of numbers or of lists of numbers: ${listOf(names)}`);
  if (numeric.length < columns.length) {
    const other = names.find((_, i) => columns[i] === undefined);
    throw new FileError(
      file,
      `column ${JSON.stringify(other)} holds no numbers: name those to take as ${file}#a,b,c`,
    );
  }
  return { kind: "columns", columns: numeric };
}

function find(
  file: string,
  schema: SchemaTree,
  columns: readonly (Column | undefined)[],
  name: string,
): Column {
  const index = schema.children.findIndex(({ element }) => element.name === name);
  const column = columns[index];
  if (column) return column;
  const names = listOf(schema.children.map(({ element }) => element.name));
  if (index < 0) throw new FileError(file, `has no column ${JSON.stringify(name)}; it has ${names}`);
  throw new FileError(file, `column ${JSON.stringify(name)} holds no numbers or lists of numbers`);
}

function listOf(names: readonly string[]): string {
  return `${names.slice(0, 8).join(", ")}${names.length > 8 ? ", …" : ""}`;
}

/**
 * The column that begins at `node`, or undefined if it holds anything but numbers or lists of them; booleans are
 * numbers where the column is named.
 */
function columnOf(node: SchemaTree, named: boolean): Column | undefined {
  const nodes = [node];
  for (let at = node; at.children.length > 0; ) {
    if (at.children.length > 1) return undefined;
    at = at.children[0]!;
    nodes.push(at);
  }
  const repeated = nodes.filter(({ element }) => element.repetition_type === "REPEATED").length;
  const leaf = nodes.at(-1)!.element;
  const { type, type_length: length, logical_type: logical, converted_type: converted } = leaf;
  const half = type === "FIXED_LEN_BYTE_ARRAY" && length === 2 && logical?.type === "FLOAT16";
  // Dates, times and decimals are stored as integers too.
  const plain =
    (logical === undefined || logical.type === "INTEGER") &&
    (converted === undefined || /^U?INT_/.test(converted));
  const integers = ((type === "INT32" || type === "INT64") && plain) || (named && type === "BOOLEAN");
  if (repeated > 1 || !(half || integers || type === "FLOAT" || type === "DOUBLE")) return undefined;
  if (repeated === 0 && nodes.length > 1) return undefined;
  const path = [...nodes.at(-1)!.path];
  const dtype = half || type === "FLOAT" ? "float32" : "float64";
  return { name: node.element.name, path, nodes, list: repeated === 1, integers, dtype };
}
