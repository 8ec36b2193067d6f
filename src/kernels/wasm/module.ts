import { KullbackError } from "../../errors.js";
import { binary, type WasmKernels } from "./binary.js";
import { type WasmMemory, type WasmModule, webAssembly } from "./platform.js";

/** The kernels at work on one memory. */
export interface WasmEngine {
  readonly kernels: WasmKernels;
  readonly memory: WasmMemory;
  readonly module: WasmModule;
  /** Whether threads can share the memory. */
  readonly shared: boolean;
}

/**
 * The largest memory asked for, in pages of 64 KiB: 2 GiB, so that a pointer is a positive 32-bit integer.
 * A platform that has no room for that is asked for less.
 */
const maximumPages = [32768, 8192, 2048];

let engine: WasmEngine | undefined;

/** The kernels, instantiated when first asked for. */
export function wasm(): WasmEngine {
  engine ??= instantiate(typeof SharedArrayBuffer !== "undefined");
  return engine;
}

/**
 * Compiles and instantiates the kernels, on shared memory or on unshared memory; on unshared memory also
 * where no shared one is to be had.
 */
export function instantiate(shared: boolean): WasmEngine {
  const platform = webAssembly();
  if (platform === undefined) throw new KullbackError("kernels: this platform has no WebAssembly");
  for (const maximum of maximumPages) {
    try {
      const memory = new platform.Memory({ initial: 16, maximum, shared });
      const module = new platform.Module(shared ? decode() : onUnsharedMemory(decode()));
      const { exports } = new platform.Instance(module, { env: { memory } });
      return { kernels: exports as WasmKernels, memory, module, shared };
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }
  if (shared) return instantiate(false);
  throw new KullbackError("kernels: no memory left for WebAssembly");
}

/** The bytes of the binary, by the platform's own decoder where it has one: a loop takes milliseconds. */
function decode(): Uint8Array {
  const { fromBase64 } = Uint8Array as { fromBase64?: (text: string) => Uint8Array };
  if (fromBase64 !== undefined) return fromBase64.call(Uint8Array, binary);
  if (typeof globalThis.Buffer === "function") return globalThis.Buffer.from(binary, "base64");
  const text = atob(binary);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/**
 * The binary with its memory import no longer shared: "env" "memory", kind 2 (memory), then the limits'
 * flags, of which bit 1 says shared.
 */
function onUnsharedMemory(bytes: Uint8Array): Uint8Array {
  const pattern = [3, ...codes("env"), 6, ...codes("memory"), 2, 3];
  for (let at = 0; at < bytes.length; at++) {
    if (pattern.every((code, i) => bytes[at + i] === code)) {
      bytes[at + pattern.length - 1] = 1;
      return bytes;
    }
  }
  throw new KullbackError("kernels: the binary imports no shared memory");
}

function codes(text: string): number[] {
  return Array.from(text, (character) => character.charCodeAt(0));
}
