import { KullbackError } from "../errors.js";
import { type FloatDType, isFloat } from "../kernels/index.js";
import { checkDType, checkFunction, checkTensors, detach, noGrad, Tensor } from "../tensor/index.js";
import {
  type ForwardHook,
  ForwardHooks,
  type ForwardPreHook,
  type HookHandle,
  type HookOptions,
} from "./hooks.js";
import { Parameter } from "./parameter.js";
import { type IncompatibleKeys, loadInto, type StateDict } from "./stateDict.js";
import { stateName } from "./stateName.js";

const joined = (prefix: string, name: string) => (prefix === "" ? name : `${prefix}.${name}`);

/** `text` with every line but the first indented as a child of what is printed above it. */
const indented = (text: string) => text.replaceAll("\n", "\n  ");

/**
 * The base of all modules: something that computes, with parameters to learn.
 *
 * ```ts
 * class Net extends nn.Module {
 *   hidden = new nn.Linear(6, 8);
 *   out = new nn.Linear(8, 3);
 *   forward(x: Tensor): Tensor {
 *     return this.out.forward(F.relu(this.hidden.forward(x)));
 *   }
 * }
 * ```
 *
 * Fields that are parameters or modules belong to the module under the field's name; nothing needs to be
 * registered. They are looked up when they are asked for, so a field can be assigned anew. Fields with a
 * `#` name cannot be seen from here and take no part.
 *
 * Names of parameters, buffers and modules are spelled as PyTorch spells them, so that state dicts travel
 * both ways: the field `runningMean` is `"running_mean"`.
 */
export abstract class Module {
  /** Whether the module is being trained; `train` and `eval` set it. */
  training = true;

  /** The fields that are buffers, and whether each is part of the state dict. */
  readonly #buffers = new Map<string, boolean>();

  readonly #hooks = new ForwardHooks<Module>(this);

  /** What the module computes. */
  abstract forward(...inputs: never[]): unknown;

  /**
   * Makes `value` the field `name`, as a part of the module's state that is not learned. Declare the field
   * as usual: `mean!: Tensor`.
   *
   * @param options - `persistent` (default true): whether the buffer is part of the state dict
   */
  registerBuffer(name: string, value: Tensor, { persistent = true }: { persistent?: boolean } = {}): void {
    checkTensors("registerBuffer", value);
    const taken = Reflect.get(this, name) !== undefined && !this.#buffers.has(name);
    if (taken || typeof name !== "string" || name === "" || name.includes(".")) {
      throw new KullbackError(
        `registerBuffer: wanted a free name without dots, got "${name}" in ${this.constructor.name}`,
      );
    }
    this.#buffers.set(name, persistent);
    Object.assign(this, { [name]: value });
  }

