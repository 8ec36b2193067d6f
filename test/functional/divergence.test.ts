import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DivergenceOptions, divergence } from "../../src/functional/divergence.js";
import { klDiv } from "../../src/functional/klDiv.js";
import { type DType, measureNames } from "../../src/kernels/index.js";
import {
  grad,
  gradcheck,
  gradgradcheck,
  logSoftmax,
  manualSeed,
  randn,
  softmax,
  type Tensor,
  tensor,
  zeros,
} from "../../src/tensor/index.js";
import cases from "../oracle/divergence_options.json" with { type: "json" };

type Nested = number | Nested[];

interface Case {
  p: Nested;
  q: Nested;
  dtype: DType;
  options: Omit<DivergenceOptions, "mask" | "weights"> & { mask?: boolean[]; weights?: number[] };
  shape: number[];
  value: number[];
  gradP: number[];
  gradQ: number[];
}

function optionsOf({ options }: Case): DivergenceOptions {
  const { mask, weights, ...rest } = options;
  return {
    ...rest,
    ...(mask && { mask: tensor(mask) }),
    ...(weights && { weights: tensor(weights, { dtype: "float64" }) }),
  };
}

/** The largest error of `found`, relative to each value or, for gradients, to the largest of them. */
function relativeError(found: ArrayLike<number>, wanted: number[], byNorm = false): number {
  expect(found.length).toBe(wanted.length);
  const largest = Math.max(...wanted.map(Math.abs));
  return Math.max(
    ...wanted.map((w, i) => (found[i] === w ? 0 : Math.abs(found[i] - w) / (byNorm ? largest : Math.abs(w)))),
  );
}

/** The parameters that measures need. */
function parameters(measure: string) {
  if (measure === "gjs" || measure === "skew-kl") return { weight: 0.3 };
  return measure === "renyi" || measure === "alpha" ? { order: 0.7 } : {};
}

const float64 = (shape: number[]) => randn(shape, { dtype: "float64", requiresGrad: true });

describe("divergence agrees with 50-digit arithmetic", () => {
  it.each((cases as Case[]).map((c, i) => [i, c.dtype, JSON.stringify(c.options).slice(0, 90), c] as const))(
    "case %i: %s %s",
    (_, dtype, __, c) => {
      const p = tensor(c.p, { dtype, requiresGrad: true });
      const q = tensor(c.q, { dtype, requiresGrad: true });
      const result = divergence(p, q, optionsOf(c));
      expect(result.dtype).toBe(dtype);
      expect(result.shape).toEqual(c.shape);
      const tolerance = dtype === "float32" ? 1e-6 : 1e-12;
      expect(relativeError(result.data, c.value)).toBeLessThan(tolerance);
      result.sum().backward();
      for (const [x, wanted] of [
        [p, c.gradP],
        [q, c.gradQ],
      ] as const) {
        expect(x.grad?.shape).toEqual(x.shape);
        expect(x.grad?.dtype).toBe(dtype);
        expect(relativeError(x.grad?.data ?? [], wanted, true)).toBeLessThan(tolerance);
      }
    },
  );
});

