import { KullbackError } from "../errors.js";
import { type FloatArray, unpack } from "../kernels/index.js";
import { describeShape, sameShape, Tensor } from "../tensor/index.js";
import { warn } from "../warn.js";
import {
  listGroups,
  listParams,
  type ParamGroup,
  type ParamGroupOptions,
  type Params,
} from "./paramGroup.js";

/** An optimizer's state and options, with parameters replaced by their number, counted over all groups. */
export interface OptimizerStateDict<Options, State> {
  state: Record<number, State>;
  paramGroups: (Options & { params: number[] })[];
}

/** Where a step starts from. */
export interface Point {
  readonly param: Tensor;
  /** The parameter's elements in C order. */
  readonly x: FloatArray;
  /** The gradient at them. */
  readonly gradient: FloatArray;
}

/**
 * The base of all optimizers.
 *
 * `Options` is what can differ from group to group, `State` what is kept for each parameter: numbers and
 * tensors of the parameter's shape.
 *
 * ```ts
 * optimizer.zeroGrad();
 * loss.backward();
 * optimizer.step();
 * ```
 */
export abstract class Optimizer<Options extends object, State extends object> {
  /** The parameters with their options, which can be changed between steps: `paramGroups[0].lr = 1e-4`. */
  paramGroups: ParamGroup<Options>[] = [];
  /** What is kept for each parameter that has taken a step. */
  readonly state = new Map<Tensor, State>();
  /** How often `step` was called. */
  stepCount = 0;

  readonly #defaults: Options;

  constructor(params: Params<Options>, defaults: Options) {
    this.#defaults = defaults;
    for (const group of listGroups(this.#name, params)) this.addParamGroup(group);
  }

  get #name(): string {
    return this.constructor.name;
  }

  get #params(): Tensor[] {
    return this.paramGroups.flatMap((group) => group.params);
  }

  /** Throws if an option of a group makes no sense. */
  protected abstract check(group: Options): void;

  /** What is kept for `param` before its first step. */
  protected abstract start(param: Tensor, group: Options): State;

  /** Takes a step: changes `x`, by the rule of the optimizer. */
  protected abstract update(at: Point, group: Options, state: State): void;

  /** Adds parameters with options of their own, such as those of layers that were frozen at first. */
  addParamGroup(group: ParamGroupOptions<Options>): void {
    const params = listParams(this.#name, group.params, new Set(this.#params));
    const added = { ...this.#defaults, ...group, params };
    this.check(added);
    this.paramGroups.push(added);
  }

  /** Updates, in place and unrecorded, every parameter that has a gradient. */
  step(): void {
    this.stepCount++;
    if (this.#params.every((param) => param.peekGradient() === null)) {
      warn(
        `${this.#name}: step changes nothing, since none of the parameters has a gradient; call backward() before, ` +
          "on a loss that depends on them",
      );
    }
    for (const group of this.paramGroups) {
      for (const param of group.params) {
        const gradient = param.peekGradient();
        if (gradient === null) continue;
        const state = this.state.get(param) ?? this.start(param, group);
        this.state.set(param, state);
        const x = param.data as FloatArray;
        this.update({ param, x, gradient: gradient.data as FloatArray }, group, state);
        if (!param.isContiguous) unpack(param.shape, x, param);
        param.bumpVersion();
      }
    }
  }

  /** Forgets the gradients of all parameters: each `grad` becomes `null`. */
  zeroGrad(): void {
    for (const param of this.#params) param.grad = null;
  }

  /** State and options, to go on from later with `loadStateDict`. Tensors are shared, not copied. */
  stateDict(): OptimizerStateDict<Options, State> {
    const numbers = new Map(this.#params.map((param, i) => [param, i]));
    const state: Record<number, State> = {};
    for (const [param, kept] of this.state) state[numbers.get(param)!] = { ...kept };
    const paramGroups = this.paramGroups.map((group) => ({
      ...group,
      params: group.params.map((param) => numbers.get(param)!),
    }));
    return { state, paramGroups };
  }

  /**
   * Takes over copies of state and options saved by `stateDict`.
   *
   * @throws KullbackError if the groups or their sizes differ from this optimizer's
   */
  loadStateDict(dict: OptimizerStateDict<Options, State>): void {
    const { state, paramGroups } = this.#checked(dict);
    const sizes = (groups: readonly { params: readonly unknown[] }[]) => groups.map((g) => g.params.length);
    const own = sizes(this.paramGroups);
    const loaded = sizes(paramGroups);
    if (own.join() !== loaded.join()) {
      throw new KullbackError(
        `${this.#name}: loaded state dict has parameter groups of sizes [${loaded.join(", ")}], the optimizer ` +
          `has [${own.join(", ")}]`,
      );
    }
    const groups = paramGroups.map((group, i) => ({
      ...this.paramGroups[i],
      ...group,
      params: this.paramGroups[i].params,
    }));
    for (const group of groups) this.check(group);
    const states = new Map<Tensor, State>();
    groups.forEach((group, g) => {
      group.params.forEach((param, i) => {
        const number = paramGroups[g].params[i];
        const kept = state[number];
        if (kept === undefined) return;
        this.#checkState(number, kept, this.start(param, group), param);
        states.set(param, copyFor(param, kept));
      });
    });
    this.paramGroups = groups;
    this.state.clear();
    for (const [param, kept] of states) this.state.set(param, kept);
  }

  #checked(dict: OptimizerStateDict<Options, State>): OptimizerStateDict<Options, State> {
    const isGroup = (group: unknown) => Array.isArray((group as { params?: unknown } | null)?.params);
    const groups: unknown = dict?.paramGroups;
    if (dict?.state && Array.isArray(groups) && groups.every(isGroup)) return dict;
    throw new KullbackError(
      `${this.#name}: loadStateDict: wanted what stateDict gives: { state, paramGroups }`,
    );
  }

  /** Throws unless `kept` has what is kept at the `start`, and its tensors are of the parameter's shape. */
  #checkState(number: number, kept: State, start: State, { shape }: Tensor): void {
    const missing = Object.keys(start).filter((name) => !(name in kept));
    if (missing.length > 0) {
      throw new KullbackError(
        `${this.#name}: loadStateDict: the state of parameter ${number} lacks ${missing.join(", ")}`,
      );
    }
    for (const [name, value] of Object.entries(kept)) {
      if (!(value instanceof Tensor) || sameShape(value.shape, shape)) continue;
      throw new KullbackError(
        `${this.#name}: loadStateDict: ${name} of parameter ${number} has shape ${describeShape(value.shape)}, the ` +
          `parameter has ${describeShape(shape)}`,
      );
    }
  }
}

/** A copy of a parameter's state, its tensors in the parameter's dtype. */
function copyFor<State extends object>(param: Tensor, state: State): State {
  const entries = Object.entries(state).map(([name, value]) => [
    name,
    value instanceof Tensor ? value.detach().clone().to(param.dtype) : value,
  ]);
  return Object.fromEntries(entries) as State;
}
