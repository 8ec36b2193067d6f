import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Linear, Parameter, Sequential, utils } from "../../src/nn/index.js";
import { Adagrad, Adam, ExponentialMovingAverage, lrScheduler, SGD } from "../../src/optim/index.js";
import { noGrad, ones, type Tensor, tensor, zeros } from "../../src/tensor/index.js";
import { setWarningHandler } from "../../src/warn.js";
import schedules from "../oracle/schedules.json" with { type: "json" };

type Look = [lrs: number[], momenta: number[]];

interface Oracle {
  cases: { name: string; optimizer: "SGD" | "Adam" | "Adagrad"; options: object; values: Look[] }[];
  lambda: Look[];
  chained: Look[];
  plateaus: { options: lrScheduler.ReduceLROnPlateauOptions; values: number[][] }[];
  average: number[][];
  clip: { maxNorm: number; normType: string; norm: number; grads: number[] }[];
}

const oracle = schedules as Oracle;
const float64 = { dtype: "float64" } as const;

function optimizerOf(kind: "SGD" | "Adam" | "Adagrad" = "SGD") {
  const groups = [{ params: [new Parameter(zeros([1]))] }, { params: [new Parameter(zeros([1]))], lr: 0.02 }];
  if (kind === "SGD") return new SGD(groups, { lr: 0.1, momentum: 0.9 });
  return kind === "Adam" ? new Adam(groups, { lr: 0.1 }) : new Adagrad(groups, { lr: 0.1 });
}

type Groups = { lr: number; momentum?: number; betas?: readonly number[] }[];

function look({ paramGroups }: { paramGroups: Groups }): Look {
  return [
    paramGroups.map(({ lr }) => lr),
    paramGroups.map(({ betas, momentum }) => betas?.[0] ?? momentum ?? 0),
  ];
}

function expectLook([lrs, momenta]: Look, [wantedLrs, wantedMomenta]: Look, step: number) {
  lrs.forEach((lr, i) => {
    const error = Math.abs(lr - wantedLrs[i]);
    expect(error, `lr ${i} after ${step} steps: ${lr}, PyTorch's ${wantedLrs[i]}`).toBeLessThanOrEqual(
      1e-13 * Math.abs(wantedLrs[i]) + 1e-16,
    );
  });
  momenta.forEach((momentum, i) => {
    expect(momentum).toBeCloseTo(wantedMomenta[i], 13);
  });
}

/** Steps the optimizer and its schedules as the oracle's script does. */
function follow(
  optimizer: ReturnType<typeof optimizerOf>,
  schedulers: readonly { step(): void }[],
  values: readonly Look[],
) {
  values.forEach((wanted, step) => {
    if (step > 0) {
      optimizer.step();
      for (const scheduler of schedulers) scheduler.step();
    }
    expectLook(look(optimizer), wanted, step);
  });
}

const make: Record<
  string,
  (optimizer: lrScheduler.ScheduledOptimizer, options: never) => lrScheduler.LRScheduler
> = {
  StepLR: (optimizer, options) => new lrScheduler.StepLR(optimizer, options),
  ExponentialLR: (optimizer, options) => new lrScheduler.ExponentialLR(optimizer, options),
  CosineAnnealingLR: (optimizer, options) => new lrScheduler.CosineAnnealingLR(optimizer, options),
  OneCycleLR: (optimizer, options) => new lrScheduler.OneCycleLR(optimizer, options),
};

let warnings: string[] = [];
beforeEach(() => {
  warnings = [];
  setWarningHandler((message) => warnings.push(message));
});
afterEach(() => setWarningHandler(null));

describe("schedules set PyTorch's learning rates and momenta", () => {
  it.each(oracle.cases)("$name $options of $optimizer", ({ name, optimizer: kind, options, values }) => {
    const optimizer = optimizerOf(kind);
    follow(optimizer, [make[name](optimizer, options as never)], values);
  });

  it("LambdaLR, with a function for each group", () => {
    const optimizer = optimizerOf();
    const scheduler = new lrScheduler.LambdaLR(optimizer, [(e) => 0.95 ** e, (e) => 1 / (e + 1)]);
    follow(optimizer, [scheduler], oracle.lambda);
    expect(scheduler.getLastLr()).toEqual(look(optimizer)[0]);
  });

  it("three schedules on one optimizer", () => {
    const optimizer = optimizerOf();
    const { ExponentialLR, StepLR, CosineAnnealingLR } = lrScheduler;
    const schedulers = [
      new ExponentialLR(optimizer, { gamma: 0.9 }),
      new StepLR(optimizer, { stepSize: 5 }),
      new CosineAnnealingLR(optimizer, { tMax: 8 }),
    ];
    follow(optimizer, schedulers, oracle.chained);
  });

  it.each(oracle.plateaus)("ReduceLROnPlateau $options", ({ options, values }) => {
    const optimizer = optimizerOf();
    const scheduler = new lrScheduler.ReduceLROnPlateau(optimizer, options);
    values.forEach((wanted, s) => {
      const metric = s < 6 ? 1 / (s + 1) : ((s * 7) % 5) / 4 + 0.2;
      scheduler.step(s % 2 === 0 ? metric : tensor(metric, float64));
      scheduler.getLastLr().forEach((lr, i) => {
        expect(lr, `after ${s} epochs`).toBeCloseTo(wanted[i], 14);
      });
    });
  });
});

