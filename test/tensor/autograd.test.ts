import { describe, expect, it } from "vitest";
import { KullbackError } from "../../src/errors.js";
import {
  add,
  backward,
  enableGrad,
  grad,
  isGradEnabled,
  matmul,
  mul,
  noGrad,
  ones,
  record,
  type Tensor,
  tensor,
  where,
  zeros,
} from "../../src/tensor/index.js";

const leafOf = (values: number[]) => tensor(values, { requiresGrad: true });
const listed = (x: Tensor | null) => x?.tolist() ?? null;

describe("backward", () => {
  it("adds to grad, in the tensor that grad already is", () => {
    const x = leafOf([1, 2]);
    expect(x.grad).toBe(null);
    x.mul(x).sum().backward();
    const held = x.grad;
    expect(listed(held)).toEqual([2, 4]);
    x.mul(3).sum().backward();
    expect(x.grad).toBe(held);
    expect(listed(held)).toEqual([5, 7]);
    x.grad = null;
    x.mul(3).sum().backward();
    expect(listed(x.grad)).toEqual([3, 3]);
    expect(listed(held)).toEqual([5, 7]);
  });

  it("adds up the ways by which a leaf enters", () => {
    const x = leafOf([2]);
    x.mul(x).mul(x).add(x).backward();
    expect(listed(x.grad)).toEqual([13]);
  });

  it("takes a gradient, as it must for more than one element", () => {
    const x = leafOf([1, 2]);
    expect(() => x.mul(2).backward()).toThrow(
      "backward: grad can be implicitly created only for scalar outputs, got shape [2]",
    );
    x.mul(2).backward(tensor([10, 1]));
    expect(listed(x.grad)).toEqual([20, 2]);
    expect(() => x.mul(2).backward(ones([1, 2]))).toThrow(
      /mismatch in shape: the output has shape \[2\], its gradient has \[1, 2\]/,
    );
  });

  it("converts the gradient to the output's dtype", () => {
    const x = leafOf([1, 2]);
    x.mul(2).backward(tensor([1, 2], { dtype: "float64" }));
    x.mul(2).backward(tensor([1, 2], { dtype: "int32" }));
    expect([x.grad?.dtype, listed(x.grad)]).toEqual(["float32", [4, 8]]);
  });

  it("gives each input's gradient its own dtype", () => {
    const x = leafOf([1, 2]);
    const y = tensor([3, 4], { dtype: "float64", requiresGrad: true });
    x.mul(y).sum().backward();
    expect([x.grad?.dtype, listed(x.grad)]).toEqual(["float32", [3, 4]]);
    expect([y.grad?.dtype, listed(y.grad)]).toEqual(["float64", [1, 2]]);
  });

  it("starts from a leaf", () => {
    const x = leafOf([3]);
    x.backward();
    x.backward(tensor([5]));
    expect(listed(x.grad)).toEqual([6]);
  });

  it("leaves alone what requires no gradient", () => {
    const x = leafOf([1]);
    const y = tensor([2]);
    x.mul(y).backward();
    expect(y.grad).toBe(null);
    expect(() => y.mul(2).backward()).toThrow(
      "backward: a tensor of shape [1] does not require grad and does not have a gradFn",
    );
  });

  it("is also a function", () => {
    const x = leafOf([1, 2]);
    backward(x.mul(x), tensor([1, 10]));
    expect(listed(x.grad)).toEqual([2, 40]);
  });
});

