// The parts of the platform that the kernels use. TypeScript declares those of WebAssembly and of web workers
// only with its browser library, which a library for Node cannot ask of its users.

import { KullbackError } from "../../errors.js";

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

/** A worker, of Node or of the web. */
export interface PlatformWorker {
  terminate(): unknown;
}

interface WebWorker extends PlatformWorker {
  postMessage(data: object): void;
  onerror: (() => void) | null;
}

declare const navigator: { hardwareConcurrency?: number } | undefined;

declare const Worker: (new (url: string) => WebWorker) | undefined;

/** Starts a worker that does not keep the process alive; `died` is called when it ends for whatever reason. */
export function startWorker(source: string, data: object, died: () => void): PlatformWorker {
  const threads = nodeModule("node:worker_threads");
  if (threads !== undefined) {
    const worker = new threads.Worker(source, { eval: true, workerData: data, execArgv: [] });
    worker.unref();
    worker.on("error", () => {}); // "exit" follows
    worker.on("exit", died);
    return worker;
  }
  if (typeof Worker === "undefined") throw new KullbackError("kernels: this platform has no workers");
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker(url);
  URL.revokeObjectURL(url);
  worker.onerror = died;
  worker.postMessage(data);
  return worker;
}

/** Whether {@link startWorker} can succeed. */
export function hasWorkers(): boolean {
  return typeof Worker !== "undefined" || nodeModule("node:worker_threads") !== undefined;
}

/** How many threads the machine runs at a time. */
export function availableThreads(): number {
  const os = nodeModule("node:os");
  if (os !== undefined) return os.availableParallelism();
  return typeof navigator === "undefined" ? 1 : (navigator.hardwareConcurrency ?? 1);
}

/** An environment variable, where there are such. */
export function environment(name: string): string | undefined {
  return typeof process === "undefined" ? undefined : process.env?.[name];
}

interface NodeModules {
  "node:worker_threads": typeof import("node:worker_threads");
  "node:os": typeof import("node:os");
  "node:vm": typeof import("node:vm");
}

/** A built-in module of Node, reached without an import that a bundler would follow; else undefined. */
export function nodeModule<Name extends keyof NodeModules>(name: Name): NodeModules[Name] | undefined {
  if (typeof process === "undefined" || typeof process.getBuiltinModule !== "function") return undefined;
  return process.getBuiltinModule(name) as NodeModules[Name] | undefined;
}
