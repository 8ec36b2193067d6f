import { KullbackError } from "../errors.js";
import { type ArrayFile, type FileInput, openArray } from "../io/index.js";
import type { InputSummary } from "./comparison.js";
import { fingerprint } from "./fingerprint.js";

/** An array in memory, in C order. */
export interface MemoryArray {
  data: Float32Array | Float64Array | Int32Array | Uint8Array;
  shape: readonly number[];
  /** What reports call it. Default: its role, such as `reference`. */
  name?: string;
}

/**
 * What can be compared: a path (in Node; `file.safetensors#tensor` names the tensor), a Blob or File, the
 * bytes of a file, a source of one's own, an array that is already open, or one in memory.
 */
export type CompareInput = FileInput | ArrayFile | MemoryArray;

/** An array to read from, with what is said about it. */
export interface Input {
  array: ArrayFile;
  summary: InputSummary;
  /** Closes the array if it was opened here. */
  close(): Promise<void>;
}

/** All inputs of a comparison. */
export interface Inputs {
  readonly reference: Input;
  readonly candidates: readonly Input[];
  readonly labels: Input | undefined;
  readonly mask: Input | undefined;
  readonly groups: Input | undefined;
  readonly clusters: Input | undefined;
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
  options: Partial<Record<"labels" | "mask" | "groups" | "clusters" | "floor", CompareInput>>,
): Promise<Inputs> {
  if (candidates.length === 0) throw new KullbackError("compare: wanted at least one candidate, got none");
  const opened: Input[] = [];
  const open = async (input: CompareInput, role: string) => {
    const result = await openInput(input, role);
    opened.push(result);
    return result;
  };
  const openIfGiven = async (role: "labels" | "mask" | "groups" | "clusters" | "floor") => {
    const input = options[role];
    return input === undefined ? undefined : open(input, role);
  };
  try {
    const p = await open(reference, "reference");
    const qs: Input[] = [];
    for (const [i, candidate] of candidates.entries()) qs.push(await open(candidate, `candidate ${i + 1}`));
    return {
      reference: p,
      candidates: qs,
      labels: await openIfGiven("labels"),
      mask: await openIfGiven("mask"),
      groups: await openIfGiven("groups"),
      clusters: await openIfGiven("clusters"),
      floor: await openIfGiven("floor"),
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
export async function openInput(input: CompareInput, role: string): Promise<Input> {
  if (isMemoryArray(input)) {
    const array = memoryFile(input, role);
    const { name, dtype, shape } = array;
    const summary = {
      name,
      format: "memory",
      dtype,
      shape: [...shape],
      size: null,
      hash: null,
      tokens: null,
    };
    return { array, summary, close: async () => {} };
  }
  if (isArrayFile(input)) return fromFile(input, async () => {});
  const array = await openArray(input);
  const close = () => array.close();
  try {
    return await fromFile(array, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function fromFile(array: ArrayFile, close: () => Promise<void>): Promise<Input> {
  const { name, format, dtype, shape, source } = array;
  const hash = await fingerprint(source);
  const summary = { name, format, dtype, shape: [...shape], size: source.size, hash, tokens: null };
  return { array, summary, close };
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
