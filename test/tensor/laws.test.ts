import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Tensor } from "../../src/tensor/index.js";
import * as k from "../../src/tensor/index.js";

const number = fc.double({ min: -100, max: 100, noNaN: true });

/** A float64 tensor of 1 to 3 axes. */
const anyTensor = fc
  .array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 })
  .chain((shape) => ofShape(shape));

function ofShape(shape: number[]): fc.Arbitrary<Tensor> {
  const length = shape.reduce((a, b) => a * b, 1);
  return fc
    .array(number, { minLength: length, maxLength: length })
    .map((values) => k.fromArray(Float64Array.from(values), shape));
}

const withDim = anyTensor.chain((x) =>
  fc.tuple(fc.constant(x), fc.integer({ min: -x.ndim, max: x.ndim - 1 })),
);

/** |x − y| ≤ tolerance · scale, everywhere. */
function expectClose(x: Tensor, y: Tensor, scale = 1, tolerance = 1e-12): void {
  expect([...x.shape]).toEqual([...y.shape]);
  const apart = Math.max(0, ...k.abs(k.sub(x, y)).data);
  expect(apart).toBeLessThanOrEqual(tolerance * scale);
}

/** Equal elements, 0 and −0 being equal. */
const same = (x: Tensor, y: Tensor) => {
  expect([...x.shape]).toEqual([...y.shape]);
  expect([...x.data].map((v) => v + 0)).toEqual([...y.data].map((v) => v + 0));
};

