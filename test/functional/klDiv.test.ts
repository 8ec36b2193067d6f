import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { F } from "../../src/functional/index.js";
import type { DType } from "../../src/kernels/index.js";
import { grad, gradcheck, gradgradcheck, randn, type Tensor, tensor, zeros } from "../../src/tensor/index.js";
import {
  type Derivatives,
  decode,
  type EncodedTensor,
  expectDerivatives,
  expectTensor,
  readOracle,
} from "./oracle.js";

type Reduction = NonNullable<F.KlDivOptions["reduction"]>;

interface Inputs {
  input: EncodedTensor;
  target: EncodedTensor;
}

const oracle = readOracle<{
  klDiv: (Inputs & {
    shape: number[];
    logTarget: boolean;
    results: (Derivatives & { reduction: Reduction; dtype: DType })[];
  })[];
  klDivSpecial: (Inputs & Derivatives & { logTarget: boolean; dtype: DType })[];
  klDivMixed: (Inputs & Derivatives)[];
  klDivBroadcast: (Inputs & Derivatives & { reduction: Reduction })[];
  klDivLegacy: Inputs & {
    cases: {
      sizeAverage: boolean | null;
      reduce: boolean | null;
      reduction: Reduction;
      value: EncodedTensor;
    }[];
  };
}>("functional");

