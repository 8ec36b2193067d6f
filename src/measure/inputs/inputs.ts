import { KullbackError } from "../../errors.js";
import {
  type ArrayFile,
  type FileInput,
  openRows,
  type RowsFile,
  rowsOf,
  type Vocabulary,
} from "../../io/index.js";
import type { InputSummary } from "../comparison.js";
import { fingerprint } from "./fingerprint.js";

/** An array in memory, in C order. */
export interface MemoryArray {
  data: Float32Array | Float64Array | Int32Array | Uint8Array;
  shape: readonly number[];
  /** What reports call it. Default: its role, such as `reference`. */
  name?: string;
}

/**
 * What can be compared: a path (in Node) or an http(s) URL of a file of any format that `openRows` reads, where
 * `#name` names a tensor or columns; a Blob or File, the bytes of a file, a source of one's own, an array that is
 * already open, or one in memory.
 */
export type CompareInput = FileInput | ArrayFile | MemoryArray;

/** How inputs are opened. */
export interface InputOptions {
  /** The axes that make up a row. Default: the last. */
  readonly dim?: readonly number[];
  /** Shared by files that are compared, which may name tokens by their text. Default: one of its own. */
  readonly vocabulary?: Vocabulary;
  /** Stops the reading of files that are opened here. */
  readonly signal?: AbortSignal;
}

/** Rows to read from, with what is said about them. */
export interface Input {
  readonly name: string;
  readonly file: RowsFile;
  readonly summary: InputSummary;
  /** Closes the file if it was opened here. */
  close(): Promise<void>;
}

/** The inputs of a comparison that hold a number for each row, by the name of their option. */
export const rowRoles = ["labels", "mask", "groups", "clusters"] as const;

/** All inputs of a comparison. */
export interface Inputs extends Readonly<Record<(typeof rowRoles)[number], Input | undefined>> {
  readonly reference: Input;
  readonly candidates: readonly Input[];
  readonly floor: Input | undefined;
}

/**
 * Opens all inputs of a comparison; if one cannot be opened, closes the others.
 *
 * @throws KullbackError for the first that cannot be opened, and when there is no candidate.
 */
export async function openInputs(
  reference: CompareInput,
  candidates: readonly CompareInput[],
  others: Partial<Record<(typeof rowRoles)[number] | "floor", CompareInput>>,
  options: InputOptions,
): Promise<Inputs> {
  if (candidates.length === 0) throw new KullbackError("compare: wanted at least one candidate, got none");
  const opened: Input[] = [];
  const open = async (input: CompareInput, role: string, how: InputOptions) => {
    const result = await openInput(input, role, how);
    opened.push(result);
    return result;
  };
  const openIfGiven = async (role: keyof typeof others, how: InputOptions = {}) => {
    const input = others[role];
    return input === undefined ? undefined : open(input, role, { signal: options.signal, ...how });
  };
  try {
    const p = await open(reference, "reference", options);
    const qs: Input[] = [];
    for (const [i, candidate] of candidates.entries()) {
      qs.push(await open(candidate, `candidate ${i + 1}`, options));
    }
    return {
      reference: p,
      candidates: qs,
      labels: await openIfGiven("labels"),
      mask: await openIfGiven("mask"),
      groups: await openIfGiven("groups"),
      clusters: await openIfGiven("clusters"),
      floor: await openIfGiven("floor", options),
    };
  } catch (error) {
    for (const input of opened) await input.close();
    throw error;
  }
}

/** Closes what was opened here. */
export async function closeInputs(inputs: Inputs): Promise<void> {
  const { reference, candidates, labels, mask, groups, clusters, floor } = inputs;
  for (const input of [reference, ...candidates, labels, mask, groups, clusters, floor]) await input?.close();
}

/** Opens `input`; `role` names it in errors if it has no name of its own. */
export async function openInput(
  input: CompareInput,
  role: string,
  { dim, vocabulary, signal }: InputOptions = {},
): Promise<Input> {
  if (isMemoryArray(input)) {
    const file = rowsFileOf(memoryFile(input, role), dim);
    const { name, dtype, shape } = file;
    const unknown = { size: null, hash: null, tokens: null };
    const summary = { name, format: "memory", dtype, shape: [...shape], ...unknown };
    return { name, file, summary, close: async () => {} };
  }
  if (isArrayFile(input)) return describe(rowsFileOf(input, dim), async () => {});
  const file = await openRows(input, { dim, vocabulary, signal });
  const close = () => file.close();
  try {
    return await describe(file, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function describe(file: RowsFile, close: () => Promise<void>): Promise<Input> {
  const { name, format, dtype, shape, size, source, tokens = null } = file;
  const hash = await fingerprint(source);
  return { name, file, summary: { name, format, dtype, shape: [...shape], size, hash, tokens }, close };
}

/** An open array as a file of rows. */
function rowsFileOf(array: ArrayFile, dim: readonly number[] | undefined): RowsFile {
  const { name, format, dtype, shape, source, close } = array;
  const rows = { reader: rowsOf(array, dim), order: source.forward ? "forward" : "any", notes: [] } as const;
  return { kind: "dense", ...rows, name, format, size: source.size, dtype, shape, source, array, close };
}

function isArrayFile(input: CompareInput): input is ArrayFile {
  return typeof input === "object" && "source" in input && "dtype" in input;
}

function isMemoryArray(input: CompareInput): input is MemoryArray {
  return typeof input === "object" && "data" in input && "shape" in input;
}

/** The array as a file of raw numbers that shares its memory. */
function memoryFile({ data, shape, name = "" }: MemoryArray, role: string): ArrayFile {
  const wanted = shape.reduce((product, size) => product * size, 1);
  if (data.length !== wanted) {
    throw new KullbackError(
      `${name || role}: wanted ${wanted} elements for the shape [${shape.join(", ")}], got ${data.length}`,
    );
  }
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return {
    name: name || role,
    format: "npy",
    dtype: dtypeOf(data),
    shape,
    byteLength: bytes.length,
    source: {
      name: name || role,
      size: bytes.length,
      read: async (offset, length) => bytes.subarray(offset, offset + length),
      close: async () => {},
    },
    offset: 0,
    byteOrder: new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? "little" : "big",
    fortranOrder: false,
    close: async () => {},
  };
}

function dtypeOf(data: MemoryArray["data"]): ArrayFile["dtype"] {
  if (data instanceof Float32Array) return "float32";
  if (data instanceof Float64Array) return "float64";
  return data instanceof Int32Array ? "int32" : "uint8";
}