describe("divergence", () => {
  it.each(measureNames)(
    "%s passes gradcheck and gradgradcheck from logits and from probabilities",
    (measure) => {
      manualSeed(3);
      const inputs = [float64([3, 4]), float64([3, 4])];
      for (const reduction of ["none", "mean"] as const) {
        const fromLogits = (p: Tensor, q: Tensor) =>
          divergence(p, q, { measure, ...parameters(measure), reduction, temperature: 1.7, base: 2 });
        const fromProbs = (p: Tensor, q: Tensor) =>
          divergence(p.exp(), q.exp(), {
            measure,
            ...parameters(measure),
            reduction,
            from: "probs",
            normalize: "sum",
          });
        const fromLogProbs = (p: Tensor, q: Tensor) =>
          divergence(p.logSoftmax(0), q.logSoftmax(0), {
            measure,
            ...parameters(measure),
            reduction,
            from: "logProbs",
            dim: 0,
          });
        for (const f of [fromLogits, fromProbs, fromLogProbs]) {
          expect(gradcheck(f, inputs)).toBe(true);
          expect(gradgradcheck(f, inputs)).toBe(true);
        }
      }
    },
  );

  it("is PyTorch's KL divergence where that is accurate", () => {
    manualSeed(0);
    const x = randn([4, 5]);
    const y = randn([4, 5]);
    expect(String(divergence(y, x))).toBe("tensor(0.5777)");
    const torch = klDiv(logSoftmax(x, -1), softmax(y, -1), { reduction: "batchmean" });
    expect(divergence(y, x).item()).toBeCloseTo(torch.item(), 6);
  });

  it("is exactly 0 for identical rows and for rows shifted by an exact constant, and never negative near them", () => {
    manualSeed(1);
    const x = randn([50, 300]);
    for (const measure of measureNames) {
      const options = { measure, ...parameters(measure), reduction: "none" } as const;
      expect(new Set(divergence(x, x, options).data)).toEqual(new Set([0]));
      const rounded = x.mul(4).to("int32").to("float32");
      expect(new Set(divergence(rounded, rounded.add(3), options).data)).toEqual(new Set([0]));
      for (const scale of [1e-3, 1e-5, 1e-7]) {
        const near = x.mul(randn([50, 300]).mul(scale).add(1));
        expect(Math.min(...divergence(x, near, options).data)).toBeGreaterThanOrEqual(0);
      }
    }
  });

  it("has finite gradients where a probability is 0, and +∞ only where the mathematics says so", () => {
    for (const measure of measureNames) {
      const p = tensor([0, 0.4, 0.6, 0], { dtype: "float64", requiresGrad: true });
      const q = tensor([0.2, 0.5, 0.3, 0], { dtype: "float64", requiresGrad: true });
      const options = { measure, ...parameters(measure), from: "probs" } as const;
      const value = divergence(p, q, options);
      const infinite = measure === "reverse-kl" || measure === "jeffreys";
      expect([measure, value.item() === Number.POSITIVE_INFINITY]).toEqual([measure, infinite]);
      if (infinite) continue;
      value.backward();
      expect(p.grad?.isfinite().all().item()).toBe(1);
      expect(q.grad?.isfinite().all().item()).toBe(1);
    }
    expect(divergence(tensor([0.5, 0.5]), tensor([1, 0]), { from: "probs" }).item()).toBe(
      Number.POSITIVE_INFINITY,
    );
  });

  it("takes −∞ logits as masked classes", () => {
    const masked = tensor([0.3, Number.NEGATIVE_INFINITY, 1.2], { requiresGrad: true });
    const other = tensor([-0.7, Number.NEGATIVE_INFINITY, 0.4], { requiresGrad: true });
    const without = divergence(tensor([0.3, 1.2]), tensor([-0.7, 0.4])).item();
    const value = divergence(masked, other);
    expect(Math.abs(value.item() / without - 1)).toBeLessThan(1e-6);
    value.backward();
    expect(masked.grad?.data[1]).toBe(0);
    expect(other.grad?.data[1]).toBe(0);
    expect(other.grad?.isfinite().all().item()).toBe(1);
  });

  it("gives a masked class no gradient, and rows of weight 0 neither gradient nor a look", () => {
    manualSeed(5);
    const p = randn([2, 3], { requiresGrad: true });
    const q = randn([2, 3], { requiresGrad: true });
    divergence(p, q, { mask: tensor([true, true, false]) }).backward();
    for (const x of [p, q]) expect([x.grad?.data[2], x.grad?.data[5]]).toEqual([0, 0]);
    const padded = tensor(
      [
        [0.1, 0.2],
        [Number.NaN, Number.NaN],
      ],
      { requiresGrad: true },
    );
    const value = divergence(padded, zeros([2, 2]), { weights: tensor([1, 0]) });
    expect(value.item()).toBe(divergence(tensor([[0.1, 0.2]]), zeros([1, 2])).item());
    value.backward();
    expect(padded.grad?.select(0, 1).tolist()).toEqual([0, 0]);
  });

  it("keeps each argument's dtype in its gradient and computes in the wider", () => {
    const p = tensor([0.2, 0.9], { requiresGrad: true });
    const q = tensor([0.1, 0.3], { dtype: "float64", requiresGrad: true });
    const value = divergence(p, q);
    expect(value.dtype).toBe("float64");
    value.backward();
    expect([p.grad?.dtype, q.grad?.dtype]).toEqual(["float32", "float64"]);
  });

  it("reaches its limits: gjs at 0 and 1, skew-kl at 0 and 1, renyi and alpha at 1", () => {
    manualSeed(2);
    const [p, q] = [float64([2, 5]), float64([2, 5])];
    const at = (options: DivergenceOptions) => divergence(p, q, options).item();
    const kl = at({});
    expect(at({ measure: "gjs", weight: 0 })).toBe(kl);
    expect(at({ measure: "gjs", weight: 1 })).toBe(at({ measure: "reverse-kl" }));
    expect(at({ measure: "skew-kl", weight: 0 })).toBe(kl);
    expect(at({ measure: "skew-kl", weight: 1 })).toBe(0);
    expect(at({ measure: "renyi", order: 1 })).toBe(kl);
    expect(at({ measure: "alpha", order: 1 })).toBe(kl);
    expect(at({ measure: "alpha", order: 0 })).toBe(at({ measure: "reverse-kl" }));
    const t = q.logSoftmax(-1).sub(p.logSoftmax(-1)).neg().amax(-1).mean().item();
    expect(at({ measure: "renyi", order: Number.POSITIVE_INFINITY })).toBeCloseTo(t, 12);
  });

  it("gives one number for a row, none for no rows", () => {
    expect(divergence(zeros([3]), zeros([3]), { reduction: "none" }).shape).toEqual([]);
    expect(divergence(zeros([0, 3]), zeros([0, 3]), { reduction: "none" }).shape).toEqual([0]);
    expect(divergence(zeros([0, 3]), zeros([0, 3]), { reduction: "sum" }).item()).toBe(0);
  });

  it("says that third derivatives are not available", () => {
    const p = tensor([0.1, 0.5], { dtype: "float64", requiresGrad: true });
    const [first] = grad(divergence(p, zeros([2], { dtype: "float64" })), [p], { createGraph: true });
    const [second] = grad(first.select(0, 0), [p], { createGraph: true });
    expect(() => grad(second.select(0, 0), [p])).toThrow("third derivatives are not available");
  });
});