describe("a graph walked a second time", () => {
  it("is an error that names the operation", () => {
    const y = leafOf([1, 2]).exp().sum();
    y.backward();
    expect(() => y.backward()).toThrow(
      /trying to backward through the graph a second time \(at ExpBackward\).*retainGraph: true/,
    );
  });

  it("is fine with retainGraph", () => {
    const x = leafOf([1, 2]);
    const y = x.mul(x).sum();
    y.backward(undefined, { retainGraph: true });
    y.backward(undefined, { retainGraph: true });
    y.backward();
    expect(listed(x.grad)).toEqual([6, 12]);
    expect(() => y.backward()).toThrow(KullbackError);
  });

  it("counts the same gradient tensor again, however often", () => {
    const x = leafOf([1, 2]);
    const y = x.mul(x);
    const upstream = tensor([1, 10]);
    for (let i = 0; i < 3; i++) y.backward(upstream, { retainGraph: true });
    expect(listed(x.grad)).toEqual([6, 120]);
    expect(listed(upstream)).toEqual([1, 10]);
  });

  // What of these PyTorch lets walk twice, since it saved nothing.
  const saving: [string, boolean, (x: Tensor) => Tensor][] = [
    ["add", false, (x) => x.add(1)],
    ["sub", false, (x) => x.sub(1)],
    ["neg", false, (x) => x.neg()],
    ["sum", false, (x) => x.sum()],
    ["mean", false, (x) => x.mean()],
    ["cumsum", false, (x) => x.cumsum(0)],
    ["view", false, (x) => x.view([3, 1])],
    ["expand", false, (x) => x.expand([2, 3])],
    ["select", false, (x) => x.select(0, 0)],
    ["to", false, (x) => x.to("float64")],
    ["flip", false, (x) => x.flip(0)],
    ["sign", false, (x) => x.sign()],
    ["clone", false, (x) => x.clone()],
    ["mul by a number", true, (x) => x.mul(2)],
    ["div by a number", true, (x) => x.div(2)],
    ["where", true, (x) => where(x.gt(1), x, 0)],
    ["clamp", true, (x) => x.clamp(0, 2)],
    ["abs", true, (x) => x.abs()],
    ["max", true, (x) => x.max()],
    ["max along an axis", true, (x) => x.max(0).values],
    ["sort", true, (x) => x.sort().values],
    ["gather", true, (x) => x.gather(0, tensor([0], { dtype: "int32" }))],
    ["var", true, (x) => x.var()],
    ["matmul", true, (x) => matmul(x, ones([3]))],
    ["logsumexp", true, (x) => x.logsumexp(0)],
    ["softmax", true, (x) => x.softmax(0)],
  ];
  it.each(saving)("through %s fails only if it saved a tensor", (_, saves, operation) => {
    const y = operation(leafOf([1, 2, 3]));
    const upstream = ones(y.shape);
    y.backward(upstream);
    if (saves) expect(() => y.backward(upstream)).toThrow(/second time/);
    else expect(() => y.backward(upstream)).not.toThrow();
  });
});

describe("createGraph", () => {
  it("makes gradients that can be differentiated", () => {
    const x = tensor([2, 3], { dtype: "float64", requiresGrad: true });
    const [first] = grad(x.pow(4).sum(), x, { createGraph: true });
    const [second] = grad(first.sum(), x, { createGraph: true });
    const [third] = grad(second.sum(), x);
    expect([first, second, third].map(listed)).toEqual([
      [32, 108],
      [48, 108],
      [48, 72],
    ]);
    expect([first.requiresGrad, third.requiresGrad]).toEqual([true, false]);
  });

  it("goes through grad of leaves too, and adds there without changing what was there", () => {
    const x = leafOf([3]);
    x.pow(3).sum().backward(undefined, { createGraph: true });
    const held = x.grad!;
    expect([held.requiresGrad, listed(held)]).toEqual([true, [27]]);
    x.pow(2).sum().backward(undefined, { createGraph: true });
    expect([listed(held), listed(x.grad)]).toEqual([[27], [33]]);
    const [second] = grad(x.grad!.sum(), x);
    expect(listed(second)).toEqual([20]);
  });

  it("leaves grad changeable without harm to the graph of the gradient", () => {
    const x = leafOf([1, 2]);
    x.exp().sum().backward(undefined, { createGraph: true });
    const kept = x.grad!.clone();
    noGrad(() => x.grad?.zero_());
    expect(() => kept.sum().backward()).not.toThrow();
  });

  it("retains the graph unless told otherwise", () => {
    const x = leafOf([2]);
    const y = x.pow(2).sum();
    grad(y, x, { createGraph: true });
    grad(y, x, { createGraph: true, retainGraph: false });
    expect(() => grad(y, x)).toThrow(/second time/);
  });

  it("differentiates with respect to the gradient passed in", () => {
    const x = leafOf([2, 3]);
    const upstream = leafOf([1, 10]);
    const [first] = grad(x.mul(x), x, { gradOutputs: upstream, createGraph: true });
    const [ofUpstream] = grad(first.sum(), upstream);
    expect(listed(ofUpstream)).toEqual([4, 6]);
  });
});

