import { KullbackError } from "../errors.js";
import { writeSafetensors } from "../io/index.js";
import { Tensor } from "../tensor/index.js";
import type { TensorDict } from "./load.js";

/** Options of {@link save} and {@link saveFile}. */
export interface SaveOptions {
  /** Free text to keep in the file's header, by name. */
  metadata?: Readonly<Record<string, string>>;
}

/**
 * The bytes of a safetensors file with these tensors, which `safetensors.torch.load` reads. Tensors that share
 * memory are written each in full.
 */
export function save(tensors: Readonly<TensorDict>, { metadata }: SaveOptions = {}): Uint8Array {
  const entries = Object.entries(tensors).map(([name, x]) => {
    if (!(x instanceof Tensor)) {
      throw new KullbackError(`save: wanted tensors, got ${x === null ? "null" : typeof x} for "${name}"`);
    }
    return [name, { data: x.data, shape: x.shape, dtype: x.dtype }] as const;
  });
  return writeSafetensors(Object.fromEntries(entries), metadata);
}

/**
 * Writes tensors to a safetensors file, in Node; in browsers {@link save} gives the bytes. The file appears, or
 * replaces the one of that name, when it is whole.
 *
 * ```ts
 * await safetensors.saveFile(model.stateDict(), "model.safetensors");
 * ```
 *
 * @throws KullbackError if the file cannot be written
 */
export async function saveFile(
  tensors: Readonly<TensorDict>,
  path: string,
  options: SaveOptions = {},
): Promise<void> {
  const fs = typeof process === "undefined" ? undefined : process.getBuiltinModule?.("node:fs").promises;
  if (fs === undefined) {
    throw new KullbackError("saveFile: there is no file system here; save gives the bytes of the file");
  }
  const bytes = save(tensors, options);
  // Beside the file, since a rename does not cross disks.
  const unfinished = `${path}.${process.pid}-${Math.random().toString(36).slice(2)}.tmp`;
  try {
    await fs.writeFile(unfinished, bytes);
    await fs.rename(unfinished, path);
  } catch (error) {
    await fs.rm(unfinished, { force: true });
    throw new KullbackError(`saveFile: ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