describe("divergence refuses", () => {
  const row = tensor([0.5, 0.5]);
  const bad: [string, () => unknown, string][] = [
    [
      "NaN",
      () =>
        divergence(
          tensor([
            [0, 1],
            [Number.NaN, 1],
          ]),
          zeros([2, 2]),
        ),
      "divergence: p, row 1 holds NaN at class 0",
    ],
    [
      "+∞",
      () => divergence(zeros([2]), tensor([0, Number.POSITIVE_INFINITY])),
      "divergence: q holds Infinity at class 1",
    ],
    [
      "negative probabilities",
      () => divergence(tensor([-0.5, 1.5]), row, { from: "probs" }),
      "divergence: p has the negative probability -0.5 at class 0",
    ],
    [
      "rows that do not sum to 1",
      () =>
        divergence(
          row,
          tensor(
            [
              [
                [0.5, 0.5],
                [0.5, 0.4],
              ],
            ],
            { dtype: "float64" },
          ),
          { from: "probs" },
        ),
      "divergence: q, row [0, 1] sums to 0.9 (off by 0.1) instead of 1; pass normalize",
    ],
    [
      "log-probabilities that do not sum to 1",
      () => divergence(tensor([-1, -2]), tensor([-1, -2]), { from: "logProbs" }),
      "divergence: p sums to 0.503",
    ],
    [
      "a row without classes left",
      () => divergence(zeros([2]), zeros([2]), { mask: tensor([false, false]) }),
      "divergence: p has no class of positive probability",
    ],
    [
      "shapes that do not broadcast",
      () => divergence(zeros([2, 3]), zeros([4])),
      "divergence: shapes [2, 3] and [4] do not broadcast",
    ],
    ["single numbers", () => divergence(tensor(1), tensor(1)), "divergence: wanted an axis of classes"],
    [
      "rows of no classes",
      () => divergence(zeros([2, 0]), zeros([2, 0])),
      "divergence: rows have no classes: shape [2, 0]",
    ],
    [
      "integers",
      () => divergence(zeros([2], { dtype: "int32" }), row),
      "divergence: wanted floating-point tensors, got int32 and float32",
    ],
    [
      "an axis that is not there",
      () => divergence(row, row, { dim: 1 }),
      "divergence: Dimension out of range",
    ],
    [
      "an unknown measure",
      () => divergence(row, row, { measure: "kld" as "kl" }),
      'divergence: unknown measure "kld"; there are kl, reverse-kl',
    ],
    [
      "a missing order",
      () => divergence(row, row, { measure: "renyi" }),
      'divergence: measure "renyi" needs an order',
    ],
    [
      "a weight outside [0, 1]",
      () => divergence(row, row, { measure: "gjs", weight: 2 }),
      'divergence: measure "gjs" needs a weight from 0 to 1, got 2',
    ],
    [
      "an unknown from",
      () => divergence(row, row, { from: "log" as "logits" }),
      'divergence: from must be "logits", "probs" or "logProbs", got log',
    ],
    [
      "an unknown reduction",
      () => divergence(row, row, { reduction: "batchmean" as "mean" }),
      'divergence: reduction must be "none", "mean" or "sum", got batchmean',
    ],
    [
      "a base that is none",
      () => divergence(row, row, { base: 1 }),
      'divergence: base must be "e" or a number above 1, got 1',
    ],
    [
      "a temperature of 0",
      () => divergence(row, row, { temperature: 0 }),
      "divergence: temperature must be a positive number, got 0",
    ],
    [
      "a temperature of probabilities",
      () => divergence(row, row, { from: "probs", temperature: 2 }),
      "divergence: temperature divides logits",
    ],
    [
      "a mask of numbers",
      () => divergence(row, row, { mask: tensor([1, 0]) }),
      "divergence: mask must be a bool tensor, got float32",
    ],
    [
      "weights without a reduction",
      () => divergence(zeros([2, 2]), zeros([2, 2]), { reduction: "none", weights: row }),
      "divergence: weights need reduction",
    ],
    [
      "negative weights",
      () => divergence(zeros([2, 2]), zeros([2, 2]), { weights: tensor([1, -1]) }),
      "divergence: weights must be finite and not negative, got -1 for row 1",
    ],
    [
      "a mean of no rows",
      () => divergence(zeros([0, 2]), zeros([0, 2])),
      "divergence: no rows to average: shape [0]",
    ],
    [
      "weights that are all 0",
      () => divergence(zeros([1, 2]), zeros([1, 2]), { weights: tensor([0]) }),
      "divergence: no rows to average: every weight is 0",
    ],
  ];
  it.each(bad)("%s", (_, call, message) => {
    expect(call).toThrow(message);
  });
});

