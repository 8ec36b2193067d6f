import { KullbackError } from "../../errors.js";
import { describeValue } from "../../tensor/index.js";

/** Throws unless `optimizer` has groups of parameters. */
export function checkOptimizer(name: string, optimizer: { paramGroups: readonly unknown[] }): void {
  if (Array.isArray(optimizer?.paramGroups)) return;
  throw new KullbackError(`${name}: wanted an optimizer, got ${describeValue(optimizer)}`);
}

/** The options of a scheduler that cannot do without; throws if there are none. */
export function required<Options extends object>(name: string, options: Options): Options {
  if (typeof options === "object" && options !== null) return options;
  throw new KullbackError(`${name}: wanted an object of options, got ${describeValue(options)}`);
}

/** Throws unless `value` is a whole number ≥ 1. */
export function checkPositiveInteger(name: string, what: string, value: number): void {
  if (!(Number.isInteger(value) && value >= 1)) {
    throw new KullbackError(`${name}: invalid ${what}: wanted a whole number ≥ 1, got ${value}`);
  }
}

/** Throws unless `value` is a finite number. */
export function checkFinite(name: string, what: string, value: number): void {
  if (!Number.isFinite(value)) {
    throw new KullbackError(`${name}: invalid ${what}: wanted a finite number, got ${value}`);
  }
}

/** One value for each of `count` groups: `value` for all of them, or a list with one for each. */
export function perGroup<T>(name: string, what: string, value: T | readonly T[], count: number): T[] {
  if (!Array.isArray(value)) return Array.from({ length: count }, () => value as T);
  if (value.length === count) return [...value];
  throw new KullbackError(`${name}: expected ${count} values for ${what}, got ${value.length}`);
}
