/**
 * Tensors by name to and from safetensors files, as Python's `safetensors.torch`.
 *
 * @module
 */

export { load, loadFile, type TensorDict } from "./load.js";
export { type SaveOptions, save, saveFile } from "./save.js";
