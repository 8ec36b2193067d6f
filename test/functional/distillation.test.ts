import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { F } from "../../src/functional/index.js";
import type { DType } from "../../src/kernels/index.js";
import {
  DistillationLoss,
  LinearDivergenceLoss,
  SampledKlLoss,
  TopkDistillationLoss,
} from "../../src/nn/index.js";
import {
  grad,
  gradcheck,
  manualSeed,
  randn,
  type Tensor,
  tensor,
  topk,
  zeros,
} from "../../src/tensor/index.js";
import losses from "../oracle/losses.json" with { type: "json" };
import { type Derivatives, decode, type EncodedTensor, expectDerivatives } from "./oracle.js";

interface Case extends Derivatives {
  inputs: EncodedTensor[];
  options: object;
  dtype: DType;
  mask?: EncodedTensor;
  labels?: EncodedTensor;
  classes?: EncodedTensor;
  logProbs?: EncodedTensor;
}

const oracle = losses as unknown as Record<string, Case[]>;
const float64 = { dtype: "float64" } as const;

function check(entry: Case, f: (xs: Tensor[], options: never) => Tensor): void {
  const { inputs, dtype, options } = entry;
  const mask = entry.mask && decode(entry.mask);
  const labels = entry.labels && decode(entry.labels);
  const all = { ...options, mask, labels } as never;
  expectDerivatives(
    (...xs) => f(xs, all),
    inputs.map((x) => decode(x, dtype)),
    entry,
    { scale: 64, anyZero: true },
  );
}

describe("distillationLoss", () => {
  it.each([...oracle.distillation, ...oracle.distillationMask, ...oracle.distillationLabels])(
    "has the textbook formula's value and derivatives with $options in $dtype",
    (entry) => check(entry, ([s, t], options) => F.distillationLoss(s, t, options)),
  );

  it("is never negative, and 0 for a student that agrees", () => {
    const logits = fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 6, maxLength: 6 });
    const measures = fc.constantFrom("kl", "reverse-kl", "jeffreys", "js", "tv" as const);
    fc.assert(
      fc.property(
        logits,
        logits,
        measures,
        fc.double({ min: 0.1, max: 10, noNaN: true }),
        (a, b, measure, temperature) => {
          const [s, t] = [a, b].map((values) => tensor(values, float64).reshape([2, 3]));
          const options = { measure, temperature, temperatureSquared: true };
          expect(F.distillationLoss(s, t, options).item()).toBeGreaterThanOrEqual(0);
          expect(F.distillationLoss(s, s, options).item()).toBe(0);
        },
      ),
    );
  });

  it("does not look at tokens that do not count", () => {
    const student = tensor([
      [0, 1],
      [Number.NaN, 0],
    ]);
    student.requiresGrad = true;
    const teacher = zeros([2, 2]);
    const loss = F.distillationLoss(student, teacher, { labels: tensor(Int32Array.of(3, -100)) });
    loss.backward();
    expect(loss.item()).toBeCloseTo(0.12011, 4);
    expect([...student.grad!.data.slice(2)]).toEqual([0, 0]);
    const named = F.distillationLoss(student, teacher, {
      labels: tensor(Int32Array.of(3, 7)),
      ignoreIndex: 7,
    });
    expect(named.item()).toBe(loss.item());
    const mask = tensor([1, 0]).to("bool");
    expect(F.distillationLoss(student, teacher, { mask, labels: tensor(Int32Array.of(3, 7)) }).item()).toBe(
      loss.item(),
    );
  });

  it.each(["sum", "token-mean", "sequence-mean", "batchmean", "none"] as const)(
    "is 0 with gradient 0 where no token counts, with reduction %s",
    (reduction) => {
      const student = zeros([2, 2, 3], { requiresGrad: true });
      const mask = zeros([2, 2], { dtype: "bool" });
      const loss = F.distillationLoss(student, zeros([2, 2, 3]), { mask, reduction }).sum();
      expect(loss.item()).toBe(0);
      loss.add(student.sum()).backward();
      expect([...student.grad!.data]).toEqual(new Array(12).fill(1));
    },
  );

  it("refuses what does not fit", () => {
    const x = zeros([2, 3]);
    const cases: [() => unknown, string][] = [
      [
        () => F.distillationLoss(x, zeros([2, 4])),
        "distillationLoss: wanted logits of one shape [tokens…, classes], got student [2, 3] and teacher [2, 4]",
      ],
      [
        () => F.distillationLoss(x, x, { temperature: 0 }),
        "distillationLoss: wanted a finite temperature > 0, got 0",
      ],
      [
        () => F.distillationLoss(x, x, { reduction: "mean" as "sum" }),
        'reduction must be one of "none", "sum", "token-mean", "sequence-mean", "batchmean", got mean',
      ],
      [
        () => F.distillationLoss(x, x, { mask: zeros([3], { dtype: "bool" }) }),
        "distillationLoss: wanted mask of shape [2] and bool, got [3] and bool",
      ],
      [
        () => F.distillationLoss(x, x, { labels: zeros([2]) }),
        "distillationLoss: wanted labels of shape [2] and int32, got [2] and float32",
      ],
      [
        () => F.distillationLoss(x, [1] as unknown as Tensor),
        "distillationLoss: wanted a tensor, got an array",
      ],
    ];
    for (const [attempt, message] of cases) expect(attempt).toThrow(message);
  });
});

