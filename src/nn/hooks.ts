import { KullbackError } from "../errors.js";

/** Called before a module's `forward`; what it returns, if anything, replaces the inputs. */
export type ForwardPreHook<M> = (module: M, inputs: readonly unknown[]) => unknown;

/** Called after a module's `forward`; what it returns, if anything, replaces the output. */
export type ForwardHook<M> = (module: M, inputs: readonly unknown[], output: unknown) => unknown;

/** Options of `registerForwardHook` and `registerForwardPreHook`. */
export interface HookOptions {
  /** Calls the hook before those registered already and not after them; default false. */
  prepend?: boolean;
}

/** What a registered hook is removed by. */
export interface HookHandle {
  /** Removes the hook; a second time it does nothing. */
  remove(): void;
}

type Forward = (...inputs: unknown[]) => unknown;

/**
 * The hooks of one module. While there are any, the module has a `forward` of its own that calls them around
 * the one of its class, so that modules without hooks pay nothing.
 */
export class ForwardHooks<M extends { forward(...inputs: never[]): unknown }> {
  readonly #module: M;
  readonly #before: ForwardPreHook<M>[] = [];
  readonly #after: ForwardHook<M>[] = [];
  /** The property that the hooked `forward` stands in for; undefined while there are no hooks. */
  #replaced: { readonly own: PropertyDescriptor | undefined } | undefined;

  constructor(module: M) {
    this.#module = module;
  }

  addBefore(hook: ForwardPreHook<M>, options: HookOptions): HookHandle {
    return this.#add("registerForwardPreHook", this.#before, hook, options);
  }

  addAfter(hook: ForwardHook<M>, options: HookOptions): HookHandle {
    return this.#add("registerForwardHook", this.#after, hook, options);
  }

  #add<H>(name: string, hooks: H[], hook: H, { prepend = false }: HookOptions): HookHandle {
    if (typeof hook !== "function") throw new KullbackError(`${name}: wanted a function, got ${typeof hook}`);
    // An object of its own for each registration, since one function may be registered twice.
    const entry = ((...args: unknown[]) => (hook as Forward)(...args)) as H;
    if (prepend) hooks.unshift(entry);
    else hooks.push(entry);
    this.#install();
    return {
      remove: () => {
        const at = hooks.indexOf(entry);
        if (at >= 0) hooks.splice(at, 1);
        if (this.#before.length + this.#after.length === 0) this.#uninstall();
      },
    };
  }

  #install(): void {
    if (this.#replaced !== undefined) return;
    const module = this.#module;
    const forward = module.forward as Forward;
    this.#replaced = { own: Object.getOwnPropertyDescriptor(module, "forward") };
    const value = (...inputs: unknown[]) => this.#run(forward, inputs);
    Object.defineProperty(module, "forward", {
      value,
      configurable: true,
      writable: true,
      enumerable: false,
    });
  }

  #uninstall(): void {
    if (this.#replaced === undefined) return;
    const { own } = this.#replaced;
    if (own === undefined) Reflect.deleteProperty(this.#module, "forward");
    else Object.defineProperty(this.#module, "forward", own);
    this.#replaced = undefined;
  }

  #run(forward: Forward, given: unknown[]): unknown {
    const module = this.#module;
    let inputs = given;
    for (const hook of [...this.#before]) {
      const changed = hook(module, inputs);
      if (changed !== undefined) inputs = Array.isArray(changed) ? changed : [changed];
    }
    let output = forward.apply(module, inputs);
    for (const hook of [...this.#after]) output = hook(module, inputs, output) ?? output;
    return output;
  }
}
