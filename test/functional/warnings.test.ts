import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

beforeEach(() => {
  vi.resetModules();
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** Library modules that have not warned yet. */
async function fresh() {
  const { F, nn, setWarningHandler, zeros } = await import("../../src/index.js");
  return { F, nn, setWarningHandler, x: zeros([2, 3]) };
}

const ofMean =
  'klDiv: reduction "mean" divides the total loss by both the batch size and the support size; "batchmean" ' +
  "divides only by the batch size and agrees with the mathematical definition";

describe("warnings", () => {
  it("say once per process that the mean is not a divergence", async () => {
    const { F, x } = await fresh();
    F.klDiv(x, x);
    F.klDiv(x, x, { reduction: "mean" });
    expect(vi.mocked(console.warn).mock.calls).toEqual([[`Warning: ${ofMean}`]]);
  });

  it("come at the call of a module, not at its construction", async () => {
    const { nn, x } = await fresh();
    const loss = new nn.KLDivLoss();
    expect(console.warn).not.toHaveBeenCalled();
    loss.forward(x, x);
    expect(console.warn).toHaveBeenCalledTimes(1);
  });

  it("are not given for the other reductions", async () => {
    const { F, x } = await fresh();
    for (const reduction of ["none", "sum", "batchmean"] as const) F.klDiv(x, x, { reduction });
    expect(console.warn).not.toHaveBeenCalled();
  });

  it.each([
    [{ sizeAverage: true }, "mean"],
    [{ sizeAverage: false }, "sum"],
    [{ reduce: true }, "mean"],
    [{ reduce: false }, "none"],
    [{ sizeAverage: false, reduce: false }, "none"],
  ])("name the reduction that %o stands for, and nothing else", async (options, reduction) => {
    const { F, nn, x } = await fresh();
    F.klDiv(x, x, options);
    expect(new nn.KLDivLoss(options).reduction).toBe(reduction);
    const text = (name: string) =>
      `Warning: ${name}: sizeAverage and reduce are deprecated, please use reduction: "${reduction}" instead`;
    expect(vi.mocked(console.warn).mock.calls).toEqual([[text("klDiv")], [text("KLDivLoss")]]);
  });

  it.each(["softmax", "logSoftmax", "softmin"] as const)(
    "say once that %s had to choose the axis, and only then",
    async (name) => {
      const { F, x } = await fresh();
      F[name](x, 0);
      expect(console.warn).not.toHaveBeenCalled();
      F[name](x);
      F[name](x);
      expect(vi.mocked(console.warn).mock.calls).toEqual([
        [
          `Warning: ${name}: implicit dimension choice has been deprecated; ` +
            "change the call to include dim as an argument",
        ],
      ]);
    },
  );

  it("go where setWarningHandler says, or nowhere", async () => {
    const { F, setWarningHandler, x } = await fresh();
    const texts: string[] = [];
    setWarningHandler((text) => texts.push(text));
    F.klDiv(x, x);
    setWarningHandler(null);
    F.softmax(x);
    expect(texts).toEqual([ofMean]);
    expect(console.warn).not.toHaveBeenCalled();
  });
});
