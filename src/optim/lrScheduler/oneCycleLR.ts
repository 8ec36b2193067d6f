import { KullbackError } from "../../errors.js";
import { checkFinite, checkOptimizer, checkPositiveInteger, perGroup, required } from "./check.js";
import { LRScheduler, type ScheduledGroup, type ScheduledOptimizer } from "./lrScheduler.js";

/** Options of {@link OneCycleLR}; a list has one entry for each group of parameters. */
export interface OneCycleLROptions {
  /** The largest learning rate. */
  maxLr: number | readonly number[];
  /** The steps of the whole cycle; or give `epochs` and `stepsPerEpoch`. */
  totalSteps?: number;
  epochs?: number;
  stepsPerEpoch?: number;
  /** The share of steps in which the learning rate rises; default 0.3. */
  pctStart?: number;
  /** Default `"cos"`. */
  annealStrategy?: "cos" | "linear";
  /** Whether the momentum, or Adam's first beta, falls while the learning rate rises; default true. */
  cycleMomentum?: boolean;
  /** The smallest momentum; default 0.85. */
  baseMomentum?: number | readonly number[];
  /** The largest momentum; default 0.95. */
  maxMomentum?: number | readonly number[];
  /** The first learning rate is maxLr / divFactor; default 25. */
  divFactor?: number;
  /** The last learning rate is the first / finalDivFactor; default 1e4. */
  finalDivFactor?: number;
  /** Whether to return to the first learning rate as fast as it rose, and then to fall; default false. */
  threePhase?: boolean;
}

/** A group whose momentum can follow the cycle. */
interface CycledGroup extends ScheduledGroup {
  momentum?: number;
  betas?: readonly [number, number];
}

/** A stretch of the cycle, up to step `end`, between two values of the learning rate and of the momentum. */
interface Phase {
  end: number;
  lr: readonly [from: Level, to: Level];
  momentum: readonly [from: "base" | "max", to: "base" | "max"];
}

type Level = "initial" | "max" | "min";

/**
 * The 1cycle policy, one `step` a batch, as `torch.optim.lr_scheduler.OneCycleLR`: the learning rate rises
 * from a small one to `maxLr` and falls to a much smaller one; momentum does the opposite.
 *
 * L. Smith and N. Topin, "Super-Convergence: Very Fast Training of Neural Networks Using Large Learning
 * Rates" (2017), arXiv:1708.07120.
 */
export class OneCycleLR extends LRScheduler {
  readonly totalSteps: number;

  readonly #groups: CycledGroup[];
  readonly #phases: readonly Phase[];
  readonly #strategy: "cos" | "linear";
  readonly #levels: Record<Level, number>[];
  readonly #momenta: { base: number; max: number }[] | undefined;

  /** @throws KullbackError if the number of steps is not given, or options make no sense */
  constructor(optimizer: ScheduledOptimizer, options: OneCycleLROptions) {
    checkOptimizer("OneCycleLR", optimizer);
    const { pctStart = 0.3, annealStrategy = "cos", cycleMomentum = true } = required("OneCycleLR", options);
    const { divFactor = 25, finalDivFactor = 1e4, threePhase = false } = options;
    const groups: CycledGroup[] = optimizer.paramGroups;
    const totalSteps = countSteps(options);
    checkOptions(pctStart, annealStrategy);
    if (cycleMomentum && groups.some((group) => !("momentum" in group || "betas" in group))) {
      throw new KullbackError(
        "OneCycleLR: the optimizer must have a momentum or betas to cycle, or set cycleMomentum: false",
      );
    }
    const list = (what: string, value: number | readonly number[]) =>
      perGroup<number>("OneCycleLR", what, value, groups.length);
    const largest = list("maxLr", options.maxLr);
    const levels = largest.map((max) => {
      checkFinite("OneCycleLR", "maxLr", max);
      const initial = max / divFactor;
      return { initial, max, min: initial / finalDivFactor };
    });
    const base = list("baseMomentum", options.baseMomentum ?? 0.85);
    const max = list("maxMomentum", options.maxMomentum ?? 0.95);
    groups.forEach((group, i) => {
      group.initialLr = levels[i].initial;
    });
    super(optimizer);
    this.totalSteps = totalSteps;
    this.#groups = groups;
    this.#phases = phasesOf(pctStart * totalSteps, totalSteps, threePhase);
    this.#strategy = annealStrategy;
    this.#levels = levels;
    this.#momenta = cycleMomentum ? groups.map((_, i) => ({ base: base[i], max: max[i] })) : undefined;
    this.setLrs(this.nextLrs());
  }

  /** @throws KullbackError after the last step of the cycle */
  protected nextLrs(): number[] {
    const step = this.lastEpoch;
    if (step > this.totalSteps) {
      throw new KullbackError(
        `OneCycleLR: tried to step ${step} times; the specified number of total steps is ${this.totalSteps}`,
      );
    }
    const found = this.#phases.findIndex(({ end }) => step <= end);
    const index = found < 0 ? this.#phases.length - 1 : found;
    const { end, lr, momentum } = this.#phases[index];
    const start = index === 0 ? 0 : this.#phases[index - 1].end;
    const share = (step - start) / (end - start);
    const between = (from: number, to: number) =>
      this.#strategy === "cos"
        ? to + ((from - to) / 2) * (Math.cos(Math.PI * share) + 1)
        : (to - from) * share + from;
    this.#momenta?.forEach((limits, i) => {
      setMomentum(this.#groups[i], between(limits[momentum[0]], limits[momentum[1]]));
    });
    return this.#levels.map((level) => between(level[lr[0]], level[lr[1]]));
  }
}

function countSteps({ totalSteps, epochs, stepsPerEpoch }: OneCycleLROptions): number {
  if (totalSteps !== undefined) {
    checkPositiveInteger("OneCycleLR", "totalSteps", totalSteps);
    return totalSteps;
  }
  if (epochs === undefined || stepsPerEpoch === undefined) {
    throw new KullbackError("OneCycleLR: wanted totalSteps, or epochs and stepsPerEpoch, got neither");
  }
  checkPositiveInteger("OneCycleLR", "epochs", epochs);
  checkPositiveInteger("OneCycleLR", "stepsPerEpoch", stepsPerEpoch);
  return epochs * stepsPerEpoch;
}

function checkOptions(pctStart: number, annealStrategy: string): void {
  if (!(pctStart >= 0 && pctStart <= 1)) {
    throw new KullbackError(`OneCycleLR: expected pctStart between 0 and 1, got ${pctStart}`);
  }
  if (annealStrategy !== "cos" && annealStrategy !== "linear") {
    throw new KullbackError(`OneCycleLR: annealStrategy must be "cos" or "linear", got ${annealStrategy}`);
  }
}

/** @param rise - The number of steps in which the learning rate rises; steps count from 0. */
function phasesOf(rise: number, total: number, threePhase: boolean): Phase[] {
  const up: Phase = { end: rise - 1, lr: ["initial", "max"], momentum: ["max", "base"] };
  if (!threePhase) return [up, { end: total - 1, lr: ["max", "min"], momentum: ["base", "max"] }];
  return [
    up,
    { end: 2 * rise - 2, lr: ["max", "initial"], momentum: ["base", "max"] },
    { end: total - 1, lr: ["initial", "min"], momentum: ["max", "max"] },
  ];
}

function setMomentum(group: CycledGroup, momentum: number): void {
  if (group.betas !== undefined) group.betas = [momentum, group.betas[1]];
  else group.momentum = momentum;
}
