import { KullbackError } from "../errors.js";
import { type FileInput, inspectFile, readArray } from "../io/index.js";
import { fromArray, type Tensor } from "../tensor/index.js";

/** Tensors by name, such as a module's state dict. */
export type TensorDict = Record<string, Tensor>;

/**
 * The tensors of a safetensors file by name. float16 and bfloat16 become float32, integers int32.
 *
 * ```ts
 * model.loadStateDict(await safetensors.loadFile("model.safetensors"));
 * ```
 *
 * @param input - a path (in Node), an http(s) URL, a Blob or File, or the bytes of a file
 * @throws FileError that names the file and what is wrong with it
 */
export async function loadFile(input: FileInput): Promise<TensorDict> {
  const { name, format, arrays } = await inspectFile(input);
  if (format !== "safetensors") {
    throw new KullbackError(`loadFile: wanted a safetensors file, ${name} is a ${format} file`);
  }
  const tensors: TensorDict = {};
  for (const array of arrays) {
    const { data, shape } = await readArray(input, { tensor: array.name });
    tensors[array.name] = fromArray(data, shape);
  }
  return tensors;
}

/** The tensors in the bytes of a safetensors file; see {@link loadFile}. */
export async function load(bytes: Uint8Array): Promise<TensorDict> {
  if (!(bytes instanceof Uint8Array)) {
    throw new KullbackError(
      `load: wanted the bytes of a safetensors file, got ${typeof bytes}; see loadFile`,
    );
  }
  return loadFile(bytes);
}