describe("topkDistillationLoss", () => {
  it.each(oracle.topk)("has the k + 1 buckets' value and derivatives with $options in $dtype", (entry) => {
    const classes = decode(entry.classes!);
    const logProbs = decode(entry.logProbs!, entry.dtype);
    check(entry, ([s], options) => F.topkDistillationLoss(s, classes, logProbs, options));
  });

  it("is at most the loss of the whole distributions, and the same for k = classes", () => {
    manualSeed(0);
    const [student, teacher] = [randn([50, 12], float64), randn([50, 12], float64)];
    const whole = F.distillationLoss(student, teacher, { reduction: "none" });
    let before = zeros([50], float64).data;
    for (const k of [1, 3, 8, 12]) {
      const { values, indices } = topk(teacher.logSoftmax(-1), k, -1);
      const loss = F.topkDistillationLoss(student, indices, values, { reduction: "none" });
      loss.data.forEach((value, i) => {
        expect(value).toBeGreaterThanOrEqual(before[i] * (1 - 1e-12));
        expect(value).toBeLessThanOrEqual(whole.data[i] * (1 + 1e-12) + 1e-15);
      });
      before = loss.data;
    }
    before.forEach((value, i) => {
      expect(value).toBeCloseTo(whole.data[i], 7);
    });
  });

  it("refuses what does not fit", () => {
    const x = zeros([1, 3]);
    const index = (...values: number[]) => tensor([values]).to("int32");
    const logs = tensor([[Math.log(0.5), Math.log(0.25)]]);
    const name = "topkDistillationLoss";
    const cases: [() => unknown, string][] = [
      [
        () => F.topkDistillationLoss(x, index(0), logs),
        `${name}: wanted [tokens…, classes] and twice [tokens…, k]`,
      ],
      [() => F.topkDistillationLoss(x, index(1, 1), logs), `${name}: class 1 is named twice in row 0`],
      [() => F.topkDistillationLoss(x, index(1, 3), logs), "index 3 is out of bounds"],
      [() => F.topkDistillationLoss(x, logs, logs), `${name}: wanted int32 classes, got float32`],
      [
        () => F.topkDistillationLoss(x, index(0, 1), zeros([1, 2])),
        `${name}: wanted log-probabilities of the teacher, but those of row 0 sum to a probability of 2`,
      ],
    ];
    for (const [attempt, message] of cases) expect(attempt).toThrow(message);
  });
});

describe("linearDivergence", () => {
  it.each([1, 2, 100].flatMap((chunkSize) => oracle.linear.map((entry) => ({ chunkSize, ...entry }))))(
    "has the value and gradients of the heads' logits, chunks of $chunkSize, $options in $dtype",
    ({ chunkSize, ...entry }) => {
      check(entry, ([hs, ws, ht, wt, studentBias, teacherBias], options) =>
        F.linearDivergence(hs, ws, ht, wt, { ...(options as object), studentBias, teacherBias, chunkSize }),
      );
    },
  );

  it("is distillationLoss of the logits, whatever the chunk", () => {
    manualSeed(1);
    const [hs, ws, ht, wt] = [randn([9, 8]), randn([20, 8]), randn([9, 16]), randn([20, 16])];
    const whole = F.distillationLoss(hs.matmul(ws.t()), ht.matmul(wt.t()), { reduction: "none" });
    for (const chunkSize of [1, 4, 9]) {
      const loss = F.linearDivergence(hs, ws, ht, wt, { reduction: "none", chunkSize });
      loss.data.forEach((value, i) => {
        expect(Math.abs(value - whole.data[i])).toBeLessThanOrEqual(2e-6 * whole.data[i]);
      });
    }
  });

  it("gives gradients only where they are wanted, and none twice", () => {
    const [hs, ws] = [randn([4, 3], float64), randn([5, 3], { ...float64, requiresGrad: true })];
    const loss = F.linearDivergence(hs, ws, randn([4, 3], float64), randn([5, 3], float64), { chunkSize: 2 });
    expect(() => grad(loss, [ws], { createGraph: true })).toThrow(
      "linearDivergence: second derivatives are not supported; use distillationLoss of the logits",
    );
    const frozen = F.linearDivergence(hs, ws.detach(), hs, ws.detach());
    expect(frozen.requiresGrad).toBe(false);
    expect(frozen.item()).toBe(0);
  });

  it("passes gradcheck", () => {
    manualSeed(3);
    const inputs = [
      [3, 2],
      [4, 2],
      [3, 5],
      [4, 5],
    ].map((shape) => randn(shape, { ...float64, requiresGrad: true }));
    const f = (a: Tensor, b: Tensor, c: Tensor, d: Tensor) =>
      F.linearDivergence(a, b, c, d, { chunkSize: 2 });
    expect(gradcheck(f as (...xs: Tensor[]) => Tensor, inputs)).toBe(true);
  });

  it("is 0 without tokens", () => {
    const ws = randn([5, 3], { requiresGrad: true });
    const loss = F.linearDivergence(zeros([0, 3]), ws, zeros([0, 2]), zeros([5, 2]));
    loss.backward();
    expect(loss.item()).toBe(0);
    expect([...ws.grad!.data]).toEqual(new Array(15).fill(0));
  });

  it("refuses what does not fit", () => {
    const [h, w] = [zeros([4, 3]), zeros([5, 3])];
    const cases: [() => unknown, string][] = [
      [
        () => F.linearDivergence(h, zeros([5, 2]), h, w),
        "wanted the student's hidden states [tokens…, features]",
      ],
      [
        () => F.linearDivergence(h, w, h, w, { teacherBias: zeros([4]) }),
        "wanted the teacher's hidden states",
      ],
      [
        () => F.linearDivergence(h, w, h, zeros([6, 3])),
        "wanted the same tokens and classes on both sides, got [4, 5] and [4, 6]",
      ],
      [() => F.linearDivergence(h, w, h, w, { chunkSize: 0 }), "wanted a whole chunkSize > 0, got 0"],
    ];
    for (const [attempt, message] of cases) expect(attempt).toThrow(message);
  });
});

