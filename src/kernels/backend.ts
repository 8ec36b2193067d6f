import { KullbackError } from "../errors.js";
import { wasm } from "./wasm/module.js";

/**
 * What computes: `"wasm"`, WebAssembly with SIMD and threads, or `"reference"`, plain TypeScript, which is
 * slower and there to be read, for comparison, and for platforms without WebAssembly SIMD.
 */
export type Backend = "reference" | "wasm";

let current: Backend | undefined;

/** The backend in use: `"wasm"` where the platform has it, unless {@link setBackend} said otherwise. */
export function backend(): Backend {
  current ??= hasWasm() ? "wasm" : "reference";
  return current;
}

/**
 * Chooses the backend of all operations from now on. They agree up to rounding; tensors need no conversion.
 *
 * @throws {KullbackError} for another name, and for `"wasm"` where the platform cannot run it.
 */
export function setBackend(name: Backend): void {
  if (name !== "reference" && name !== "wasm") {
    throw new KullbackError(`setBackend: wanted "reference" or "wasm", got ${JSON.stringify(name)}`);
  }
  if (name === "wasm") wasm();
  current = name;
}

function hasWasm(): boolean {
  try {
    wasm();
    return true;
  } catch {
    return false;
  }
}
