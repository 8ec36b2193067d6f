import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  arange,
  contiguous,
  type NestedArray,
  reshape,
  type Tensor,
  tensor,
  view,
  zeros,
} from "../../src/tensor/index.js";
import rules from "../oracle/tensor-rules.json" with { type: "json" };

interface How {
  shape: number[];
  permute?: number[];
  narrow?: [number, number, number];
  expand?: number[];
}

type ViewCase = [
  how: How,
  shape: number[],
  strides: number[],
  offset: number,
  isContiguous: boolean,
  targets: [target: number[], strides: number[] | null][],
];

function made(how: How): Tensor {
  let x = reshape(arange(how.shape.reduce((a, b) => a * b, 1)), how.shape);
  if (how.permute !== undefined) x = x.permute(how.permute);
  if (how.narrow !== undefined) x = x.narrow(...how.narrow);
  return how.expand === undefined ? x : x.expand(how.expand);
}

/** Strides of the axes that are stepped along at all. */
function steps(shape: readonly number[], strides: readonly number[]): number[] {
  return shape.includes(0) ? [] : strides.filter((_, d) => shape[d] > 1);
}

const sharesMemory = (a: Tensor, b: Tensor) => a.storage === b.storage;

describe("views share memory where PyTorch's do", () => {
  it.each(rules.views as unknown as ViewCase[])(
    "%j",
    (how, shape, strides, offset, isContiguous, targets) => {
      const x = made(how);
      expect([...x.shape]).toEqual(shape);
      expect(steps(shape, x.strides)).toEqual(steps(shape, strides));
      expect(x.offset).toBe(offset);
      expect(x.isContiguous).toBe(isContiguous);
      expect(sharesMemory(contiguous(x), x)).toBe(isContiguous);
      for (const [target, wanted] of targets) {
        const copy = reshape(x, target);
        expect([...copy.data], `reshape to [${target}]`).toEqual([...x.data]);
        expect(sharesMemory(copy, x), `whether reshape to [${target}] shares`).toBe(wanted !== null);
        if (wanted === null) {
          expect(() => view(x, target)).toThrow(/is not compatible with the strides .*use reshape\(\)/);
        } else {
          const seen = view(x, target);
          expect([...seen.shape]).toEqual(target);
          expect(steps(target, seen.strides)).toEqual(steps(target, wanted));
        }
      }
    },
  );

  it.each<[string, (x: Tensor) => Tensor]>([
    ["view", (x) => x.view([6])],
    ["reshape", (x) => x.reshape([3, 2])],
    ["transpose", (x) => x.transpose(0, 1)],
    ["t", (x) => x.t()],
    ["permute", (x) => x.permute([1, 0])],
    ["expand", (x) => x.expand([2, 2, 3])],
    ["select", (x) => x.select(1, 0)],
    ["narrow", (x) => x.narrow(1, 0, 2)],
    ["squeeze", (x) => x.unsqueeze(0).squeeze()],
    ["unsqueeze", (x) => x.unsqueeze(1)],
    ["flatten", (x) => x.flatten()],
    ["detach", (x) => x.detach()],
    ["split", (x) => x.split(1)[0]],
    ["chunk", (x) => x.chunk(2, 1)[0]],
  ])("what is written to a tensor shows in its %s", (_, viewed) => {
    const x = zeros([2, 3]);
    const y = viewed(x);
    expect(sharesMemory(x, y)).toBe(true);
    x.fill_(7);
    expect([...y.data].every((value) => value === 7)).toBe(true);
  });

  it("what is written to a view shows in the tensor", () => {
    const x = zeros([2, 3]);
    x.transpose(0, 1)
      .select(0, 1)
      .copy_(tensor([5, 6]));
    x.narrow(1, 2, 1).add_(1);
    expect(x.tolist()).toEqual([
      [0, 5, 1],
      [0, 6, 1],
    ]);
  });

  it.each<[string, (x: Tensor) => Tensor]>([
    ["clone", (x) => x.clone()],
    ["flip", (x) => x.flip(0)],
    ["contiguous of a transpose", (x) => x.transpose(0, 1).contiguous()],
    ["reshape of a transpose", (x) => x.transpose(0, 1).reshape([6])],
  ])("%s copies", (_, copied) => {
    const x = zeros([2, 3]);
    const y = copied(x);
    x.fill_(7);
    expect([...y.data]).toEqual([0, 0, 0, 0, 0, 0]);
  });
});

// A chain of view operations against the same chain on nested arrays.

/** A model of a tensor: its elements by index. */
interface Model {
  shape: number[];
  at: (index: readonly number[]) => number;
}

interface Step {
  name: string;
  onTensor: (x: Tensor) => Tensor;
  onModel: (m: Model) => Model;
}

const without = <T>(list: readonly T[], d: number) => list.filter((_, i) => i !== d);
const replaced = <T>(list: readonly T[], d: number, value: T) =>
  list.map((old, i) => (i === d ? value : old));
