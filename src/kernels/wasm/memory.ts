// Where numbers lie in the WebAssembly memory. Larger arrays of tensors are allocated there while there is
// room, so that kernels work on them in place and threads share them; all other arrays are ordinary ones,
// which the garbage collector accounts for, and are copied through scratch memory.
//
// Each array gets a SharedArrayBuffer object of its own onto the one memory. So its block is in use as long
// as that object is reachable, be it through the array, a subarray, or another view of `array.buffer`; when
// it is not, a FinalizationRegistry gives the block back. JavaScript runs finalisers between tasks only: a
// program that never returns to the event loop fills the arena up to its cap and goes on with ordinary
// arrays, which are collected at any time.

import { KullbackError } from "../../errors.js";
import type { FloatArray, FloatDType } from "../dtype.js";
import { Heap, type HeapStatistics } from "./heap.js";
import { type WasmEngine, wasm } from "./module.js";

const PAGE = 65536;

/** Memory grows by at least this much. */
const STEP = 16 * 1024 * 1024;

/** Arrays of fewer bytes are not worth a block of their own. */
export const SMALLEST_BLOCK = 16 * 1024;

/** What blocks of arrays may take of the memory by default. */
const DEFAULT_CAP = 512 * 1024 * 1024;

interface Arena {
  readonly engine: WasmEngine;
  readonly heap: Heap;
  /** The address of each array's block, by the array's buffer. */
  readonly addresses: WeakMap<ArrayBufferLike, number>;
  readonly finalisers: FinalizationRegistry<number>;
  /** Bytes in blocks of arrays, and how many they may become. */
  arrayBytes: number;
  cap: number;
}

let arena: Arena | undefined;

function theArena(): Arena {
  if (arena !== undefined) return arena;
  const engine = wasm();
  const { memory } = engine;
  const tryGrow = (bytes: number) => {
    try {
      memory.grow(Math.ceil(bytes / PAGE));
      return true;
    } catch (error) {
      if (error instanceof RangeError) return false;
      throw error;
    }
  };
  const heap = new Heap(engine.kernels.heapBase(), (end) => {
    const missing = end - memory.buffer.byteLength;
    return missing <= 0 || tryGrow(Math.max(missing, STEP)) || tryGrow(missing);
  });
  const finalisers = new FinalizationRegistry<number>(freeBlock);
  arena = { engine, heap, addresses: new WeakMap(), finalisers, arrayBytes: 0, cap: DEFAULT_CAP };
  return arena;
}

function freeBlock(address: number): void {
  const { heap } = theArena();
  theArena().arrayBytes -= heap.sizeOf(address);
  heap.free(address);
}

/**
 * An array of `length` numbers in the WebAssembly memory; undefined if it is too small to be worth it, if
 * there is no room, or if the memory is not shared (then it moves when it grows). Its elements are zero,
 * or, with `unset`, whatever the memory held.
 */
export function allocateInArena(dtype: FloatDType, length: number, unset = false): FloatArray | undefined {
  const bytes = length * (dtype === "float32" ? 4 : 8);
  if (bytes < SMALLEST_BLOCK) return undefined;
  const { engine, heap, addresses, finalisers, arrayBytes, cap } = theArena();
  if (!engine.shared || arrayBytes + bytes > cap) return undefined;
  const touched = heap.highest;
  const address = heap.take(bytes);
  if (address === 0) return undefined;
  theArena().arrayBytes += heap.sizeOf(address);
  const buffer = structuredClone(engine.memory.buffer);
  addresses.set(buffer, address);
  finalisers.register(buffer, address, buffer);
  const array =
    dtype === "float32"
      ? new Float32Array(buffer, address, length)
      : new Float64Array(buffer, address, length);
  if (!unset && address < touched) array.fill(0);
  return array;
}

/** Whether an array lies in the WebAssembly memory; its address is then its `byteOffset`. */
export function isResident(array: FloatArray | Uint16Array): boolean {
  return arena?.addresses.has(array.buffer) === true;
}

/**
 * Gives back the block of an array that nobody will look at again, nor at any view of its buffer, without
 * waiting for the garbage collector. Other arrays are left to it.
 */
export function release(array: FloatArray): void {
  const address = arena?.addresses.get(array.buffer);
  if (arena === undefined || address === undefined) return;
  arena.addresses.delete(array.buffer);
  arena.finalisers.unregister(array.buffer);
  freeBlock(address);
}

/** Limits the bytes that arrays may take of the WebAssembly memory; returns the limit until now. */
export function setArenaCap(bytes: number): number {
  const before = theArena().cap;
  theArena().cap = bytes;
  return before;
}

/** What arrays and scratch memory take of the WebAssembly memory. */
export function memoryStatistics(): HeapStatistics & { arrayBytes: number; memoryBytes: number } {
  const { heap, arrayBytes, engine } = theArena();
  return { ...heap.statistics(), arrayBytes, memoryBytes: engine.memory.buffer.byteLength };
}

/** The address of a new block of scratch memory, to be given back with {@link giveBack}. */
export function borrow(bytes: number): number {
  const address = theArena().heap.take(bytes);
  if (address === 0) throw new KullbackError(`kernels: no room for ${bytes} bytes in WebAssembly memory`);
  return address;
}

/** Gives a block of scratch memory back. */
export function giveBack(address: number): void {
  theArena().heap.free(address);
}

let scratchAddress = 0;
let scratchBytes = 0;

/** The main thread's scratch memory, of at least `bytes`; until the next call. */
export function scratch(bytes: number): number {
  if (bytes > scratchBytes) {
    if (scratchAddress !== 0) giveBack(scratchAddress);
    scratchAddress = 0;
    scratchBytes = 0;
    scratchAddress = borrow(bytes);
    scratchBytes = bytes;
  }
  return scratchAddress;
}

/** The dtypes that {@link memoryAs} has views of. */
type MemoryDType = FloatDType | "uint16";

const views: { [D in MemoryDType]: D extends FloatDType ? FloatArray : Uint16Array } = {
  float32: new Float32Array(0),
  float64: new Float64Array(0),
  uint16: new Uint16Array(0),
};

/** The whole memory as numbers of a dtype, as it is now: growth makes a new view. */
export function memoryAs<D extends MemoryDType>(dtype: D): (typeof views)[D] {
  const { buffer } = theArena().engine.memory;
  if (views.float32.buffer !== buffer) {
    views.float32 = new Float32Array(buffer);
    views.float64 = new Float64Array(buffer);
    views.uint16 = new Uint16Array(buffer);
  }
  return views[dtype];
}
