import { KullbackError } from "../../errors.js";

/** A number as somebody reported it: what it may have been before it was rounded to the digits given. */
export interface Target {
  /** As given. */
  readonly text: string;
  readonly value: number;
  /** Of magnitudes, half a unit of the last digit below and above: `[low, high)`. Both NaN if not finite. */
  readonly low: number;
  readonly high: number;
}

/** Arithmetic in float32, as most libraries do it, leaves about this much of a sum in doubt. */
const float32Rounding = 2e-6;

/**
 * Reads a reported number: `0.1708` stands for all of [0.17075, 0.17085). Also `1.6e-2`, `-1.21`, `nan`, `inf`.
 *
 * @throws {@link KullbackError} for what is no number.
 */
export function parseTarget(text: string): Target {
  const special = { nan: Number.NaN, inf: Infinity, "+inf": Infinity, "-inf": -Infinity }[text.toLowerCase()];
  if (special !== undefined) return { text, value: special, low: Number.NaN, high: Number.NaN };
  const parts = /^[+-]?(\d*)\.?(\d*)(?:e([+-]?\d{1,3}))?$/i.exec(text.trim());
  const digits = parts === null ? "" : parts[1] + parts[2];
  if (parts === null || digits === "") {
    throw new KullbackError(`explain: match must be a number such as 0.1708 or 1.6e-2, got "${text}"`);
  }
  const exponent = Number(parts[3] ?? 0) - parts[2].length;
  // In tenths of the last digit, so that the limits are decimal numbers too.
  const tenths = BigInt(digits) * 10n;
  const limit = (of: bigint) => Number(`${of}e${exponent - 1}`);
  return { text, value: Number(text), low: limit(tenths - 5n), high: limit(tenths + 5n) };
}

/** Whether `x` is the target to the digits given, or would be but for float32's rounding. */
export function matchOf({ value, low, high }: Target, x: number): "digits" | "float32" | undefined {
  if (!Number.isFinite(value)) return Object.is(x, value) ? "digits" : undefined;
  const size = value < 0 ? -x : x;
  if (size >= low && size < high) return "digits";
  const slack = float32Rounding * Math.abs(value);
  return size >= low - slack && size < high + slack ? "float32" : undefined;
}

/** Counts which numbers of the target's digits are given by something, for how likely one is by chance. */
export class Coverage {
  readonly #target: Target;
  readonly #width: number;
  readonly #cells = new Set<number>();

  constructor(target: Target) {
    this.#target = target;
    this.#width = target.high - target.low;
  }

  /** Takes a number into account. */
  add(x: number): void {
    const { value, low } = this.#target;
    const size = value < 0 ? -x : x;
    const limit = Math.abs(value);
    if (size >= limit / 2 && size < 2 * limit) this.#cells.add(Math.floor((size - low) / this.#width));
  }

  /**
   * The share of the numbers with the target's digits between half and twice the target that something
   * gives: how likely a number that has nothing to do with the arrays is among them. Null where there are
   * too few such numbers to say.
   */
  chance(): number | null {
    const cells = (1.5 * Math.abs(this.#target.value)) / this.#width;
    return cells >= 10 ? Math.min(1, this.#cells.size / cells) : null;
  }
}