describe("sampledKl", () => {
  it.each(oracle.sampled)("has the estimator's value and derivatives with $options in $dtype", (entry) =>
    check(entry, ([q, p], options) => F.sampledKl(q, p, options)),
  );

  it("has on average KL(q ‖ p) and its gradient, whatever the estimator", () => {
    const theta = tensor([0.3, -0.5, 0.2, 0.9], { ...float64, requiresGrad: true });
    const other = tensor([-0.2, 0.4, 0.1, 0], float64);
    const exact = F.distillationLoss(theta.unsqueeze(0), other.unsqueeze(0), { measure: "reverse-kl" });
    const [wanted] = grad(exact, [theta]);
    for (const estimator of ["k1", "k2", "k3"] as const) {
      // The mean over all samples, each as often as q gives it.
      const q = theta.softmax(0).detach();
      const each = F.sampledKl(theta.logSoftmax(0), other.logSoftmax(0), { estimator, reduction: "none" });
      const mean = each.mul(q).sum();
      if (estimator !== "k2") expect(mean.item()).toBeCloseTo(exact.item(), 14);
      const [found] = grad(mean, [theta]);
      found.data.forEach((value, i) => {
        expect(value).toBeCloseTo(wanted.data[i], 14);
      });
    }
  });

  it("stays finite where the ratio overflows", () => {
    const logProbs = tensor([-2000, 0], { requiresGrad: true });
    const loss = F.sampledKl(logProbs, tensor([0, -2000]));
    loss.backward();
    expect(Number.isFinite(loss.item())).toBe(true);
    expect([...logProbs.grad!.data]).toEqual([-1000, 1000]);
  });

  it("refuses what does not fit", () => {
    const x = zeros([2]);
    expect(() => F.sampledKl(x, zeros([3]))).toThrow("sampledKl: wanted log-probabilities of one shape");
    expect(() => F.sampledKl(x, x, { estimator: "k4" as "k1" })).toThrow(
      'estimator must be "k1", "k2" or "k3"',
    );
    expect(() => F.sampledKl(x, x, { gradient: "x" as "naive" })).toThrow(
      'gradient must be "unbiased" or "naive"',
    );
  });
});

describe("modules of distillation losses", () => {
  it("are the functions with their options fixed", () => {
    manualSeed(2);
    const [s, t, w] = [randn([4, 5]), randn([4, 5]), randn([7, 5])];
    const mask = tensor([1, 0, 1, 1]).to("bool");
    const options = { measure: "js", temperature: 2 } as const;
    const same = (a: Tensor, b: Tensor) => expect(a.item()).toBe(b.item());
    same(
      new DistillationLoss(options).forward(s, t, { mask }),
      F.distillationLoss(s, t, { ...options, mask }),
    );
    const { values, indices } = topk(t.logSoftmax(-1), 2, -1);
    same(
      new TopkDistillationLoss(options).forward(s, indices, values, { mask }),
      F.topkDistillationLoss(s, indices, values, { ...options, mask }),
    );
    same(
      new LinearDivergenceLoss({ ...options, chunkSize: 2 }).forward(s, w, t, w, { mask }),
      F.linearDivergence(s, w, t, w, { ...options, mask }),
    );
    const [q, p] = [s.select(0, 0), t.select(0, 0)];
    same(new SampledKlLoss({ estimator: "k1" }).forward(q, p), F.sampledKl(q, p, { estimator: "k1" }));
  });
});
