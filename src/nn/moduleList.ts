import { KullbackError } from "../errors.js";
import { Module } from "./module.js";

/**
 * Modules in a list, which all count as parts of the module that has it. It is not run itself.
 *
 * ```ts
 * class Net extends nn.Module {
 *   layers = new nn.ModuleList([new nn.Linear(6, 6), new nn.Linear(6, 6)]);
 *   forward(x: Tensor): Tensor {
 *     return [...this.layers].reduce((h, layer) => F.relu(layer.forward(h)), x);
 *   }
 * }
 * ```
 */
export class ModuleList<M extends Module = Module> extends Module {
  /** The modules, as fields named by their place. */
  [index: number]: M;

  #length = 0;

  constructor(modules: Iterable<M> = []) {
    super();
    this.extend(modules);
  }

  /** How many modules there are. */
  get length(): number {
    return this.#length;
  }

  /** The module at `index`; a negative one counts from the end. */
  at(index: number): M | undefined {
    return this[index < 0 ? index + this.#length : index];
  }

  /** Adds a module at the end. */
  append(module: M): this {
    if (!(module instanceof Module)) {
      throw new KullbackError(`ModuleList: wanted a module, got ${module === null ? "null" : typeof module}`);
    }
    this[this.#length++] = module;
    return this;
  }

  /** Adds modules at the end. */
  extend(modules: Iterable<M>): this {
    for (const module of modules) this.append(module);
    return this;
  }

  /** The modules in order. */
  *[Symbol.iterator](): Iterator<M> {
    for (let i = 0; i < this.#length; i++) yield this[i];
  }

  forward(): never {
    throw new KullbackError("ModuleList: has no forward; run its modules");
  }

  /** Prints neighbours that look the same once, as PyTorch does. */
  override toString(): string {
    const lines: string[] = [];
    const texts = [...this].map(String);
    for (let i = 0; i < texts.length; ) {
      let end = i + 1;
      while (end < texts.length && texts[end] === texts[i]) end++;
      const text = texts[i].replaceAll("\n", "\n  ");
      lines.push(end === i + 1 ? `(${i}): ${text}` : `(${i}-${end - 1}): ${end - i} x ${text}`);
      i = end;
    }
    const name = this.constructor.name;
    return lines.length === 0 ? `${name}()` : `${name}(\n  ${lines.join("\n  ")}\n)`;
  }
}