const inserted = <T>(list: readonly T[], d: number, value: T) => [
  ...list.slice(0, d),
  value,
  ...list.slice(d),
];

/** The index of element `position` in C order. */
function indexAt(shape: readonly number[], position: number): number[] {
  const index: number[] = [];
  for (let d = shape.length - 1, rest = position; d >= 0; d--) {
    index.unshift(rest % shape[d]);
    rest = Math.floor(rest / shape[d]);
  }
  return index;
}

/** One step that fits `shape`, chosen by the numbers `a`, `b`, `c`. */
function stepFor(shape: readonly number[], [kind, a, b, c]: readonly number[]): Step {
  const ndim = shape.length;
  const d = ndim > 0 ? a % ndim : 0;
  const e = ndim > 0 ? b % ndim : 0;
  const unsqueeze = (at: number): Step => ({
    name: `unsqueeze ${at}`,
    onTensor: (x) => x.unsqueeze(at),
    onModel: (m) => ({ shape: inserted(m.shape, at, 1), at: (index) => m.at(without(index, at)) }),
  });
  if (ndim === 0) return unsqueeze(0);
  switch (kind % 8) {
    case 0:
      return {
        name: `transpose ${d} ${e}`,
        onTensor: (x) => x.transpose(d - ndim, e),
        onModel: (m) => {
          const swapped = <T>(list: readonly T[]) => replaced(replaced(list, d, list[e]), e, list[d]);
          return { shape: swapped(m.shape), at: (index) => m.at(swapped(index)) };
        },
      };
    case 1: {
      const start = shape[d] > 0 ? b % shape[d] : 0;
      const length = c % (shape[d] - start + 1);
      return {
        name: `narrow ${d} ${start} ${length}`,
        onTensor: (x) => x.narrow(d, start, length),
        onModel: (m) => ({
          shape: replaced(m.shape, d, length),
          at: (index) => m.at(replaced(index, d, index[d] + start)),
        }),
      };
    }
    case 2: {
      if (shape[d] === 0) return unsqueeze(d);
      const at = b % shape[d];
      return {
        name: `select ${d} ${at}`,
        onTensor: (x) => x.select(d, at - shape[d]),
        onModel: (m) => ({ shape: without(m.shape, d), at: (index) => m.at(inserted(index, d, at)) }),
      };
    }
    case 3:
      return unsqueeze(a % (ndim + 1));
    case 4: {
      if (shape[d] !== 1) return unsqueeze(d);
      return {
        name: `expand ${d} to ${b % 4}`,
        onTensor: (x) => x.expand(replaced(x.shape, d, b % 4)),
        onModel: (m) => ({
          shape: replaced(m.shape, d, b % 4),
          at: (index) => m.at(replaced(index, d, 0)),
        }),
      };
    }
    case 5: {
      const ones = shape.map((size, i) => (size === 1 ? i : -1)).filter((i) => i >= 0);
      return {
        name: "squeeze",
        onTensor: (x) => x.squeeze(),
        onModel: (m) => ({
          shape: m.shape.filter((size) => size !== 1),
          at: (index) => m.at(ones.reduce<readonly number[]>((list, i) => inserted(list, i, 0), index)),
        }),
      };
    }
    case 6:
      return {
        name: `flip ${d}`,
        onTensor: (x) => x.flip(d),
        onModel: (m) => ({
          shape: m.shape,
          at: (index) => m.at(replaced(index, d, m.shape[d] - 1 - index[d])),
        }),
      };
    default: {
      const merged = shape.reduce((x, y) => x * y, 1);
      return {
        name: "flatten",
        onTensor: (x) => x.reshape([merged]),
        onModel: (m) => ({ shape: [merged], at: ([position]) => m.at(indexAt(m.shape, position)) }),
      };
    }
  }
}

function nested(m: Model, index: readonly number[] = []): NestedArray {
  if (index.length === m.shape.length) return m.at(index);
  return Array.from({ length: m.shape[index.length] }, (_, i) => nested(m, [...index, i]));
}

it("a chain of views shows the elements that the same chain on nested arrays gives", () => {
  const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 4 });
  const choice = fc.tuple(fc.nat(), fc.nat(), fc.nat(), fc.nat());
  fc.assert(
    fc.property(shapes, fc.array(choice, { maxLength: 8 }), (shape, choices) => {
      const size = shape.reduce((a, b) => a * b, 1);
      let x = reshape(arange(size), shape);
      const place = x.strides;
      let model: Model = { shape, at: (index) => index.reduce((sum, i, d) => sum + i * place[d], 0) };
      for (const numbers of choices) {
        const step = stepFor(model.shape, numbers);
        x = step.onTensor(x);
        model = step.onModel(model);
        expect([...x.shape], step.name).toEqual(model.shape);
      }
      expect(x.tolist()).toEqual(nested(model));
    }),
    { numRuns: 1000 },
  );
});
