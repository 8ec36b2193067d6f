import { KullbackError } from "../errors.js";
import { describeValue } from "../tensor/index.js";
import { Module } from "./module.js";

/** Modules by name, which all count as parts of the module that has it. It is not run itself. */
export class ModuleDict<M extends Module = Module> extends Module {
  /** @param modules - by names that are kept as they are in state dicts */
  constructor(modules: Readonly<Record<string, M>> = {}) {
    super();
    for (const [name, module] of Object.entries(modules)) this.set(name, module);
  }

  /** The module called `name`, if there is one. */
  get(name: string): M | undefined {
    return Object.hasOwn(this, name) ? (Reflect.get(this, name) as M) : undefined;
  }

  /** Whether there is a module called `name`. */
  has(name: string): boolean {
    return this.get(name) instanceof Module;
  }

  /** Adds a module, or replaces the one of that name. */
  set(name: string, module: M): this {
    if (!(module instanceof Module)) {
      throw new KullbackError(`ModuleDict: wanted a module called "${name}", got ${describeValue(module)}`);
    }
    const taken = Reflect.get(this, name) !== undefined && !this.has(name);
    if (taken || name === "" || name.includes(".")) {
      throw new KullbackError(`ModuleDict: wanted a free name without dots, got "${name}"`);
    }
    Object.assign(this, { [name]: module });
    return this;
  }

  /** Names and modules, in the order they were added. */
  *[Symbol.iterator](): Iterator<[string, M]> {
    for (const [name, module] of Object.entries(this))
      if (module instanceof Module) yield [name, module as M];
  }

  forward(): never {
    throw new KullbackError("ModuleDict: has no forward; run its modules");
  }

  protected override stateName(field: string): string {
    return field;
  }
}