describe("grad", () => {
  it("gives gradients without touching any grad", () => {
    const x = leafOf([1, 2]);
    const y = leafOf([3, 4]);
    const found = grad(x.mul(y).sum(), [x, y]);
    expect(found.map(listed)).toEqual([
      [3, 4],
      [1, 2],
    ]);
    expect([x.grad, y.grad]).toEqual([null, null]);
  });

  it("takes inputs that are not leaves, and the output itself", () => {
    const x = leafOf([1, 2, 3]);
    const y = x.mul(2);
    const z = y.mul(y);
    const found = grad(z.sum(), [y, x, z]);
    expect(found.map(listed)).toEqual([
      [4, 8, 12],
      [8, 16, 24],
      [1, 1, 1],
    ]);
  });

  it("sums over several outputs, each with its gradient", () => {
    const x = tensor([1, 2], { dtype: "float64", requiresGrad: true });
    const y = x.mul(3);
    const found = grad([y, y.mul(x)], x, { gradOutputs: [tensor([1, 1]), tensor([1, 10])] });
    expect(found.map(listed)).toEqual([[9, 123]]);
    const z = x.mul(3);
    expect(grad([z.sum(), z.sum()], x).map(listed)).toEqual([[6, 6]]);
    expect(() => grad([z, z], x, { gradOutputs: [ones([2])] })).toThrow(
      "grad: got 2 outputs and 1 gradOutputs",
    );
  });

  it("walks only what leads to the inputs", () => {
    const x = leafOf([1]);
    const y = leafOf([1]);
    let walked = false;
    const side = record(
      y.clone(),
      "SideBackward",
      [y],
      [
        (g) => {
          walked = true;
          return g;
        },
      ],
    );
    grad(x.mul(side), x);
    expect(walked).toBe(false);
  });

  it("says which input is unused, or gives null for it", () => {
    const x = leafOf([1]);
    const other = leafOf([1]);
    expect(() => grad(x.mul(2), [x, other])).toThrow(
      /grad: input 1 appears to not have been used in the graph; pass allowUnused: true/,
    );
    expect(grad(x.mul(2), [x, other], { allowUnused: true }).map(listed)).toEqual([[2], null]);
  });

  it("refuses inputs and outputs without gradient, and outputs of several elements", () => {
    const x = leafOf([1, 2]);
    expect(() => grad(x.sum(), ones([1]))).toThrow(/^grad: .* does not require grad/);
    expect(() => grad(ones([1]), x)).toThrow(/^grad: .* does not require grad/);
    expect(() => grad(x.mul(2), x)).toThrow(/only for scalar outputs, got shape \[2\]/);
  });
});

describe("noGrad and enableGrad", () => {
  it("nest, and restore what was", () => {
    const seen: boolean[] = [isGradEnabled()];
    noGrad(() => {
      seen.push(isGradEnabled());
      enableGrad(() => {
        seen.push(isGradEnabled());
        noGrad(() => seen.push(isGradEnabled()));
        seen.push(isGradEnabled());
      });
      seen.push(isGradEnabled());
    });
    seen.push(isGradEnabled());
    expect(seen).toEqual([true, false, true, false, true, false, true]);
  });

  it("restore also after an exception, and pass it on", () => {
    expect(() =>
      noGrad(() => {
        throw new RangeError("inside");
      }),
    ).toThrow(RangeError);
    expect(isGradEnabled()).toBe(true);
  });

  it("return what the function returns", () => {
    expect(noGrad(() => 5)).toBe(5);
  });

  it("refuse functions that go on later", () => {
    expect(() => noGrad(async () => 1)).toThrow(
      "noGrad: wanted a synchronous function, got one that returns a promise",
    );
    expect(() => enableGrad(() => Promise.resolve(1))).toThrow(/^enableGrad: wanted a synchronous function/);
    expect(isGradEnabled()).toBe(true);
  });

  it("leave results without history", () => {
    const x = leafOf([1]);
    const y = noGrad(() => x.mul(2));
    expect([y.requiresGrad, y.isLeaf, y.gradFn]).toEqual([false, true, undefined]);
    expect(noGrad(() => enableGrad(() => x.mul(2))).requiresGrad).toBe(true);
  });

  it("let a leaf be changed in place", () => {
    const x = leafOf([1, 2]);
    noGrad(() => x.sub_(tensor([0.5, 0.5])));
    expect([listed(x), x.isLeaf, x.requiresGrad]).toEqual([[0.5, 1.5], true, true]);
  });
});

