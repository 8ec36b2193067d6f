// The parts of the WebAssembly JavaScript interface that the kernels use. TypeScript declares them only
// with its browser library, which a library for Node cannot ask of its users.

/** A compiled module. */
export type WasmModule = object;

/** A linear memory. */
export interface WasmMemory {
  /** The memory as it is now; a new object after every `grow`. */
  readonly buffer: ArrayBufferLike;
  /** Adds `pages` of 64 KiB. */
  grow(pages: number): number;
}

interface MemoryLimits {
  initial: number;
  maximum: number;
  shared?: boolean;
}

interface WasmNamespace {
  Module: new (bytes: Uint8Array) => WasmModule;
  Memory: new (limits: MemoryLimits) => WasmMemory;
  Instance: new (module: WasmModule, imports: { env: { memory: WasmMemory } }) => { exports: object };
}

declare const WebAssembly: WasmNamespace | undefined;

/** The platform's WebAssembly; undefined where there is none. */
export function webAssembly(): WasmNamespace | undefined {
  return typeof WebAssembly === "undefined" ? undefined : WebAssembly;
}
