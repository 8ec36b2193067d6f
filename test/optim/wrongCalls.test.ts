import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { KullbackError, ones, optim, setWarningHandler, zeros } from "../../src/index.js";

const wrong = (value: unknown) => value as never;
const parameter = () => zeros([2, 3], { requiresGrad: true });
const sgd = () => new optim.SGD([parameter()], { lr: 0.1 });
const { lrScheduler } = optim;

describe("optimizers", () => {
  it.each([
    [
      () => new optim.SGD([zeros([2], { dtype: "int32" })], { lr: 0.1 }),
      "SGD: optimizer can only optimize floating-point tensors, but one of the params is int32",
    ],
    [() => new optim.Adam([parameter()], { lr: wrong(null) }), "wanted a number ≥ 0, got null"],
    [
      () => new optim.Adam([parameter()], { betas: wrong("x") }),
      "Adam: invalid betas: wanted two numbers, got a string",
    ],
    [
      () => new optim.Adam([parameter()], { betas: wrong([0.9]) }),
      "Adam: invalid betas: wanted two numbers, got an array of 1",
    ],
    [
      () => new optim.ExponentialMovingAverage(wrong(3)),
      "ExponentialMovingAverage: wanted an array or other iterable of tensors, got a number",
    ],
    [
      () => new optim.ExponentialMovingAverage(wrong([3])),
      "ExponentialMovingAverage: wanted a tensor, got a number",
    ],
    [
      () => new optim.ExponentialMovingAverage([parameter()]).loadStateDict(wrong({})),
      "ExponentialMovingAverage: loadStateDict: wanted what stateDict gives",
    ],
  ] as [() => unknown, string][])("%s", (call, message) => {
    expect(call).toThrow(message);
    expect(call).toThrow(KullbackError);
  });

  it.each([
    ["nothing", undefined, "Adam: loadStateDict: wanted what stateDict gives: { state, paramGroups }"],
    ["no groups", { state: {} }, "wanted what stateDict gives"],
    ["no state", { paramGroups: [{ params: [0] }] }, "wanted what stateDict gives"],
    ["a group without parameters", { state: {}, paramGroups: [{}] }, "wanted what stateDict gives"],
    [
      "a state that lacks something",
      { state: { 0: { step: 1 } }, paramGroups: [{ params: [0] }] },
      "Adam: loadStateDict: the state of parameter 0 lacks expAvg, expAvgSq",
    ],
    [
      "a state of another shape",
      {
        state: { 0: { step: 1, expAvg: zeros([2, 3]), expAvgSq: zeros([9]) } },
        paramGroups: [{ params: [0] }],
      },
      "Adam: loadStateDict: expAvgSq of parameter 0 has shape [9], the parameter has [2, 3]",
    ],
    [
      "an option out of range",
      { state: {}, paramGroups: [{ params: [0], lr: -1 }] },
      "wanted a number ≥ 0, got -1",
    ],
  ])("do not load %s, and stay as they were", (_, dict, message) => {
    const param = parameter();
    const optimizer = new optim.Adam([param], { lr: 0.1 });
    param.grad = ones([2, 3]);
    optimizer.step();
    const before = optimizer.stateDict();
    expect(() => optimizer.loadStateDict(wrong(dict))).toThrow(message);
    expect(optimizer.stateDict()).toEqual(before);
  });

  it("keep the options that a loaded group does not have", () => {
    const optimizer = new optim.SGD([parameter()], { lr: 0.1, momentum: 0.5 });
    optimizer.loadStateDict(wrong({ state: {}, paramGroups: [{ params: [0], lr: 0.2 }] }));
    expect(optimizer.paramGroups[0]).toMatchObject({ lr: 0.2, momentum: 0.5 });
  });
});

describe("a step without gradients", () => {
  const warnings = vi.fn();
  beforeEach(() => {
    warnings.mockClear();
    setWarningHandler(warnings);
  });
  afterEach(() => {
    setWarningHandler(null);
  });

  it("warns that it changes nothing", () => {
    new optim.RMSprop([parameter(), parameter()]).step();
    expect(warnings).toHaveBeenCalledWith(
      "RMSprop: step changes nothing, since none of the parameters has a gradient; call backward() before, on a loss that depends on them",
    );
  });

  it("does not warn if one parameter has a gradient", () => {
    const [frozen, param] = [zeros([1]), parameter()];
    param.grad = ones([2, 3]);
    new optim.Adagrad([frozen, param]).step();
    expect(warnings).not.toHaveBeenCalled();
  });
});

describe("schedulers", () => {
  const makers: Record<string, (optimizer: never) => unknown> = {
    StepLR: (optimizer) => new lrScheduler.StepLR(optimizer, { stepSize: 1 }),
    ExponentialLR: (optimizer) => new lrScheduler.ExponentialLR(optimizer, { gamma: 0.9 }),
    CosineAnnealingLR: (optimizer) => new lrScheduler.CosineAnnealingLR(optimizer, { tMax: 3 }),
    LambdaLR: (optimizer) => new lrScheduler.LambdaLR(optimizer, () => 1),
    OneCycleLR: (optimizer) => new lrScheduler.OneCycleLR(optimizer, { maxLr: 1, totalSteps: 3 }),
    ReduceLROnPlateau: (optimizer) => new lrScheduler.ReduceLROnPlateau(optimizer),
  };

  it.each(Object.entries(makers))("%s wants an optimizer", (name, make) => {
    for (const value of [undefined, null, 3, {}]) {
      expect(() => make(wrong(value))).toThrow(`${name}: wanted an optimizer, got `);
    }
  });

  it.each([
    [
      () => new lrScheduler.StepLR(sgd(), wrong(undefined)),
      "StepLR: wanted an object of options, got undefined",
    ],
    [
      () => new lrScheduler.ExponentialLR(sgd(), wrong(0.9)),
      "ExponentialLR: wanted an object of options, got a number",
    ],
    [
      () => new lrScheduler.CosineAnnealingLR(sgd(), wrong(null)),
      "CosineAnnealingLR: wanted an object of options, got null",
    ],
    [
      () => new lrScheduler.OneCycleLR(sgd(), wrong(undefined)),
      "OneCycleLR: wanted an object of options, got undefined",
    ],
    [
      () => new lrScheduler.OneCycleLR(new optim.Adam([parameter()]), { maxLr: Number.NaN, totalSteps: 3 }),
      "OneCycleLR: invalid maxLr: wanted a finite number, got NaN",
    ],
    [() => new lrScheduler.LambdaLR(sgd(), wrong(3)), "LambdaLR: wanted a function, got a number"],
    [
      () =>
        new lrScheduler.LambdaLR(
          sgd(),
          wrong(() => undefined),
        ),
      "LambdaLR: invalid factor of epoch 0: wanted a finite number, got undefined",
    ],
    [
      () => new lrScheduler.ReduceLROnPlateau(sgd(), { factor: wrong(null) }),
      "ReduceLROnPlateau: invalid factor: wanted a finite number, got null",
    ],
    [
      () => new lrScheduler.ReduceLROnPlateau(sgd(), { patience: Number.NaN }),
      "ReduceLROnPlateau: invalid patience: wanted a number ≥ 0, got NaN",
    ],
    [
      () => new lrScheduler.ReduceLROnPlateau(sgd()).step(wrong(undefined)),
      "ReduceLROnPlateau: wanted a number to watch, got undefined",
    ],
  ] as [() => unknown, string][])("%s", (call, message) => {
    expect(call).toThrow(message);
    expect(call).toThrow(KullbackError);
  });
});