describe("leaves and history", () => {
  it("requiresGrad can be assigned on a leaf only", () => {
    const x = ones([2]);
    x.requiresGrad = true;
    const y = x.mul(2);
    expect([x.isLeaf, y.isLeaf, y.requiresGrad]).toEqual([true, false, true]);
    expect(() => {
      y.requiresGrad = false;
    }).toThrow(/you can only change requiresGrad flags of leaf variables/);
    x.requiresGrad = false;
    expect(x.mul(2).requiresGrad).toBe(false);
  });

  it("integers cannot require gradients", () => {
    expect(() => {
      ones([2], { dtype: "int32" }).requiresGrad = true;
    }).toThrow("requiresGrad: only floating-point tensors can require gradients, got int32");
  });

  it("grad can be assigned null or what fits", () => {
    const x = leafOf([1, 2]);
    x.grad = tensor([5, 6]);
    x.mul(2).sum().backward();
    expect(listed(x.grad)).toEqual([7, 8]);
    expect(() => {
      x.grad = ones([3]);
    }).toThrow("grad: wanted null or a float32 tensor of shape [2], got float32 of shape [3]");
    expect(() => {
      x.grad = ones([2], { dtype: "float64" });
    }).toThrow(/got float64 of shape \[2\]/);
  });

  it("detach shares memory and ends the history", () => {
    const x = leafOf([1, 2]);
    const y = x.mul(2);
    const cut = y.detach();
    expect([cut.requiresGrad, cut.isLeaf]).toEqual([false, true]);
    y.add(cut.mul(y)).sum().backward();
    expect(listed(x.grad)).toEqual([6, 10]);
  });

  it("what is made of results without gradients has none", () => {
    const x = leafOf([1, 2]);
    expect([x.gt(1), x.argmax(), x.to("int32"), x.sort().indices].map((y) => y.requiresGrad)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});

describe("hooks", () => {
  it("see and replace the gradient, in the order they were registered, of leaves", () => {
    const x = leafOf([1, 2]);
    const seen: unknown[] = [];
    x.registerHook((g) => {
      seen.push(g.tolist());
    });
    const remove = x.registerHook((g) => g.mul(100));
    remove();
    x.registerHook((g) => g.add(1));
    x.registerHook((g) => g.mul(2));
    x.mul(3).sum().backward();
    expect([seen, listed(x.grad)]).toEqual([[[3, 3]], [8, 8]]);
  });

  it("see the whole gradient, not its parts", () => {
    const x = leafOf([1]);
    const seen: unknown[] = [];
    x.registerHook((g) => {
      seen.push(g.item());
    });
    x.mul(3).add(x.mul(4)).backward();
    expect(seen).toEqual([7]);
  });

  it("of results change what flows on", () => {
    const x = leafOf([1, 2]);
    const y = x.mul(3);
    y.registerHook((g) => g.mul(10));
    y.sum().backward();
    expect(listed(x.grad)).toEqual([30, 30]);
    expect(grad(x.mul(3).sum(), x).map(listed)).toEqual([[3, 3]]);
  });

  it("also act on grad()", () => {
    const x = leafOf([1, 2]);
    x.registerHook((g) => g.mul(3));
    expect(grad(x.mul(2).sum(), x).map(listed)).toEqual([[6, 6]]);
  });

  it("belong to the value: those from before an in-place change see its gradient before the change", () => {
    const x = leafOf([1]);
    const y = x.mul(2);
    const seen: string[] = [];
    y.registerHook((g) => {
      seen.push(`before ${g.item()}`);
      return g.mul(10);
    });
    y.mul_(3);
    y.registerHook((g) => {
      seen.push(`after ${g.item()}`);
      return g.mul(100);
    });
    y.sum().backward();
    expect(seen).toEqual(["after 1", "before 300"]);
    expect(listed(x.grad)).toEqual([6000]);
  });

  it("must keep shape and dtype, and need a gradient to wait for", () => {
    const x = leafOf([1, 2]);
    const remove = x.registerHook(() => ones([3]));
    expect(() => x.sum().backward()).toThrow(
      "registerHook: a hook returned a float32 tensor of shape [3] for a gradient that is float32 of shape [2]",
    );
    remove();
    x.registerHook((g) => g.to("float64"));
    expect(() => x.sum().backward()).toThrow(/returned a float64 tensor/);
    expect(() => ones([2]).registerHook(() => {})).toThrow(/doesn't require gradient/);
  });
});

describe("retainGrad", () => {
  it("accumulates grad of a result, after its hooks", () => {
    const x = leafOf([1, 2]);
    const y = x.mul(2);
    y.retainGrad();
    y.retainGrad();
    y.registerHook((g) => g.mul(10));
    const z = y.mul(y).sum();
    z.backward(undefined, { retainGraph: true });
    expect(listed(y.grad)).toEqual([40, 80]);
    z.backward();
    expect([listed(y.grad), listed(x.grad)]).toEqual([
      [80, 160],
      [160, 320],
    ]);
  });

  it("stays with the tensor through in-place changes", () => {
    const y = leafOf([1]).mul(2);
    y.retainGrad();
    y.mul_(3);
    y.sum().backward();
    expect(listed(y.grad)).toEqual([1]);
  });

  it("changes nothing for a leaf, and needs a gradient", () => {
    const x = leafOf([1]);
    x.retainGrad();
    x.mul(2).backward();
    expect(listed(x.grad)).toEqual([2]);
    expect(() => ones([1]).retainGrad()).toThrow(
      /can't retain the gradient of a tensor that doesn't require/,
    );
  });

  it("without it, results have no grad", () => {
    const y = leafOf([1]).mul(2);
    y.backward();
    expect(y.grad).toBe(null);
  });
});

describe("gradients share memory with nothing else", () => {
  it("of two leaves", () => {
    const x = leafOf([1, 2]);
    const y = leafOf([1, 2]);
    add(x, y).sum().backward();
    x.grad?.mul_(100);
    expect([listed(x.grad), listed(y.grad)]).toEqual([
      [100, 100],
      [1, 1],
    ]);
  });

  it("nor with the gradient passed in", () => {
    const upstream = tensor([1, 2]);
    const x = leafOf([1, 2]);
    const y = leafOf([1, 2]);
    x.add(y.view([2])).backward(upstream);
    x.grad?.zero_();
    expect([listed(upstream), listed(y.grad)]).toEqual([
      [1, 2],
      [1, 2],
    ]);
    const z = leafOf([5, 6]);
    z.backward(upstream);
    z.grad?.zero_();
    expect(listed(upstream)).toEqual([1, 2]);
  });

  it("nor with what a hook saw or returned", () => {
    const x = leafOf([1, 2]);
    const y = leafOf([1, 2]);
    const held: Tensor[] = [];
    x.registerHook((g) => {
      held.push(g);
      const mine = g.mul(2);
      held.push(mine);
      return mine;
    });
    x.add(y).mul(3).sum().backward();
    noGrad(() => {
      for (const g of held) g.zero_();
    });
    expect([listed(x.grad), listed(y.grad)]).toEqual([
      [6, 6],
      [3, 3],
    ]);
  });

  it("nor with a retained gradient", () => {
    const x = leafOf([1, 2]);
    const y = x.add(1);
    y.retainGrad();
    y.mul(3).sum().backward();
    y.grad?.zero_();
    expect(listed(x.grad)).toEqual([3, 3]);
  });

  it("nor with a tensor a gradient function keeps", () => {
    const kept = tensor([7, 7]);
    const x = leafOf([1, 2]);
    record(x.clone(), "KeptBackward", [x], [() => kept]).backward(ones([2]));
    x.grad?.zero_();
    expect(listed(kept)).toEqual([7, 7]);
  });
});

describe("a graph 100,000 operations deep", () => {
  it("runs forward and backward", () => {
    const depth = 100_000;
    const x = tensor(1, { dtype: "float64", requiresGrad: true });
    let y: Tensor = x;
    for (let i = 0; i < depth; i++) y = i % 2 === 0 ? mul(y, 1.0001) : add(y, x);
    const started = performance.now();
    y.backward();
    // dy/dx by the same recurrence.
    let slope = 1;
    for (let i = 0; i < depth; i++) slope = i % 2 === 0 ? slope * 1.0001 : slope + 1;
    expect(x.grad!.item() / slope).toBeCloseTo(1, 9);
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it("can be differentiated again", () => {
    const x = tensor(0.5, { dtype: "float64", requiresGrad: true });
    let y = x.mul(1);
    for (let i = 0; i < 20_000; i++) y = y.mul(1).add(0);
    const [first] = grad(y.mul(y), x, { createGraph: true });
    expect(grad(first, x)[0].item()).toBe(2);
  });
});

describe("in-place changes that autograd must notice", () => {
  it("of a tensor saved for backward", () => {
    const x = leafOf([1, 2]);
    const y = x.exp();
    const loss = y.sum();
    y.mul_(2);
    expect(() => loss.backward()).toThrow(
      /modified by an inplace operation: float32 tensor of shape \[2\], saved by ExpBackward, is at version 1; expected version 0/,
    );
  });

  it("of a saved tensor through a view, a detached alias, or noGrad", () => {
    const changes: ((y: Tensor) => void)[] = [
      (y) => noGrad(() => y.view([2, 1]).zero_()),
      (y) => y.detach().zero_(),
      (y) => noGrad(() => y.fill_(3)),
    ];
    for (const change of changes) {
      const y = leafOf([1, 2]).exp();
      const loss = y.sum();
      change(y);
      expect(() => loss.backward()).toThrow(/modified by an inplace operation/);
    }
  });

  it("of a leaf", () => {
    const x = leafOf([1, 2]);
    expect(() => x.add_(1)).toThrow(
      /a leaf variable that requires grad is being used in an in-place operation/,
    );
    expect(() => x.view([2, 1]).add_(1)).toThrow(/in-place changes of a view are not recorded/);
    expect(listed(x)).toEqual([1, 2]);
  });

  it("of a view of something recorded", () => {
    const y = leafOf([1, 2]).mul(2);
    expect(() => y.select(0, 0).fill_(5)).toThrow(
      /in-place changes of a view are not recorded.*cat or where/,
    );
    expect(() =>
      zeros([2, 2])
        .select(0, 0)
        .add_(leafOf([1, 2])),
    ).toThrow(/changes of a view/);
  });

  it("of the tensor under a view that is used afterwards", () => {
    const y = leafOf([1, 2]).mul(2);
    const seen = y.view([2, 1]);
    y.mul_(3);
    expect(() => seen.sum()).toThrow(
      /was changed in place by a recorded operation.*make the view after the change/,
    );
    expect(listed(y.view([2, 1]))).toEqual([[6], [12]]);
  });

  it("which turned a view's plain tensor into a recorded one", () => {
    const base = zeros([2]);
    const seen = base.view([2, 1]);
    base.add_(leafOf([1, 2]));
    expect(seen.requiresGrad).toBe(true);
    expect(() => seen.sum()).toThrow(/was changed in place by a recorded operation/);
    expect(listed(seen.detach())).toEqual([[1], [2]]);
  });

  it("but not changes of what no gradient needs", () => {
    const x = leafOf([1, 2]);
    const y = x.mul(2);
    y.detach().zero_();
    y.sum().backward();
    expect(listed(x.grad)).toEqual([2, 2]);

    const w = ones([2, 2], { requiresGrad: true });
    const loss = matmul(ones([2, 2]), w).sum();
    noGrad(() => w.add_(1));
    loss.backward();
    expect(listed(w.grad)).toEqual([
      [2, 2],
      [2, 2],
    ]);
  });

  it("and of a factor whose old value the other's gradient needs", () => {
    const w = ones([2, 2], { requiresGrad: true });
    const x = ones([2, 2], { requiresGrad: true });
    const loss = matmul(x, w).sum();
    noGrad(() => w.add_(1));
    expect(() => loss.backward()).toThrow(/saved by MmBackward/);
    const y = leafOf([1, 2]).mul(1);
    y.mul_(y);
    expect(() => y.sum().backward()).toThrow(/saved by MulBackward/);
  });

  it("into memory that several elements share", () => {
    expect(() => ones([1]).expand([3]).add_(1)).toThrow(
      /more than one element of the written-to tensor refers to a single memory location; clone\(\) it first/,
    );
  });

  it("whose result does not fit", () => {
    expect(() => ones([3]).add_(ones([2, 3]))).toThrow(
      "add_: output with shape [3] doesn't match the broadcast shape [2, 3]",
    );
    expect(() => ones([3], { dtype: "int32" }).add_(1.5)).toThrow(
      "add_: result type float32 can't be cast to the desired output type int32",
    );
    expect(() => ones([3], { dtype: "int32" }).div_(2)).toThrow(/can't be cast/);
    expect(() => ones([3], { dtype: "bool" }).mul_(2)).toThrow(
      /result type int32 can't be cast to the desired output type bool/,
    );
  });
});

describe("recorded in-place operations", () => {
  it("have PyTorch's values and gradients", () => {
    const x = leafOf([1, 2]);
    const w = leafOf([3, 5]);
    const y = x.mul(2);
    y.add_(w)
      .mul_(w)
      .sub_(1)
      .div_(tensor([2, 4]));
    expect(listed(y)).toEqual([7, 11]);
    y.sum().backward();
    // y = ((2x + w)·w − 1)/c, so dy/dx = 2w/c and dy/dw = (2x + 2w)/c.
    expect([listed(x.grad), listed(w.grad)]).toEqual([
      [3, 2.5],
      [4, 3.5],
    ]);
  });

  it("add_ of itself, clamp_, copy_, fill_ and zero_", () => {
    const x = leafOf([1, 2, 3]);
    const doubled = x.mul(1);
    doubled.add_(doubled);
    const clamped = x.mul(1).clamp_(1.5, 2.5);
    const copied = x.mul(7).copy_(x.mul(x));
    const filled = x.mul(7).fill_(4);
    const zeroed = x.mul(7).zero_();
    expect([doubled, clamped, copied, filled, zeroed].map(listed)).toEqual([
      [2, 4, 6],
      [1.5, 2, 2.5],
      [1, 4, 9],
      [4, 4, 4],
      [0, 0, 0],
    ]);
    const found = [doubled, clamped, copied, filled, zeroed].map((y) => listed(grad(y.sum(), x)[0]));
    expect(found).toEqual([
      [2, 2, 2],
      [0, 1, 0],
      [2, 4, 6],
      [0, 0, 0],
      [0, 0, 0],
    ]);
  });

  it("put a plain tensor on the tape", () => {
    const x = leafOf([1, 2]);
    const total = zeros([2]);
    for (let i = 0; i < 3; i++) total.add_(x.mul(i));
    expect([total.requiresGrad, total.isLeaf]).toEqual([true, false]);
    total.sum().backward();
    expect(listed(x.grad)).toEqual([3, 3]);
  });

  it("convert within a category: float64 into float32", () => {
    const x = tensor([1, 2], { dtype: "float64", requiresGrad: true });
    const y = zeros([2]);
    y.add_(x);
    expect(y.dtype).toBe("float32");
    y.mul(3).sum().backward();
    expect([x.grad?.dtype, listed(x.grad)]).toEqual(["float64", [3, 3]]);
  });

  it("of a detached alias are its own history", () => {
    const x = leafOf([1, 2]);
    const y = x.add(0);
    const alias = y.detach();
    alias.mul_(leafOf([3, 4]));
    expect(listed(y)).toEqual([3, 8]);
    y.sum().backward();
    expect(listed(x.grad)).toEqual([1, 1]);
  });

  it("under noGrad change values and keep the history", () => {
    const x = leafOf([1, 2]);
    const y = x.mul(2);
    noGrad(() => y.add_(10));
    expect(listed(y)).toEqual([12, 14]);
    y.sum().backward();
    expect(listed(x.grad)).toEqual([2, 2]);
  });

  it("return the tensor, and write into strided views of plain tensors", () => {
    const x = zeros([2, 3]);
    const column = x.select(1, 1);
    expect(column.add_(tensor([1, 2]))).toBe(column);
    column.copy_(tensor([true, false]));
    x.transpose(0, 1).select(0, 2).fill_(9);
    expect(listed(x)).toEqual([
      [0, 1, 9],
      [0, 0, 9],
    ]);
  });
});
