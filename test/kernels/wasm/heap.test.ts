import { describe, expect, it } from "vitest";
import { Heap } from "../../../src/kernels/wasm/heap.js";
import { uniform } from "./agreement.js";

const limit = 1 << 20;
const limited = () => new Heap(1000, (end) => end <= limit);

describe("Heap", () => {
  it("gives out blocks that start at a cache line and do not overlap, whatever is freed in between", () => {
    const heap = limited();
    const blocks = new Map<number, number>();
    const random = uniform(20_000, 3);
    for (let i = 0; i < 5000; i++) {
      const u = random.next().value as number;
      if (u < 0.1 || blocks.size === 0) {
        const bytes = Math.floor(Math.abs(random.next().value as number) ** 3 * 50_000);
        const start = heap.take(bytes);
        if (start === 0) continue;
        expect(start % 64).toBe(0);
        expect(start).toBeGreaterThanOrEqual(1000);
        expect(start + bytes + 16).toBeLessThanOrEqual(limit);
        const apart = ([other, size]: [number, number]) =>
          start + bytes + 16 <= other || other + size + 16 <= start;
        expect([...blocks].every(apart)).toBe(true);
        blocks.set(start, bytes);
      } else {
        const start = [...blocks.keys()][Math.floor(u * blocks.size * 0.999)];
        blocks.delete(start);
        heap.free(start);
      }
      expect(heap.statistics().blocks).toBe(blocks.size);
    }
  });

  it("is whole again when everything was given back", () => {
    const heap = limited();
    const { top } = heap.statistics();
    const blocks = Array.from({ length: 50 }, (_, i) => heap.take(100 * i));
    for (const i of [...blocks.keys()].sort((a, b) => ((a * 7) % 50) - ((b * 7) % 50))) heap.free(blocks[i]);
    expect(heap.statistics()).toEqual({ used: 0, free: 0, blocks: 0, top });
  });

  it("uses a freed block again", () => {
    const heap = limited();
    const first = heap.take(5000);
    heap.take(100);
    heap.free(first);
    expect(heap.take(3000)).toBe(first);
    expect(heap.take(1500)).toBe(first + 3072);
  });

  it("says 0 when there is no room, and goes on", () => {
    const heap = limited();
    expect(heap.take(limit)).toBe(0);
    expect(heap.take(1000)).toBeGreaterThan(0);
  });

  it("ignores addresses that are no blocks", () => {
    const heap = limited();
    const start = heap.take(100);
    heap.free(start + 64);
    heap.free(start);
    heap.free(start);
    expect(heap.statistics().used).toBe(0);
  });
});
