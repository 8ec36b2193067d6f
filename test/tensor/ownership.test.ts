// What backward gives back must be nobody's. Here all memory that is given back is filled with NaN first, so that
// whoever still looks at it is found out, whether or not it has been used again. Tensors of fewer than 16 KiB are
// left to the garbage collector; these have 32.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { record } from "../../src/tensor/autograd/record.js";
import {
  add,
  cat,
  chunk,
  enableGrad,
  expand,
  flip,
  fromArray,
  gelu,
  grad,
  linear,
  logSoftmax,
  logsumexp,
  matmul,
  maximum,
  mul,
  noGrad,
  randn,
  reshape,
  silu,
  softmax,
  sum,
  type Tensor,
  transpose,
  where,
} from "../../src/tensor/index.js";
import { Storage } from "../../src/tensor/storage.js";

const N = 64;
let disposed = 0;

beforeEach(() => {
  disposed = 0;
  const dispose = Storage.prototype.dispose;
  vi.spyOn(Storage.prototype, "dispose").mockImplementation(function (this: Storage) {
    try {
      this.array.fill(Number.NaN);
      disposed++;
    } catch {
      return; // It is disposed of already.
    }
    dispose.call(this);
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

const square = (requiresGrad = true) => randn([N, N], { dtype: "float64", requiresGrad });
const numbers = (x: Tensor) => Float64Array.from(x.data);

const functions: Record<string, (x: Tensor, y: Tensor) => Tensor> = {
  "a sum of both": (x, y) => add(x, y),
  "a sum of one with itself": (x) => add(x, x),
  "a tensor used three times": (x, y) => add(add(mul(x, y), x.exp()), mul(x, x)),
  "a row broadcast": (x, y) => mul(x, y.narrow(0, 3, 1)),
  views: (x, y) => mul(transpose(x, 0, 1), reshape(y, [N, N])).view([N * N]),
  "views of views": (x) =>
    transpose(x.view([8, 8, N]), 0, 1)
      .reshape([N, N])
      .t(),
  expand: (x) => mul(expand(sum(x, 0, true), [N, N]), x),
  parts: (x, y) => cat([chunk(x, 2)[1], y.narrow(0, 5, 20)]),
  flip: (x, y) => add(flip(x, [0]), y),
  "pieces of one tensor": (x) => chunk(x, 4, 1).reduce((a, b) => mul(a, b)),
  matmul: (x, y) => matmul(x, y),
  linear: (x, y) => linear(x, y, y.narrow(0, 0, 1).view([N])),
  "softmax of logSoftmax": (x, y) => mul(softmax(logSoftmax(x, -1), 0), y),
  logsumexp: (x, y) => add(logsumexp(x, 1, true), y),
  "where and maximum": (x, y) => where(x.gt(0), maximum(x, y), y),
  gelu: (x, y) => gelu(mul(x, y)),
  "detached parts": (x, y) => mul(mul(x, y).detach(), x),
  clones: (x, y) => add(x.clone().clone(), y.clone()),
};

/** The value and gradients without anything given back: a recorded gradient may need all that was computed. */
function expected(f: (x: Tensor, y: Tensor) => Tensor, x: Tensor, y: Tensor): (Float64Array | undefined)[] {
  const loss = sum(mul(f(x, y), 2));
  return grad(loss, [x, y], { createGraph: true, allowUnused: true }).map((g) =>
    g ? numbers(g) : undefined,
  );
}

function expectClose(found: Tensor | null, wanted: Float64Array | undefined): void {
  expect(found === null).toBe(wanted === undefined);
  if (found === null || wanted === undefined) return;
  const numbers = found.data;
  wanted.forEach((value, i) => {
    if (!(Math.abs(numbers[i] - value) <= 1e-12 * Math.max(1, Math.abs(value))))
      expect(numbers[i]).toBe(value);
  });
}

describe("backward gives back only what nobody holds", () => {
  it.each(Object.keys(functions))("of %s", (name) => {
    const f = functions[name];
    const [x, y] = [square(), square()];
    const wanted = expected(f, x, y);
    const before = [numbers(x), numbers(y)];
    const middle = f(x, y);
    const values = numbers(middle);
    sum(mul(middle, 2)).backward();
    expectClose(x.grad, wanted[0]);
    expectClose(y.grad, wanted[1]);
    expectClose(middle, values);
    expectClose(x, before[0]);
    expectClose(y, before[1]);
    const found = grad(sum(mul(f(x, y), 2)), [x, y], { allowUnused: true });
    found.forEach((g, i) => {
      expectClose(g, wanted[i]);
    });
  });

  it.each(Object.keys(functions))("of %s walked twice", (name) => {
    const f = functions[name];
    const [x, y] = [square(), square()];
    const wanted = expected(f, x, y).map((g) => g?.map((value) => 2 * value));
    const loss = sum(mul(f(x, y), 2));
    loss.backward(undefined, { retainGraph: true });
    loss.backward();
    expectClose(x.grad, wanted[0]);
    expectClose(y.grad, wanted[1]);
  });

  it("and that is what it made on its way", () => {
    const x = square();
    sum(mul(silu(mul(x, x)), 2)).backward();
    expect(disposed).toBeGreaterThan(5);
  });

  it("but not gradients that hooks saw, nor what hooks made of them", () => {
    const x = square();
    const h = mul(x, 3);
    const seen: Tensor[] = [];
    h.registerHook((g) => {
      seen.push(g, mul(g, 2));
    });
    x.registerHook((g) => {
      const half = mul(g, 0.5);
      seen.push(g, half);
      return half;
    });
    sum(mul(h, h)).backward();
    const g = numbers(mul(h, 2));
    for (const [i, factor] of [1, 2, 3, 1.5].entries())
      expectClose(
        seen[i],
        g.map((value) => factor * value),
      );
    expectClose(
      x.grad,
      g.map((value) => 1.5 * value),
    );
    expect(x.grad?.storage).not.toBe(seen[3].storage);
  });

  it("but not the gradient it was given", () => {
    const x = square();
    const upstream = square(false);
    const before = numbers(upstream);
    x.clone().backward(upstream);
    add(x, 0).backward(upstream);
    expectClose(upstream, before);
    expectClose(
      x.grad,
      before.map((value) => 2 * value),
    );
  });

  it("but not retained gradients", () => {
    const x = square();
    const h = mul(x, 3);
    const k = add(h, x);
    h.retainGrad();
    k.retainGrad();
    sum(mul(k, k)).backward();
    const g = numbers(mul(k, 2));
    expectClose(h.grad, g);
    expectClose(k.grad, g);
    expectClose(
      x.grad,
      g.map((value) => 4 * value),
    );
  });

  it("nor gradients of gradients", () => {
    const x = square();
    const [g] = grad(sum(x.pow(3)), [x], { createGraph: true });
    const kept = numbers(g);
    sum(mul(g, g)).backward();
    expectClose(g, kept);
    const wanted = numbers(x).map((value) => 36 * value ** 3);
    expectClose(x.grad, wanted);
  });

  it("nor what comes of a walk in the midst of another", () => {
    const x = square();
    const inner = square(false);
    const upstream = square(false);
    inner.requiresGrad = true;
    const found: Tensor[] = [];
    const y = mul(x, 2);
    y.registerHook(() => {
      const other = enableGrad(() => sum(mul(mul(inner, upstream), 3)));
      found.push(...grad(other, [inner]));
    });
    sum(y.exp()).backward();
    expectClose(
      found[0],
      numbers(upstream).map((value) => 3 * value),
    );
    expectClose(
      x.grad,
      numbers(y).map((value) => 2 * Math.exp(value)),
    );
  });

  it("nor what a gradient found by a walk of its own hands on", () => {
    const [x, w] = [square(), square(false)];
    const recomputed = (g: Tensor) => {
      const leaf = x.detach();
      leaf.requiresGrad = true;
      const [part] = enableGrad(() => grad(mul(leaf.exp(), w), [leaf], { gradOutputs: g }));
      return mul(part, 1);
    };
    const out = noGrad(() => mul(x.exp(), w));
    sum(mul(record(out, "RecomputedBackward", [x], [recomputed], [x]), 2)).backward();
    expectClose(
      x.grad,
      numbers(out).map((value) => 2 * value),
    );
  });

  it("and leaves whole what an error in the middle of it left behind", () => {
    const x = square();
    const y = mul(x, 2);
    const z = y.exp();
    y.registerHook(() => {
      throw new Error("stop");
    });
    expect(() => sum(z).backward()).toThrow("stop");
    const made = mul(x.detach(), 2);
    sum(mul(x, 3)).backward();
    expectClose(x.grad, new Float64Array(N * N).fill(3));
    expectClose(made, numbers(y));
  });
});

describe("the gradient of a leaf", () => {
  const filled = () => {
    const x = square();
    sum(mul(x, 3)).backward();
    return x;
  };
  const threes = new Float64Array(N * N).fill(3);

  it("is given back when it is set to null and nobody has asked for it", () => {
    const x = filled();
    const before = disposed;
    x.grad = null;
    expect(disposed).toBe(before + 1);
  });

  it("lives on when someone has it", () => {
    const x = filled();
    const { grad: held } = x;
    x.grad = null;
    expectClose(held, threes);
    sum(mul(x, 5)).backward();
    expectClose(held, threes);
  });

  it("adds up in the tensor that someone has", () => {
    const x = filled();
    const { grad: held } = x;
    sum(mul(x, 2)).backward();
    expect(x.grad).toBe(held);
    expectClose(
      held,
      threes.map(() => 5),
    );
  });

  it("adds up where nobody has it", () => {
    const x = filled();
    sum(mul(x, 2)).backward();
    expectClose(
      x.grad,
      threes.map(() => 5),
    );
  });

  it("is never given back when it was assigned", () => {
    const x = filled();
    const own = square(false);
    const before = numbers(own);
    x.grad = own;
    x.grad = null;
    expectClose(own, before);
  });

  it("is each leaf's own where leaves get the same", () => {
    const [x, y] = [square(), square()];
    sum(add(x, y)).backward();
    const { grad: ofX } = x;
    y.grad = null;
    expectClose(
      ofX,
      threes.map(() => 1),
    );
  });
});

describe("dispose", () => {
  it("makes a tensor, its views and what shares its memory say so", () => {
    const x = square(false);
    const view = x.t();
    const twin = x.detach();
    const copy = x.clone();
    const values = numbers(x);
    x.dispose();
    x.dispose();
    for (const gone of [x, view, twin]) expect(() => add(gone, 1)).toThrow("given back by dispose()");
    expect(() => x.data).toThrow("given back by dispose()");
    expectClose(copy, values);
  });

  it("leaves alone memory that another tensor was made around", () => {
    vi.restoreAllMocks();
    const x = square(false);
    const twin = fromArray(x.data, [N, N]);
    const values = numbers(x);
    x.dispose();
    for (let i = 0; i < 4; i++) square(false).fill_(-1);
    expectClose(twin, values);
  });

  it("lets a small tensor go too", () => {
    const x = randn([3]);
    x.dispose();
    expect(() => x.sum()).toThrow("given back by dispose()");
  });
});
