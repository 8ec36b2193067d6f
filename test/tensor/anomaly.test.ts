import { describe, expect, it } from "vitest";
import {
  detectAnomaly,
  div,
  grad,
  KullbackError,
  mul,
  nn,
  noGrad,
  setDetectAnomaly,
  sqrt,
  sum,
  type Tensor,
  tensor,
} from "../../src/index.js";
import { record } from "../../src/tensor/autograd/record.js";

const leaf = (values: number[]) => tensor(values, { dtype: "float64", requiresGrad: true });

function errorOf(body: () => unknown): KullbackError {
  try {
    body();
  } catch (error) {
    expect(error).toBeInstanceOf(KullbackError);
    return error as KullbackError;
  }
  throw new Error("nothing was thrown");
}

/** 0·√x: finite, but its gradient at 0 is 0·∞. */
function flatRoot(x: Tensor): Tensor {
  return sum(mul(sqrt(x), 0));
}

describe("detectAnomaly", () => {
  it("names the operation whose gradient is NaN, the input, and the place of the call", () => {
    const x = leaf([0, 4]);
    const error = errorOf(() => detectAnomaly(() => flatRoot(x).backward()));
    expect(error.message).toMatch(
      /^backward: SqrtBackward gave NaN as the gradient of its input 0, float64 of shape \[2\], called at flatRoot \(.*test\/tensor\/anomaly\.test\.ts(\?[^:]*)?:\d+:\d+\)$/,
    );
    expect(error.cause).toBeInstanceOf(Error);
    expect((error.cause as Error).stack).toContain("flatRoot");
    expect((error.cause as Error).message).toContain("SqrtBackward");
  });

  it("names the input", () => {
    const [x, y] = [leaf([0]), leaf([0])];
    const error = errorOf(() =>
      detectAnomaly(() => {
        const quotient = record(
          tensor([1], { dtype: "float64" }),
          "OddBackward",
          [x, y],
          [(g) => g, (g) => div(0, mul(g, 0))],
        );
        quotient.backward();
      }),
    );
    expect(error.message).toContain(
      "OddBackward gave NaN as the gradient of its input 1, float64 of shape [1]",
    );
    expect(x.grad).toBeNull();
  });

  it("finds the same in grad, and in gradients of gradients", () => {
    const x = leaf([0, 4]);
    expect(errorOf(() => detectAnomaly(() => grad(flatRoot(x), x))).message).toContain(
      "SqrtBackward gave NaN",
    );
    const y = leaf([0]);
    const second = () => {
      // y·√y has the slope 1.5·√y at 0, whose own slope is infinite; times 0 it is NaN.
      const [slope] = grad(sum(y.pow(1.5)), y, { createGraph: true });
      sum(mul(slope, 0)).backward();
    };
    expect(errorOf(() => detectAnomaly(second)).message).toMatch(/^backward: \w+Backward gave NaN/);
  });

  it("says of a NaN loss which operation was the first to give NaN", () => {
    const x = leaf([-1, 1]);
    const error = errorOf(() =>
      detectAnomaly(() => {
        const logs = x.mul(2).log();
        logs.add(1).mul(3).sum().backward();
      }),
    );
    expect(error.message).toMatch(
      /^backward: the output is NaN; the first NaN came out of the operation of LogBackward, called at .*anomaly\.test\.ts(\?[^:]*)?:\d+:\d+\)?$/,
    );
  });

  it("says so too of a NaN loss whose operations ran before", () => {
    const loss = sum(leaf([-1]).log());
    expect(errorOf(() => detectAnomaly(() => loss.backward())).message).toBe("backward: the output is NaN");
    const gradOfLeaf = leaf([Number.NaN]);
    expect(errorOf(() => detectAnomaly(() => gradOfLeaf.backward())).message).toBe(
      "backward: the output is NaN",
    );
  });

  it("does not blame an operation for the NaN in its gradient", () => {
    const x = leaf([1]);
    const error = errorOf(() =>
      detectAnomaly(() => x.mul(2).backward(tensor([Number.NaN], { dtype: "float64" }))),
    );
    expect(error.message).toContain("MulBackward gave NaN");
    expect(error.message).toContain("from a gradient that held NaN already");
  });

  it("adds the place of the call to other errors of backward", () => {
    const x = leaf([1, 2]);
    const changed = errorOf(() =>
      detectAnomaly(() => {
        const y = x.mul(1).exp();
        noGrad(() => y.zero_());
        y.sum().backward();
      }),
    );
    expect(changed.message).toMatch(/saved by ExpBackward, .* called at .*anomaly\.test\.ts/);
    const failing = errorOf(() =>
      detectAnomaly(() => {
        const fail = () => {
          throw new KullbackError("no luck");
        };
        record(tensor([1], { dtype: "float64" }), "LucklessBackward", [x.sum()], [fail]).backward();
      }),
    );
    expect(failing.message).toMatch(
      /^backward: LucklessBackward failed: no luck, called at .*anomaly\.test\.ts/,
    );
  });

  it("finds the line within modules", () => {
    class Net extends nn.Module {
      first = new nn.Linear(2, 2, { dtype: "float64" });
      forward(x: Tensor): Tensor {
        return this.first.forward(x).mul(0).sqrt().sum();
      }
    }
    const net = new Net();
    const error = errorOf(() => detectAnomaly(() => net.forward(leaf([1, 2]).reshape([1, 2])).backward()));
    expect(error.message).toMatch(/called at Net\.forward/);
  });

  it("changes nothing where there is no NaN", () => {
    const [x, y] = [leaf([1, 4]), leaf([1, 4])];
    const found = detectAnomaly(() => {
      const loss = sum(sqrt(x));
      loss.backward();
      return loss.item();
    });
    sum(sqrt(y)).backward();
    expect(found).toBe(3);
    expect(x.grad?.tolist()).toEqual(y.grad?.tolist());
  });

  it("ends with the function, also when that throws; nothing is traced outside", () => {
    const x = leaf([0]);
    expect(() =>
      detectAnomaly(() => {
        throw new RangeError("mine");
      }),
    ).toThrow(RangeError);
    const out = flatRoot(x);
    expect(out.gradFn?.trace).toBeUndefined();
    out.backward();
    expect(x.grad?.tolist()).toEqual([Number.NaN]);
  });

  it("lasts as long as the promise of an asynchronous function, whichever of several ends first", async () => {
    const x = leaf([0]);
    const gates: (() => void)[] = [];
    const one = () =>
      detectAnomaly(async () => {
        await new Promise<void>((resolve) => gates.push(resolve));
        flatRoot(x).backward();
      });
    const [first, second] = [one(), one()];
    gates[0]();
    await expect(first).rejects.toThrow("SqrtBackward gave NaN");
    gates[1]();
    await expect(second).rejects.toThrow("SqrtBackward gave NaN");
    expect(() => flatRoot(x).backward()).not.toThrow();
  });
});

describe("setDetectAnomaly", () => {
  it("switches the search on and off", () => {
    const x = leaf([0]);
    setDetectAnomaly(true);
    try {
      expect(() => flatRoot(x).backward()).toThrow("SqrtBackward gave NaN");
      detectAnomaly(() => undefined);
      expect(() => flatRoot(x).backward()).toThrow("SqrtBackward gave NaN");
    } finally {
      setDetectAnomaly(false);
    }
    expect(() => flatRoot(x).backward()).not.toThrow();
  });

  it.each([undefined, 1, "on"])("refuses %s", (mode) => {
    expect(() => setDetectAnomaly(mode as unknown as boolean)).toThrow(
      `setDetectAnomaly: wanted true or false, got ${mode}`,
    );
  });
});
