import { describe, expect, it } from "vitest";
import type { FloatArray } from "../../../src/kernels/dtype.js";
import * as reference from "../../../src/kernels/elementwise.js";
import * as reductions from "../../../src/kernels/reduce.js";
import * as kernels from "../../../src/kernels/wasm/elementwise.js";
import { sumRows } from "../../../src/kernels/wasm/reduce.js";
import { expectClose, lengths, placed, places, uniform } from "./agreement.js";

const dtypes = ["float32", "float64"] as const;
const epsilon = { float32: 2 ** -23, float64: 2 ** -52 };
const smallest = { float32: 2 ** -149, float64: 2 ** -1074 };
const unaryNames = ["neg", "abs", "sqrt", "relu", "exp", "expm1", "log", "log1p", "sigmoid", "tanh"] as const;
const binaryNames = ["add", "sub", "mul", "div", "maximum", "minimum", "passPositive"] as const;

function like(x: FloatArray, length = x.length): FloatArray {
  return x instanceof Float32Array ? new Float32Array(length) : new Float64Array(length);
}

function view(array: FloatArray, strides: readonly number[] = [1], offset = 0) {
  return { array, offset, strides };
}

/** Numbers of every size: both signs, every power of ten, many around 1, and all that is special. */
function hardNumbers(dtype: (typeof dtypes)[number]): number[] {
  const range = dtype === "float32" ? 45 : 323;
  const numbers: number[] = [];
  for (const u of uniform(4000, 5)) numbers.push(u * 3, u * 90, 1 + u / 100, u * 750);
  for (const u of uniform(4000, 9)) numbers.push(Math.sign(u) * 10 ** (u * range), u ** 9);
  for (let power = -range; power <= range; power++) numbers.push(10 ** power, -(10 ** power));
  numbers.push(
    0,
    -0,
    1,
    -1,
    Infinity,
    -Infinity,
    NaN,
    smallest[dtype],
    88.72283,
    88.8,
    -103.97,
    -104,
    709.78,
    710,
  );
  return Array.from(placed(numbers, dtype, "plain"));
}