describe("laws of divergences", () => {
  const rowOf = (n: number) =>
    fc.array(fc.float({ min: -20, max: 20, noNaN: true }), { minLength: n, maxLength: n });
  const pair = fc.integer({ min: 1, max: 12 }).chain((n) => fc.tuple(rowOf(n), rowOf(n)));

  it.each(measureNames)("%s is non-negative and 0 for equal rows", (measure) => {
    fc.assert(
      fc.property(pair, ([a, b]) => {
        const options = { measure, ...parameters(measure) };
        expect(divergence(tensor(a), tensor(b), options).item()).toBeGreaterThanOrEqual(0);
        expect(divergence(tensor(a), tensor(a), options).item()).toBe(0);
      }),
    );
  });

  it("KL and Rényi divergences of products add up", () => {
    fc.assert(
      fc.property(pair, pair, ([a, b], [c, d]) => {
        const product = (x: number[], y: number[]) =>
          tensor(x, { dtype: "float64" })
            .unsqueeze(1)
            .add(tensor(y, { dtype: "float64" }));
        for (const options of [{ measure: "kl" }, { measure: "renyi", order: 0.5 }] as const) {
          const one = divergence(
            tensor(a, { dtype: "float64" }),
            tensor(b, { dtype: "float64" }),
            options,
          ).item();
          const two = divergence(
            tensor(c, { dtype: "float64" }),
            tensor(d, { dtype: "float64" }),
            options,
          ).item();
          const both = divergence(product(a, c), product(b, d), { ...options, dim: [0, 1] }).item();
          expect(both).toBeCloseTo(one + two, 8);
        }
      }),
    );
  });

  it("merging classes never increases a divergence", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 3, max: 10 }).chain((n) => fc.tuple(rowOf(n), rowOf(n))),
        ([a, b]) => {
          const probs = (x: number[]) => tensor(x, { dtype: "float64" }).softmax(-1);
          const merge = (x: Tensor) =>
            tensor([x.data[0] + x.data[1], ...x.data.subarray(2)], { dtype: "float64" });
          for (const measure of ["kl", "reverse-kl", "js", "tv", "hellinger", "chi2"] as const) {
            const full = divergence(probs(a), probs(b), { measure, from: "probs" }).item();
            const merged = divergence(merge(probs(a)), merge(probs(b)), { measure, from: "probs" }).item();
            expect(merged).toBeLessThanOrEqual(full * (1 + 1e-9) + 1e-15);
          }
        },
      ),
    );
  });
});

