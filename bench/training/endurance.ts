// Trains Kullback's MLP for many steps and tells its memory at a tenth of them and at the end. Prints JSON.
// Run: node --expose-gc --import tsx bench/training/endurance.ts STEPS PARAMETERS BATCH

/** Bytes that the process takes after some steps. */
export interface MemoryUse {
  steps: number;
  /** Of objects in use. */
  heap: number;
  /** Of the memory of WebAssembly, all of it. */
  wasm: number;
  resident: number;
}

/** What is used of WebAssembly, whose types come with those of browsers only. */
interface Memory {
  readonly buffer: ArrayBufferLike;
}
const { WebAssembly: platform } = globalThis as unknown as {
  WebAssembly: { Memory: new (descriptor: object) => Memory };
};

// The library keeps its WebAssembly memory to itself, so look over its shoulder.
const memories: Memory[] = [];
platform.Memory = new Proxy(platform.Memory, {
  construct(target, [descriptor]: [object]) {
    const memory = new target(descriptor);
    memories.push(memory);
    return memory;
  },
});
const { trainer } = await import("./kullback-models.js");

function memoryUse(steps: number): MemoryUse {
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  const wasm = memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
  return { steps, heap: heapUsed, wasm, resident: rss };
}

const [count, ...files] = process.argv.slice(2);
const steps = Number(count);
const step = trainer("mlp", files);
const uses: MemoryUse[] = [];
for (let i = 1; i <= steps; i++) {
  step();
  if (i === steps / 10 || i === steps) uses.push(memoryUse(i));
}
console.log(JSON.stringify(uses));
process.exit(0);
