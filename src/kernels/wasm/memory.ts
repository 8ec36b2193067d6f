// Where numbers lie in the WebAssembly memory. Larger arrays of tensors are allocated there while there is
// room, so that kernels work on them in place and threads share them; all other arrays are ordinary ones,
// which the garbage collector accounts for, and are copied through scratch memory.
//
// Each array gets a SharedArrayBuffer object of its own onto the one memory. So its block is in use as long
// as that object is reachable, be it through the array, a subarray, or another view of `array.buffer`. A block
// is given back
// - at once, when its only owner says that nobody looks at it any more (`release`);
// - else when the garbage collector has found the buffer object dead: a FinalizationRegistry says so, between
//   tasks, and where the platform lets us (kept.ts) a sweep finds out in the middle of one.
// A program that fills the arena up to its cap all the same goes on with ordinary arrays.

import { KullbackError } from "../../errors.js";
import type { FloatArray, FloatDType, TypedArray } from "../dtype.js";
import { Heap, type HeapStatistics } from "./heap.js";
import { clearKeptObjects } from "./kept.js";
import { type WasmEngine, wasm } from "./module.js";

const PAGE = 65536;

/** Memory grows by at least this much. */
const STEP = 16 * 1024 * 1024;

/** Arrays of fewer bytes are not worth a block of their own. */
export const SMALLEST_BLOCK = 16 * 1024;

/** What blocks of arrays may take of the memory by default. */
const DEFAULT_CAP = 512 * 1024 * 1024;

/** How many bytes of new blocks the garbage collector is told of together. */
const PRESSURE = 64 * 1024 * 1024;

/** The block of an array. */
interface Block {
  readonly address: number;
  readonly buffer: WeakRef<ArrayBufferLike>;
  /** How many owners the array has; with more than one, only the garbage collector knows when it is dead. */
  owners: number;
}

interface Arena {
  readonly engine: WasmEngine;
  readonly heap: Heap;
  /** The block of each array, by the array's buffer. */
  readonly blocks: WeakMap<ArrayBufferLike, Block>;
  /** All blocks of arrays. */
  readonly inUse: Set<Block>;
  readonly finalisers: FinalizationRegistry<Block>;
  /** Bytes in blocks of arrays, and how many they may become. */
  arrayBytes: number;
  cap: number;
  /** Bytes in new blocks, less those released, of which the garbage collector has not been told. */
  untold: number;
  /** An object that nothing else refers to: when it is gone, garbage was collected. */
  canary: WeakRef<object> | undefined;
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
  arena = {
    engine,
    heap,
    blocks: new WeakMap(),
    inUse: new Set(),
    finalisers: new FinalizationRegistry(freeBlock),
    arrayBytes: 0,
    cap: DEFAULT_CAP,
    untold: 0,
    canary: undefined,
  };
  return arena;
}

/** Gives a block back; returns its size. */
function freeBlock(block: Block): number {
  const { heap, inUse } = theArena();
  const size = heap.sizeOf(block.address);
  theArena().arrayBytes -= size;
  inUse.delete(block);
  heap.free(block.address);
  return size;
}

/**
 * Tells the garbage collector of `PRESSURE` bytes that it cannot see, by an ordinary buffer of that size that is
 * never touched and so takes no memory. If it has been at work since the last time, blocks whose arrays it
 * found dead are given back.
 */
function tellCollector(own: Arena): void {
  own.untold = 0;
  sweep(own);
  own.canary = new WeakRef({});
  clearKeptObjects();
  new ArrayBuffer(PRESSURE);
}

function sweep(own: Arena): void {
  if (own.canary?.deref() !== undefined) return;
  for (const block of own.inUse) {
    if (block.buffer.deref() !== undefined) continue;
    own.finalisers.unregister(block);
    freeBlock(block);
  }
}

/**
 * An array of `length` numbers in the WebAssembly memory; undefined if it is too small to be worth it, if
 * there is no room, or if the memory is not shared (then it moves when it grows). Its elements are zero,
 * or, with `unset`, whatever the memory held.
 */
export function allocateInArena(dtype: FloatDType, length: number, unset = false): FloatArray | undefined {
  const bytes = length * (dtype === "float32" ? 4 : 8);
  if (bytes < SMALLEST_BLOCK) return undefined;
  const own = theArena();
  const { engine, heap } = own;
  if (!engine.shared) return undefined;
  own.untold += bytes;
  if (own.untold > PRESSURE) tellCollector(own);
  if (own.arrayBytes + bytes > own.cap) return undefined;
  const touched = heap.highest;
  const address = heap.take(bytes);
  if (address === 0) return undefined;
  own.arrayBytes += heap.sizeOf(address);
  const buffer = structuredClone(engine.memory.buffer);
  const block: Block = { address, buffer: new WeakRef(buffer), owners: 0 };
  own.blocks.set(buffer, block);
  own.inUse.add(block);
  own.finalisers.register(buffer, block, block);
  const array =
    dtype === "float32"
      ? new Float32Array(buffer, address, length)
      : new Float64Array(buffer, address, length);
  if (!unset && address < touched) array.fill(0);
  return array;
}

/** Whether an array lies in the WebAssembly memory; its address is then its `byteOffset`. */
export function isResident(array: TypedArray | Uint16Array): boolean {
  return arena?.blocks.has(array.buffer) === true;
}

/** Counts one more owner of an array, who may {@link release} it if no other comes. */
export function claim(array: TypedArray): void {
  const block = arena?.blocks.get(array.buffer);
  if (block !== undefined) block.owners++;
}

/** Takes back a {@link claim}: that owner no longer looks at the array. */
export function disclaim(array: TypedArray): void {
  const block = arena?.blocks.get(array.buffer);
  if (block !== undefined) block.owners--;
}

/**
 * Gives back the block of an array that nobody will look at again, nor at any view of its buffer, without
 * waiting for the garbage collector. Other arrays, and such as have more than one owner, are left to it.
 */
export function release(array: TypedArray): void {
  const block = arena?.blocks.get(array.buffer);
  if (arena === undefined || block === undefined || block.owners > 1) return;
  arena.blocks.delete(array.buffer);
  arena.finalisers.unregister(block);
  arena.untold = Math.max(0, arena.untold - freeBlock(block));
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
type MemoryDType = FloatDType | "uint16" | "uint8";

const views: {
  [D in MemoryDType]: D extends FloatDType ? FloatArray : D extends "uint8" ? Uint8Array : Uint16Array;
} = {
  float32: new Float32Array(0),
  float64: new Float64Array(0),
  uint16: new Uint16Array(0),
  uint8: new Uint8Array(0),
};

/** The whole memory as numbers of a dtype, as it is now: growth makes a new view. */
export function memoryAs<D extends MemoryDType>(dtype: D): (typeof views)[D] {
  const { buffer } = theArena().engine.memory;
  if (views.float32.buffer !== buffer) {
    views.float32 = new Float32Array(buffer);
    views.float64 = new Float64Array(buffer);
    views.uint16 = new Uint16Array(buffer);
    views.uint8 = new Uint8Array(buffer);
  }
  return views[dtype];
}