describe("schedules", () => {
  it("go on after state and optimizer were saved and loaded", () => {
    const { values } = oracle.cases[4];
    const options = { tMax: 13, etaMin: 0.003 };
    const [first, second] = [optimizerOf("Adam"), optimizerOf("Adam")];
    const before = new lrScheduler.CosineAnnealingLR(first, options);
    follow(first, [before], values.slice(0, 8));
    const after = new lrScheduler.CosineAnnealingLR(second, options);
    second.loadStateDict(structuredClone(first.stateDict()) as never);
    after.loadStateDict(JSON.parse(JSON.stringify(before.stateDict())));
    values.slice(8).forEach((wanted, i) => {
      after.step();
      expectLook(look(second), wanted, i + 8);
    });
    const plateau = new lrScheduler.ReduceLROnPlateau(first, { patience: 0 });
    plateau.step(1);
    const restored = new lrScheduler.ReduceLROnPlateau(first, { patience: 0 });
    restored.loadStateDict(plateau.stateDict());
    restored.step(0.5);
    expect(restored.stateDict()).toEqual({ lastEpoch: 2, best: 0.5, cooldownCounter: 0, numBadEpochs: 0 });
  });

  it("warn when they step before the optimizer does, and only then", () => {
    const optimizer = optimizerOf();
    new lrScheduler.ExponentialLR(optimizer, { gamma: 0.5 }).step();
    expect(warnings).toEqual([
      "ExponentialLR: step was called before the optimizer's; the first learning rate of the schedule is skipped",
    ]);
    optimizer.step();
    new lrScheduler.ExponentialLR(optimizer, { gamma: 0.5 }).step();
    expect(warnings).toHaveLength(1);
  });

  it("refuse options that make no sense", () => {
    const optimizer = optimizerOf();
    const { CosineAnnealingLR, ExponentialLR, LambdaLR, OneCycleLR, ReduceLROnPlateau, StepLR } = lrScheduler;
    const cases: [() => unknown, string][] = [
      [
        () => new StepLR(optimizer, { stepSize: 0 }),
        "StepLR: invalid stepSize: wanted a whole number ≥ 1, got 0",
      ],
      [() => new ExponentialLR(optimizer, { gamma: Number.NaN }), "ExponentialLR: invalid gamma"],
      [() => new CosineAnnealingLR(optimizer, { tMax: 1.5 }), "CosineAnnealingLR: invalid tMax"],
      [() => new LambdaLR(optimizer, [() => 1]), "LambdaLR: expected 2 values for lambda, got 1"],
      [
        () => new OneCycleLR(optimizer, { maxLr: 1 }),
        "OneCycleLR: wanted totalSteps, or epochs and stepsPerEpoch",
      ],
      [() => new OneCycleLR(optimizer, { maxLr: 1, totalSteps: -3 }), "OneCycleLR: invalid totalSteps"],
      [
        () => new OneCycleLR(optimizer, { maxLr: [1], totalSteps: 3 }),
        "OneCycleLR: expected 2 values for maxLr, got 1",
      ],
      [
        () => new OneCycleLR(optimizer, { maxLr: 1, totalSteps: 3, pctStart: 2 }),
        "OneCycleLR: expected pctStart between 0 and 1, got 2",
      ],
      [
        () => new OneCycleLR(optimizer, { maxLr: 1, totalSteps: 3, annealStrategy: "exp" as "cos" }),
        'OneCycleLR: annealStrategy must be "cos" or "linear", got exp',
      ],
      [
        () => new OneCycleLR(optimizerOf("Adagrad"), { maxLr: 1, totalSteps: 3 }),
        "OneCycleLR: the optimizer must have a momentum or betas to cycle",
      ],
      [
        () => new ReduceLROnPlateau(optimizer, { factor: 1 }),
        "ReduceLROnPlateau: factor should be < 1.0, got 1",
      ],
      [
        () => new ReduceLROnPlateau(optimizer, { mode: "up" as "min" }),
        'mode must be "min" or "max", got up',
      ],
      [
        () => new ReduceLROnPlateau(optimizer, { thresholdMode: "x" as "rel" }),
        'thresholdMode must be "rel" or "abs", got x',
      ],
    ];
    for (const [attempt, message] of cases) expect(attempt).toThrow(message);
    const cycle = new OneCycleLR(optimizer, { maxLr: 1, totalSteps: 2 });
    optimizer.step();
    cycle.step();
    cycle.step();
    expect(() => cycle.step()).toThrow(
      "OneCycleLR: tried to step 3 times; the specified number of total steps is 2",
    );
  });
});