describe("laws", () => {
  it("sum is linear", () => {
    fc.assert(
      fc.property(withDim, number, number, ([x, dim], a, b) => {
        const y = k.flip(x, 0);
        const together = k.sum(k.add(k.mul(x, a), k.mul(y, b)), dim);
        expectClose(together, k.add(k.mul(k.sum(x, dim), a), k.mul(k.sum(y, dim), b)), 1e5);
      }),
    );
  });

  it("sums over axes one by one and together agree", () => {
    fc.assert(
      fc.property(anyTensor, (x) => {
        let each = x;
        while (each.ndim > 0) each = k.sum(each, 0);
        expectClose(each, k.sum(x), 1e4);
        expectClose(k.sum(x, k.normalizeDims("sum", undefined, x.ndim)), k.sum(x), 1e4);
      }),
    );
  });

  it("long sums lose next to nothing, in either dtype and along either axis", () => {
    const n = 100_003;
    const tenth = k.full([n], 0.1, { dtype: "float64" });
    expect(Math.abs(tenth.sum().item() - n / 10)).toBeLessThan(1e-10);
    expect(k.arange(n, { dtype: "float64" }).sum().item()).toBe((n * (n - 1)) / 2);
    const small = k.full([n, 2], 0.1);
    const exact = Math.fround(Math.fround(0.1) * n);
    expect(small.sum(0).tolist()).toEqual([exact, exact]);
    expect(small.mean().item()).toBe(Math.fround(0.1));
  });

  it("mean, var and std fit each other", () => {
    fc.assert(
      fc.property(withDim, ([x, dim]) => {
        const centred = k.sub(x, k.mean(x, dim, true));
        expectClose(k.mean(k.mul(centred, centred), dim), k.variance(x, dim, { correction: 0 }), 1e5);
        const deviation = k.std(x, dim, { correction: 0 });
        expectClose(k.mul(deviation, deviation), k.variance(x, dim, { correction: 0 }), 1e5);
      }),
    );
  });

  it("matrix products associate, and transpose in reverse", () => {
    const sizes = fc.tuple(...[0, 1, 2, 3].map(() => fc.integer({ min: 0, max: 5 })));
    const matrices = sizes.chain(([m, n, p, q]) =>
      fc.tuple(ofShape([m, n]), ofShape([n, p]), ofShape([p, q])),
    );
    fc.assert(
      fc.property(matrices, ([a, b, c]) => {
        expectClose(k.matmul(k.matmul(a, b), c), k.matmul(a, k.matmul(b, c)), 1e8);
        expectClose(k.t(k.matmul(a, b)), k.matmul(k.t(b), k.t(a)), 1e5);
      }),
    );
  });

  it("a batched product is the product of each pair", () => {
    fc.assert(
      fc.property(ofShape([3, 1, 2, 4]), ofShape([2, 4, 3]), (a, b) => {
        const batched = k.matmul(a, b);
        expect(batched.shape).toEqual([3, 2, 2, 3]);
        for (let i = 0; i < 3; i++) {
          for (let j = 0; j < 2; j++) {
            const single = k.matmul(a.select(0, i).select(0, 0), b.select(0, j));
            expectClose(batched.select(0, i).select(0, j), single, 1e5);
          }
        }
      }),
      { numRuns: 20 },
    );
  });

  it("softmax sums to 1, is not moved by a shift, and is the exponential of logSoftmax", () => {
    fc.assert(
      fc.property(withDim, number, ([x, dim], shift) => {
        const p = k.softmax(x, dim);
        expectClose(k.sum(p, dim), k.onesLike(k.sum(p, dim)));
        expectClose(k.softmax(k.add(x, shift), dim), p);
        expectClose(k.exp(k.logSoftmax(x, dim)), p);
      }),
    );
  });

  it("logsumexp lies between the maximum and the maximum plus the log of the count", () => {
    fc.assert(
      fc.property(withDim, ([x, dim]) => {
        const above = k.sub(k.logsumexp(x, dim), k.amax(x, dim));
        const room = Math.log(x.size(dim)) + 1e-12;
        expect([...above.data].every((a) => a >= 0 && a <= room)).toBe(true);
      }),
    );
  });

  it("sort puts all elements in order, and its indices say where they were", () => {
    fc.assert(
      fc.property(withDim, fc.boolean(), ([x, dim], descending) => {
        const { values, indices } = k.sort(x, dim, { descending });
        same(k.gather(x, dim, indices), values);
        const count = x.size(dim);
        const steps = k.sub(k.narrow(values, dim, 1, count - 1), k.narrow(values, dim, 0, count - 1));
        expect([...steps.data].every((step) => (descending ? step <= 0 : step >= 0))).toBe(true);
        const each = k.sort(k.to(indices, "float64"), dim).values;
        expectClose(each, k.expand(alongDim(count, x, dim), x.shape));
      }),
    );
  });

  it("topk is the beginning of sort, and its first is max", () => {
    fc.assert(
      fc.property(withDim, fc.boolean(), fc.nat(), ([x, dim], largest, n) => {
        const count = 1 + (n % x.size(dim));
        const { values } = k.topk(x, count, dim, { largest });
        same(values, k.narrow(k.sort(x, dim, { descending: largest }).values, dim, 0, count));
        const best = largest ? k.max(x, dim, true) : k.min(x, dim, true);
        same(k.narrow(values, dim, 0, 1), best.values);
      }),
    );
  });

  it("cat puts together what split takes apart, and unstacking what stack put together", () => {
    fc.assert(
      fc.property(withDim, fc.integer({ min: 1, max: 5 }), ([x, dim], size) => {
        same(k.cat(k.split(x, size, dim), dim), x);
        same(k.cat(k.chunk(x, size, dim), dim), x);
        const slices = Array.from({ length: x.size(dim) }, (_, i) => k.select(x, dim, i));
        same(k.stack(slices, k.normalizeDim("test", dim, x.ndim)), x);
      }),
    );
  });

  it("gather of a whole slice is indexSelect, and both undo nothing but order for a permutation", () => {
    fc.assert(
      fc.property(withDim, fc.array(fc.nat(), { maxLength: 5 }), ([x, dim], picks) => {
        const d = k.normalizeDim("test", dim, x.ndim);
        const index = k.tensor(
          picks.map((pick) => pick % x.size(d)),
          { dtype: "int32" },
        );
        const shape = x.shape.map((size, axis) => (axis === d ? picks.length : size));
        const column = index.reshape(shape.map((_, axis) => (axis === d ? picks.length : 1)));
        same(k.gather(x, d, column.expand(shape)), k.indexSelect(x, dim, index));
      }),
    );
  });

  it("flip twice, transpose twice and permute back change nothing", () => {
    fc.assert(
      fc.property(withDim, ([x, dim]) => {
        same(k.flip(k.flip(x, dim), dim), x);
        same(k.transpose(k.transpose(x, dim, 0), dim, 0), x);
      }),
    );
  });

  it("where takes from one or the other, and with its opposite mask the rest", () => {
    fc.assert(
      fc.property(anyTensor, number, (x, limit) => {
        const mask = k.gt(x, limit);
        same(k.add(k.where(mask, x, 0), k.where(k.logicalNot(mask), x, 0)), x);
        same(k.where(mask, x, limit), k.maximum(x, limit));
        same(k.clamp(x, limit), k.maximum(x, limit));
      }),
    );
  });

  it("cumsum ends with the sum, and its steps are the elements", () => {
    fc.assert(
      fc.property(withDim, ([x, dim]) => {
        const running = k.cumsum(x, dim);
        expectClose(k.select(running, dim, -1), k.sum(x, dim), 1e3);
        const count = x.size(dim);
        const steps = k.sub(k.narrow(running, dim, 1, count - 1), k.narrow(running, dim, 0, count - 1));
        expectClose(steps, k.narrow(x, dim, 1, count - 1), 1e3);
      }),
    );
  });

  it("an operation sees views of any strides as it sees their copies", () => {
    const operations: ((x: Tensor) => Tensor)[] = [
      (x) => k.exp(x),
      (x) => k.add(x, k.flip(x, 0)),
      (x) => k.sum(x, -1),
      (x) => k.softmax(x, 0),
      (x) => k.cumsum(x, 0),
      (x) => k.sort(x, 0).values,
      (x) => k.cat([x, x], -1),
      (x) => k.amax(x, 0),
    ];
    fc.assert(
      fc.property(withDim, fc.constantFrom(...operations), ([x, dim], operation) => {
        const strided = k.transpose(x, dim, 0);
        same(operation(strided), operation(strided.clone()));
      }),
    );
  });
});

/** 0 … count − 1 along `dim`, with size 1 elsewhere. */
function alongDim(count: number, x: Tensor, dim: number): Tensor {
  const d = k.normalizeDim("test", dim, x.ndim);
  return k.arange(count, { dtype: "float64" }).reshape(x.shape.map((_, axis) => (axis === d ? count : 1)));
}