describe.each(dtypes)("elementwise functions in %s", (dtype) => {
  it.each(unaryNames)("%s agrees with the reference to the last digits, for every kind of number", (name) => {
    const x = placed(hardNumbers(dtype), dtype, "resident");
    const out = like(x);
    const wanted = new Float64Array(x.length);
    expect(kernels.mapUnary(name, [x.length], view(x), out)).toBe(true);
    reference.mapUnary(name, [x.length], view(x), wanted);
    // Units in the last place: below 1 for exp and log, some more for what is built on them.
    const units = { expm1: 2.5, log1p: 1.5, sigmoid: 2.5, tanh: 4.5 }[name as string] ?? 1;
    expectClose(
      out,
      dtype === "float32" ? Float32Array.from(wanted) : wanted,
      units * epsilon[dtype],
      smallest[dtype] / epsilon[dtype],
      name,
    );
    out.forEach((value, i) => {
      if (value === 0 && wanted[i] === 0) expect(Object.is(value, wanted[i]), `${name}(${x[i]})`).toBe(true);
    });
  });

  it("exp is within one unit in the last place, log too", () => {
    const x = placed(hardNumbers(dtype), dtype, "resident");
    const out = like(x);
    for (const name of ["exp", "log"] as const) {
      kernels.mapUnary(name, [x.length], view(x), out);
      x.forEach((value, i) => {
        const exact = Math[name](value);
        if (!Number.isFinite(exact) || exact === 0 || !Number.isFinite(Math.fround(exact))) return;
        const unit = Math.max(2 ** Math.floor(Math.log2(Math.abs(exact))) * epsilon[dtype], smallest[dtype]);
        expect(Math.abs(out[i] - exact) / unit, `${name}(${value})`).toBeLessThanOrEqual(1);
      });
    }
  });

  it.each(places)("take every length, in %s memory", (place) => {
    for (const length of [...lengths, 20_000]) {
      const x = placed(uniform(length, length), dtype, place);
      const block = placed(new Array(length + 2).fill(42), dtype, place);
      const out = block.subarray(1, length + 1);
      kernels.mapUnary("exp", [length], view(x), out);
      const wanted = like(x);
      reference.mapUnary("exp", [length], view(x), wanted);
      expectClose(out, wanted, epsilon[dtype]);
      expect([block[0], block[length + 1]]).toEqual([42, 42]);
    }
  });

  it("take one number that is broadcast, and a tensor without axes", () => {
    const x = placed([1, 2, 3], dtype, "plain");
    const out = like(x, 600);
    expect(kernels.mapUnary("exp", [20, 30], view(x, [0, 0], 1), out)).toBe(true);
    expectClose(out, new Array(600).fill(Math.exp(2)), epsilon[dtype]);
    const one = like(x, 1);
    expect(kernels.mapUnary("exp", [], view(x, [], 2), one)).toBe(true);
    expect(kernels.mapBinary("klDivLogTarget", [], view(x, [], 0), view(x, [], 1), one)).toBe(true);
    expectClose(one, [Math.exp(2)], 2 * epsilon[dtype]);
  });

  it("have the same bits for a view with gaps as for its copy", () => {
    const x = placed(uniform(1000), dtype, "plain");
    const [strided, packed] = [like(x, 500), like(x, 500)];
    expect(kernels.mapUnary("exp", [500], view(x, [2]), strided)).toBe(true);
    const copy = placed(
      Array.from({ length: 500 }, (_, i) => x[2 * i]),
      dtype,
      "plain",
    );
    expect(kernels.mapUnary("exp", [500], view(copy), packed)).toBe(true);
    expect(strided).toEqual(packed);
  });

  it("leave to the reference what has no kernel", () => {
    const x = placed(uniform(1000), dtype, "plain");
    expect(kernels.mapUnary("log2", [1000], view(x), like(x))).toBe(false);
    expect(kernels.mapUnary("exp", [1000], view(x), new Uint8Array(1000))).toBe(false);
    expect(kernels.mapUnary("neg", [100], view(x), like(x, 100))).toBe(false);
    expect(kernels.mapUnary("exp", [0], view(x), like(x, 0))).toBe(false);
    expect(kernels.mapBinary("xlogy", [0], view(x), view(x), like(x, 0))).toBe(false);
    expect(kernels.mapBinary("pow", [1000], view(x), view(x), like(x))).toBe(false);
    expect(kernels.mapBinary("add", [1000], view(x), view(new Int32Array(1000) as never), like(x))).toBe(
      false,
    );
    expect(kernels.mapBinary("add", [25, 20], view(x, [40, 1]), view(x, [20, 1]), like(x, 500))).toBe(false);
    expect(kernels.mapBinary("add", [100], view(x), view(x), like(x, 100))).toBe(false);
  });
});

describe.each(dtypes)("elementwise functions of two arguments in %s", (dtype) => {
  const numbers = hardNumbers(dtype);
  const count = 24 * 23;

  describe.each(places)("in %s memory", (place) => {
    const a = placed(numbers.slice(0, 4000), dtype, place);
    const b = placed(numbers.slice(-4000), dtype, place);
    const cases: [string, number[], number[], number[]][] = [
      ["packed operands", [4000], [1], [1]],
      ["a number on the left", [4000], [0], [1]],
      ["a number on the right", [4000], [1], [0]],
      ["two numbers", [count], [0], [0]],
      ["a row on the right", [24, 23], [23, 1], [0, 1]],
      ["a row on the left", [23, 24], [0, 1], [24, 1]],
      ["a column on the right", [24, 23], [23, 1], [1, 0]],
      ["a column on the left", [23, 24], [1, 0], [24, 1]],
      ["a row and a column", [24, 23], [0, 1], [1, 0]],
      ["a row and a number", [24, 23], [0, 1], [0, 0]],
      ["many rows", [190, 21], [21, 1], [0, 1]],
    ];
    it.each(cases)("take %s, with the reference's bits", (_, shape, stridesA, stridesB) => {
      const size = shape.reduce((product, n) => product * n, 1);
      for (const name of binaryNames) {
        for (const offset of [0, 3]) {
          const x = view(a.subarray(0, a.length), stridesA, size + offset < 4000 ? offset : 0);
          const y = view(b, stridesB, size + offset < 4000 ? offset : 0);
          const out = placed(new Array(size).fill(42), dtype, place);
          const wanted = like(a, size);
          expect(kernels.mapBinary(name, shape, x, y, out)).toBe(true);
          reference.mapBinary(name, shape, x, y, wanted);
          expect([...out]).toEqual([...wanted]);
        }
      }
    });
  });
});