  /** The fields whose value passes `test`, in the order they were first assigned. */
  #fields<T>(test: (value: unknown, name: string) => value is T): [string, T][] {
    const found: [string, T][] = [];
    for (const [name, value] of Object.entries(this)) if (test(value, name)) found.push([name, value]);
    return found;
  }

  #ownParameters(): [string, Parameter][] {
    return this.#fields((value): value is Parameter => value instanceof Parameter);
  }

  #ownModules(): [string, Module][] {
    return this.#fields((value): value is Module => value instanceof Module);
  }

  /** The name of a field in state dicts. */
  protected stateName(field: string): string {
    return stateName(field);
  }

  #ownBuffers(): [string, Tensor][] {
    return this.#fields((value, name): value is Tensor => value instanceof Tensor && this.#buffers.has(name));
  }

  /** What `own` gives for this module and all below it, each once, with names such as `"0.weight"`. */
  #named<T>(own: (module: Module) => [string, T][]): [string, T][] {
    const found = new Map<T, string>();
    for (const [prefix, module] of this.namedModules()) {
      for (const [name, value] of own(module)) {
        if (!found.has(value)) found.set(value, joined(prefix, module.stateName(name)));
      }
    }
    return [...found].map(([value, name]) => [name, value]);
  }

  /** The fields that are modules, by name, each module once. */
  namedChildren(): [string, Module][] {
    const seen = new Set<Module>();
    const children = this.#ownModules().filter(([, child]) => !seen.has(child) && seen.add(child));
    return children.map(([name, child]) => [this.stateName(name), child]);
  }

  /** The fields that are modules, each once. */
  children(): Module[] {
    return this.namedChildren().map(([, child]) => child);
  }

  /** This module, named `""`, and all below it, each once, every module before its children. */
  namedModules(): [string, Module][] {
    const found = new Map<Module, string>();
    const visit = (module: Module, path: string) => {
      if (found.has(module)) return;
      found.set(module, path);
      for (const [name, child] of module.namedChildren()) visit(child, joined(path, name));
    };
    visit(this, "");
    return [...found].map(([module, path]) => [path, module]);
  }

  /** This module and all below it, each once. */
  modules(): Module[] {
    return this.namedModules().map(([, module]) => module);
  }

  /** All parameters of this module and those below it by name, each once. */
  namedParameters(): [string, Parameter][] {
    return this.#named((module) => module.#ownParameters());
  }

  /** All parameters of this module and those below it, each once. */
  parameters(): Parameter[] {
    return this.namedParameters().map(([, parameter]) => parameter);
  }

  /** All buffers of this module and those below it by name, each once. */
  namedBuffers(): [string, Tensor][] {
    return this.#named((module) => module.#ownBuffers());
  }

  /** All buffers of this module and those below it, each once. */
  buffers(): Tensor[] {
    return this.namedBuffers().map(([, buffer]) => buffer);
  }

  /** Puts this module and all below it in training mode, or out of it. */
  train(mode = true): this {
    for (const module of this.modules()) module.training = mode;
    return this;
  }

  /** Puts this module and all below it in evaluation mode. */
  eval(): this {
    return this.train(false);
  }

  /** Calls `f` with each module below this one and then with this one, such as to initialise weights. */
  apply(f: (module: Module) => void): this {
    checkFunction("apply", f);
    for (const child of this.children()) child.apply(f);
    f(this);
    return this;
  }

  /**
   * Calls `hook(module, inputs)` before each `forward`. What it returns, an array of inputs or a single one,
   * replaces the inputs.
   */
  registerForwardPreHook(hook: ForwardPreHook<Module>, options: HookOptions = {}): HookHandle {
    return this.#hooks.addBefore(hook, options);
  }

  /** Calls `hook(module, inputs, output)` after each `forward`. What it returns replaces the output. */
  registerForwardHook(hook: ForwardHook<Module>, options: HookOptions = {}): HookHandle {
    return this.#hooks.addAfter(hook, options);
  }

  /** Forgets the gradients of all parameters: each `grad` becomes `null`. */
  zeroGrad(): void {
    for (const parameter of this.parameters()) parameter.grad = null;
  }

  /** Sets whether gradients are computed for the parameters, such as false to freeze them. */
  requiresGrad_(requiresGrad = true): this {
    for (const parameter of this.parameters()) parameter.requiresGrad = requiresGrad;
    return this;
  }

  /**
   * Converts floating-point parameters, their gradients, and buffers to `dtype`. Parameters stay the same
   * objects, so an optimizer made before goes on with them.
   */
  to(dtype: FloatDType): this {
    if (!isFloat(checkDType("to", dtype))) {
      throw new KullbackError(`to: a module can only be of a floating-point dtype, got ${dtype}`);
    }
    noGrad(() => {
      for (const parameter of this.parameters()) {
        if (!isFloat(parameter.dtype) || parameter.dtype === dtype) continue;
        const { grad } = parameter;
        parameter.become(parameter.to(dtype));
        if (grad !== null) parameter.grad = grad.to(dtype);
      }
      for (const module of this.modules()) {
        for (const [name, buffer] of module.#ownBuffers()) {
          if (isFloat(buffer.dtype)) Object.assign(module, { [name]: buffer.to(dtype) });
        }
      }
    });
    return this;
  }

  /**
   * All parameters and persistent buffers by name. The tensors share memory with the module's.
   *
   * @throws KullbackError if two fields have one name, as `outProj` and `out_proj` have
   */
  stateDict(): StateDict {
    const dict: StateDict = {};
    const visit = (module: Module, path: string) => {
      const buffers = module.#ownBuffers().filter(([name]) => module.#buffers.get(name) === true);
      for (const [name, value] of [...module.#ownParameters(), ...buffers]) {
        const key = joined(path, module.stateName(name));
        if (Object.hasOwn(dict, key)) {
          throw new KullbackError(`stateDict: two fields of ${module.constructor.name} are called "${key}"`);
        }
        dict[key] = detach(value);
      }
      for (const [name, child] of module.#ownModules()) visit(child, joined(path, module.stateName(name)));
    };
    visit(this, "");
    return dict;
  }

  /**
   * Copies the tensors of `dict` into the parameters and buffers of the same names, converting dtypes. Names
   * may be spelled as PyTorch or as Kullback spells them.
   *
   * @param options - `strict` (default true): whether keys must match exactly
   * @returns the keys that did not match
   * @throws KullbackError that lists missing and unexpected keys, if `strict`, and sizes that do not fit;
   * nothing was copied then
   */
  loadStateDict(dict: Readonly<StateDict>, { strict = true }: { strict?: boolean } = {}): IncompatibleKeys {
    return loadInto(this.constructor.name, this.stateDict(), dict, strict);
  }

  /** What `toString` prints between the parentheses, one line or several. */
  extraRepr(): string {
    return "";
  }

  /** Prints the module and its children as PyTorch does. */
  toString(): string {
    const extra = this.extraRepr();
    const lines = extra === "" ? [] : extra.split("\n");
    const children = this.#ownModules();
    for (const [name, child] of children) lines.push(`(${name}): ${child}`);
    const name = this.constructor.name;
    if (children.length === 0 && lines.length <= 1) return `${name}(${extra})`;
    return `${name}(\n  ${lines.map(indented).join("\n  ")}\n)`;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}