describe("the gradient of a divergence", () => {
  const settings: DivergenceOptions[] = [
    { reduction: "mean" },
    { reduction: "sum" },
    { reduction: "none" },
    { base: 2 },
    { base: 10, reduction: "sum" },
    { temperature: 2 },
    { from: "logProbs" },
  ];

  it.each(settings)("is the same whether it came along with the value or not: %o", (options) => {
    for (const shape of [
      [700, 10],
      [21, 1000],
    ]) {
      manualSeed(7);
      const draw = () => {
        const drawn = randn(shape);
        const x = (options.from === "logProbs" ? logSoftmax(drawn, -1) : drawn).detach();
        x.requiresGrad = true;
        return x;
      };
      const [p, q] = [draw(), draw()];
      const loss = () => {
        const value = divergence(p, q, options);
        return options.reduction === "none" ? value.sum() : value;
      };
      // The first walk takes the gradients that are there, the second has to compute them.
      const first = loss();
      const [gp, gq] = grad(first, [p, q], { retainGraph: true });
      const again = grad(first, [p, q]);
      expect(again.map(({ data }) => data)).toEqual([gp.data, gq.data]);
      // Another upstream gradient: a power of 2 changes no digit, 3 the last one.
      expect(grad(loss().mul(4), [q])[0].data).toEqual(gq.data.map((x) => 4 * x));
      const tripled = grad(loss().mul(3), [p])[0].data;
      expect(
        relativeError(
          tripled,
          Array.from(gp.data, (x) => 3 * x),
          true,
        ),
      ).toBeLessThan(2e-7);
      // Nobody else's numbers change with what is made of a gradient.
      const value = loss();
      value.backward();
      const kept = q.grad!;
      const numbers = kept.data.slice();
      q.grad = null;
      loss().backward();
      expect(kept.data).toEqual(numbers);
      p.grad = q.grad = null;
    }
  });
});
