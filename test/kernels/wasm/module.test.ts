import { describe, expect, it, vi } from "vitest";
import { instantiate, wasm } from "../../../src/kernels/wasm/module.js";

describe("the WebAssembly module", () => {
  it("is instantiated once", () => {
    expect(wasm()).toBe(wasm());
  });

  it("works on shared memory", () => {
    const { shared, memory, kernels } = wasm();
    expect(shared).toBe(true);
    expect(memory.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(kernels.heapBase()).toBeGreaterThan(0);
  });

  it("works on unshared memory where no other is to be had", () => {
    const { shared, memory, kernels } = instantiate(false);
    expect(shared).toBe(false);
    expect(memory.buffer).toBeInstanceOf(ArrayBuffer);
    expect(kernels.heapBase()).toBe(wasm().kernels.heapBase());
  });

  it("is decoded where the platform has no decoder of its own", () => {
    vi.stubGlobal("Buffer", undefined);
    const own = Object.getOwnPropertyDescriptor(Uint8Array, "fromBase64");
    Object.defineProperty(Uint8Array, "fromBase64", { value: undefined, configurable: true });
    try {
      expect(instantiate(true).kernels.heapBase()).toBe(wasm().kernels.heapBase());
    } finally {
      vi.unstubAllGlobals();
      Reflect.deleteProperty(Uint8Array, "fromBase64");
      if (own !== undefined) Object.defineProperty(Uint8Array, "fromBase64", own);
    }
  });

  it("starts within five milliseconds", () => {
    // Processor time, and the best of many: other programs on the machine do not count.
    const times = Array.from({ length: 20 }, () => {
      const start = process.cpuUsage();
      instantiate(true);
      const { user, system } = process.cpuUsage(start);
      return (user + system) / 1000;
    });
    expect(Math.min(...times)).toBeLessThan(5);
  });
});
