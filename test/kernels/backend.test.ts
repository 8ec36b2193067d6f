import { afterEach, describe, expect, it } from "vitest";
import {
  allocate,
  allocateUnset,
  backend,
  elementwise,
  logSumExpRows,
  matmul,
  reductions,
  setBackend,
  softmaxRows,
} from "../../src/kernels/index.js";
import { isResident } from "../../src/kernels/wasm/memory.js";

afterEach(() => setBackend("wasm"));

describe("the backend", () => {
  it("is WebAssembly where there is any", () => {
    expect(backend()).toBe("wasm");
  });

  it("can be chosen", () => {
    setBackend("reference");
    expect(backend()).toBe("reference");
    expect(isResident(allocate("float32", 100_000) as Float32Array)).toBe(false);
    setBackend("wasm");
    expect(isResident(allocate("float32", 100_000) as Float32Array)).toBe(true);
    expect(isResident(allocateUnset("float64", 100_000) as Float64Array)).toBe(true);
    expect(allocate("int32", 100_000)).toBeInstanceOf(Int32Array);
  });

  it.each(["webgpu", "", undefined])("cannot be %j", (name) => {
    expect(() => setBackend(name as "wasm")).toThrow(
      `setBackend: wanted "reference" or "wasm", got ${JSON.stringify(name)}`,
    );
  });

  it("makes no difference beyond rounding", () => {
    const results = (["reference", "wasm"] as const).map((name) => {
      setBackend(name);
      const x = allocate("float64", 40 * 50) as Float64Array;
      for (let i = 0; i < x.length; i++) x[i] = Math.sin(i);
      const view = { array: x, offset: 0, strides: [50, 1] };
      const square = { array: x, offset: 0, rowStride: 40, columnStride: 1 };
      const outs = Array.from({ length: 8 }, () => new Float64Array(40 * 50));
      elementwise.mapUnary("exp", [40, 50], view, outs[0]);
      elementwise.mapUnary(Math.cosh, [40, 50], view, outs[1]);
      elementwise.mapBinary("mul", [40, 50], view, { ...view, strides: [0, 1] }, outs[2]);
      elementwise.mapBinary(Math.atan2, [40, 50], view, view, outs[3]);
      matmul(square, square, 40, 40, 40, outs[4], 0);
      softmaxRows(x, 50, outs[5]);
      logSumExpRows(x, 50, outs[6].subarray(0, 40));
      const reduced = [reductions.sum, reductions.mean, reductions.logSumExp, reductions.maximum];
      reduced.forEach((f, i) => {
        reductions.reduceRows(f, x, 50, outs[7].subarray(i * 40, i * 40 + 40));
      });
      return outs;
    });
    results[0].forEach((wanted, k) => {
      wanted.forEach((value, i) => {
        expect(Math.abs(results[1][k][i] - value)).toBeLessThanOrEqual(1e-13);
      });
    });
  });
});