describe("ExponentialMovingAverage", () => {
  it("is PyTorch's AveragedModel", () => {
    const layer = new Linear(2, 1, float64);
    const average = new ExponentialMovingAverage(layer.parameters(), { decay: 0.8 });
    oracle.average.forEach((wanted, step) => {
      noGrad(() => {
        layer.weight.copy_(tensor([[((step * 3) % 7) / 4, step / 8]], float64));
        layer.bias!.copy_(tensor([1 / (step + 1)], float64));
      });
      average.update();
      const found = average.swapped(() => [...layer.weight.data, ...layer.bias!.data]);
      found.forEach((value, i) => {
        expect(value).toBeCloseTo(wanted[i], 14);
      });
      expect(layer.weight.data[1]).toBe(step / 8);
    });
  });

  it("puts parameters back after errors and promises, and restores its state", async () => {
    const layer = new Linear(1, 1);
    noGrad(() => layer.weight.fill_(1));
    const average = new ExponentialMovingAverage(layer.parameters());
    average.update();
    noGrad(() => layer.weight.fill_(2));
    expect(() =>
      average.swapped(() => {
        throw new Error("stop");
      }),
    ).toThrow("stop");
    expect(layer.weight.item()).toBe(2);
    expect(await average.swapped(async () => layer.weight.item())).toBe(1);
    expect(layer.weight.item()).toBe(2);
    const other = new ExponentialMovingAverage(layer.parameters());
    other.loadStateDict(average.stateDict());
    expect(other.swapped(() => layer.weight.item())).toBe(1);
    const wrong = new ExponentialMovingAverage(new Sequential(new Linear(2, 1)).parameters());
    expect(() => wrong.loadStateDict(average.stateDict())).toThrow(
      "ExponentialMovingAverage: wanted averages of the shapes [1, 2] [1], got [1, 1] [1]",
    );
    expect(() => new ExponentialMovingAverage([], { decay: 2 })).toThrow("invalid decay");
  });
});

describe("clipping", () => {
  function parameters(): Tensor[] {
    const params = [zeros([3], float64), zeros([2, 2], float64), zeros([1], float64)].map(
      (x) => new Parameter(x),
    );
    params[0].grad = tensor([0.5, -1.5, 2], float64);
    params[1].grad = tensor(
      [
        [1, 0.25],
        [-3, 0],
      ],
      float64,
    );
    return params;
  }

  it.each(oracle.clip)(
    "clipGradNorm to $maxNorm of order $normType",
    ({ maxNorm, normType, norm, grads }) => {
      const params = parameters();
      const order = normType === "inf" ? Number.POSITIVE_INFINITY : Number(normType);
      expect(utils.clipGradNorm(params, maxNorm, { normType: order }).item()).toBeCloseTo(norm, 13);
      const found = params.slice(0, 2).flatMap((param) => [...param.grad!.data]);
      found.forEach((value, i) => {
        expect(value).toBeCloseTo(grads[i], 14);
      });
    },
  );

  it("clipGradValue limits every element", () => {
    const params = parameters();
    utils.clipGradValue(params, 1.25);
    expect([...params[0].grad!.data]).toEqual([0.5, -1.25, 1.25]);
    expect([...params[1].grad!.data]).toEqual([1, 0.25, -1.25, 0]);
  });

  it("takes gradients as backward leaves them, and one parameter alone", () => {
    const x = new Parameter(ones([4]));
    x.sum().backward();
    expect(utils.clipGradNorm(x, 1).item()).toBe(2);
    expect(x.grad!.data[0]).toBeCloseTo(0.5, 5);
    utils.clipGradValue(x, 0.25);
    expect([...x.grad!.data]).toEqual([0.25, 0.25, 0.25, 0.25]);
    expect(utils.clipGradNorm([], 1).item()).toBe(0);
  });

  it("refuses what makes no sense", () => {
    const x = new Parameter(ones([1]));
    x.mul(Number.NaN).sum().backward();
    expect(() => utils.clipGradNorm(x, 1, { errorIfNonfinite: true })).toThrow(
      "clipGradNorm: the total norm of order 2 of the gradients is NaN",
    );
    expect(() => utils.clipGradNorm(x, -1)).toThrow("clipGradNorm: wanted a maxNorm ≥ 0, got -1");
    expect(() => utils.clipGradValue(x, Number.NaN)).toThrow(
      "clipGradValue: wanted a clipValue ≥ 0, got NaN",
    );
    expect(() => utils.clipGradNorm([1 as unknown as Tensor], 1)).toThrow("wanted parameters, got a number");
  });
});