describe.each(dtypes)("losses of elements in %s", (dtype) => {
  it.each(["xlogy", "squaredDifference", "klDiv", "klDivLogTarget"] as const)(
    "%s agrees with the reference",
    (name) => {
      const special = [0, -0, 1, -1, NaN, Infinity, -Infinity, 0.5, smallest[dtype]];
      const pairs = special.flatMap((a) => special.map((b) => [a, b]));
      const close = Array.from(uniform(300), (u) => [Math.log(Math.abs(u)) + u / 1e3, Math.abs(u)]);
      for (const place of places) {
        for (const count of [1, 2, 3, 5, pairs.length + 300]) {
          const all = [...close, ...pairs].slice(0, count);
          const x = placed(
            all.map(([a]) => a),
            dtype,
            place,
          );
          const t = placed(
            all.map(([, b]) => b),
            dtype,
            place,
          );
          const out = like(x);
          const wanted = like(x);
          expect(kernels.mapBinary(name, [count], view(x), view(t), out)).toBe(true);
          reference.mapBinary(name, [count], view(x), view(t), wanted);
          for (let i = 0; i < count; i++) {
            // Relative to the terms, whose digits may cancel; but KL's in float32 go by float64.
            const once = dtype === "float32" && name.startsWith("kl");
            const terms = once ? 0 : Math.abs(t[i] * x[i]) + Math.exp(t[i]);
            const allowed = 4 * epsilon[dtype] * (terms + Math.abs(wanted[i]));
            const fine = Object.is(out[i], wanted[i]) || Math.abs(out[i] - wanted[i]) <= allowed;
            expect(
              fine || out[i] === wanted[i],
              `${name}(${x[i]}, ${t[i]}): ${out[i]}, wanted ${wanted[i]}`,
            ).toBe(true);
          }
        }
      }
    },
  );
});

describe.each(dtypes)("sums of rows in %s", (dtype) => {
  it.each(places)("agree with the reference for every length, in %s memory", (place) => {
    for (const length of [...lengths, 100_000]) {
      const x = placed(uniform(3 * length, length), dtype, place);
      const out = like(x, 3);
      const wanted = like(x, 3);
      sumRows(x, length, 1, out);
      reductions.reduceRows(reductions.sum, x, length, wanted);
      expectClose(out, wanted, epsilon[dtype], dtype === "float32" ? 0 : Math.sqrt(length));
      sumRows(x, length, length, out);
      reductions.reduceRows(reductions.mean, x, length, wanted);
      expectClose(out, wanted, epsilon[dtype], dtype === "float32" ? 0 : 1);
    }
  });

  it("lose nothing of a million equal numbers", () => {
    const x = placed(new Array(1_000_000).fill(0.1), dtype, "plain");
    const out = like(x, 1);
    sumRows(x, 1_000_000, 1, out);
    expectClose(out, [1_000_000 * x[0]], dtype === "float32" ? 2 ** -24 : 1e-14);
  });

  it("pass on NaN and infinities", () => {
    const x = placed([1, NaN, 2, Infinity, 1, 3, Infinity, -Infinity, 0], dtype, "plain");
    const out = like(x, 3);
    sumRows(x, 3, 1, out);
    expect([...out]).toEqual([NaN, Infinity, NaN]);
  });
});