beforeEach(() => {
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe("klDiv gives PyTorch's values, gradients and second derivatives", () => {
  const cases = oracle.klDiv.flatMap(({ results, ...inputs }) =>
    results.map((result) => ({ ...inputs, ...result })),
  );

  it.each(cases)("of $shape, logTarget $logTarget, $reduction, $dtype", (entry) => {
    const { input, target, reduction, logTarget, dtype } = entry;
    const f = (x: Tensor, t: Tensor) => F.klDiv(x, t, { reduction, logTarget });
    // Terms of up to 4 cancel, those of several elements in sums.
    expectDerivatives(f, [decode(input, dtype), decode(target, dtype)], entry, { scale: 4 });
  });

  it.each(oracle.klDivSpecial)("of special values, logTarget $logTarget, $dtype", (entry) => {
    const { input, target, logTarget, dtype } = entry;
    const f = (x: Tensor, t: Tensor) => F.klDiv(x, t, { reduction: "none", logTarget });
    expectDerivatives(f, [decode(input, dtype), decode(target, dtype)], entry);
  });

  it.each(oracle.klDivBroadcast)(
    "of $input.dtype $input.shape and $target.dtype $target.shape, $reduction",
    (entry) => {
      const f = (x: Tensor, t: Tensor) => F.klDiv(x, t, { reduction: entry.reduction });
      expectDerivatives(f, [decode(entry.input), decode(entry.target)], entry, { scale: 4 });
    },
  );

  // PyTorch takes the logarithm in the target's float32, ours in the float64 of the result.
  it.each(oracle.klDivMixed)(
    "of $input.dtype $input.shape and $target.dtype $target.shape, in the dtype both promote to",
    (entry) => {
      const f = (x: Tensor, t: Tensor) => F.klDiv(x, t, { reduction: "sum" });
      const inputs = [decode(entry.input), decode(entry.target)];
      expectDerivatives(f, inputs, entry, { precision: "float32" });
    },
  );

  it.each(oracle.klDivLegacy.cases)(
    "with sizeAverage $sizeAverage, reduce $reduce, reduction $reduction",
    ({ sizeAverage, reduce, reduction, value }) => {
      const { input, target } = oracle.klDivLegacy;
      const options = { sizeAverage: sizeAverage ?? undefined, reduce: reduce ?? undefined, reduction };
      expectTensor(F.klDiv(decode(input), decode(target), options), value);
    },
  );
});

describe("klDiv", () => {
  it("has gradients and second derivatives that central differences confirm", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.double({ min: -4, max: 0, noNaN: true }),
            fc.double({ min: 0.05, max: 1, noNaN: true }),
          ),
          {
            minLength: 1,
            maxLength: 6,
          },
        ),
        fc.constantFrom<Reduction>("none", "sum", "mean", "batchmean"),
        fc.boolean(),
        (pairs, reduction, logTarget) => {
          const options = { dtype: "float64", requiresGrad: true } as const;
          const xs = pairs.map(([x]) => x);
          const ts = pairs.map(([, t]) => t);
          const inputs = [tensor(xs, options), tensor(ts, options)];
          const f = (x: Tensor, t: Tensor) => F.klDiv(x, t, { reduction, logTarget });
          return gradcheck(f, inputs) && gradgradcheck(f, inputs);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("rounds a float32 element once", () => {
    const x = tensor([-1.1, -0.3, -2.7]);
    const t = tensor([0.1, 0.6, 0.3]);
    const exact = F.klDiv(x.to("float64"), t.to("float64"), { reduction: "none" });
    expect(F.klDiv(x, t, { reduction: "none" }).data).toEqual(Float32Array.from(exact.data));
  });

  it("is a node of its own on the tape, whatever the reduction", () => {
    const x = randn([2, 3], { requiresGrad: true });
    for (const reduction of ["none", "sum", "batchmean"] as const) {
      expect(F.klDiv(x, zeros([2, 3]), { reduction }).gradFn?.name).toBe("KlDivBackward");
    }
  });

  it("notices that its target was changed before backward", () => {
    const x = randn([3], { requiresGrad: true });
    const t = tensor([0.2, 0.3, 0.5]);
    const loss = F.klDiv(x, t, { reduction: "sum" });
    t.mul_(2);
    expect(() => loss.backward()).toThrow(/modified by an inplace operation/);
  });

  it("lets its input be changed before backward where only that needs a gradient", () => {
    const leaf = tensor([-1, -2], { requiresGrad: true });
    const x = leaf.mul(1);
    const loss = F.klDiv(x, tensor([0.25, 0.75]), { reduction: "sum" });
    x.add_(1);
    loss.backward();
    expect(leaf.grad?.tolist()).toEqual([-0.25, -0.75]);
  });

  it("refuses integers, naming what it got", () => {
    const floats = zeros([2]);
    const ints = zeros([2], { dtype: "int32" });
    const message = /^klDiv: Integral inputs not supported, got/;
    expect(() => F.klDiv(floats, ints, { reduction: "sum" })).toThrow(message);
    expect(() => F.klDiv(ints, floats, { reduction: "sum" })).toThrow(message);
    expect(() => F.klDiv(floats, zeros([2], { dtype: "bool" }), { reduction: "sum" })).toThrow(message);
  });

  it("refuses a reduction it does not know", () => {
    const reduction = "foo" as Reduction;
    expect(() => F.klDiv(zeros([2]), zeros([2]), { reduction })).toThrow(
      "klDiv: foo is not a valid value for reduction",
    );
  });

  it("refuses shapes that do not broadcast, naming both", () => {
    expect(() => F.klDiv(zeros([2, 2]), zeros([2, 3]), { reduction: "sum" })).toThrow(
      /^klDiv: shapes \[2, 2\] and \[2, 3\] do not broadcast: The size of tensor a \(2\) must match the size of tensor b \(3\) at non-singleton dimension 1$/,
    );
  });

  it("refuses what is not a tensor", () => {
    const list = [0.5, 0.5] as unknown as Tensor;
    expect(() => F.klDiv(list, zeros([2]))).toThrow(
      "klDiv: wanted a tensor, got an array; make one with tensor(…)",
    );
    expect(() => F.klDiv(zeros([2]), null as unknown as Tensor)).toThrow("klDiv: wanted a tensor, got null");
  });
});

describe("the gradient of klDiv by its target", () => {
  it.each(["float32", "float64"] as const)(
    "has the same bits in one pass as by recorded operations: %s",
    (dtype) => {
      for (const n of [1, 2, 3, 7, 1000, 5001]) {
        for (const logTarget of [false, true]) {
          const input = randn([n], { dtype });
          const numbers = randn([n], { dtype }).data.map((x, i) =>
            i % 5 === 3 ? 0 : logTarget ? x : Math.abs(x),
          );
          const target = tensor(numbers, { dtype, requiresGrad: true });
          for (const reduction of ["sum", "mean", "batchmean", "none"] as const) {
            const loss = () => {
              const value = F.klDiv(input, target, { reduction, logTarget });
              return (reduction === "none" ? value.sum() : value).mul(0.3);
            };
            const [inOnePass] = grad(loss(), [target]);
            const [recorded] = grad(loss(), [target], { createGraph: true });
            expect(inOnePass.dtype).toBe(dtype);
            expect(inOnePass.data).toEqual(recorded.data);
          }
        }
      }
    },
  );
});
