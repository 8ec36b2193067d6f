import { KullbackError } from "../../errors.js";

/** How tensors are printed, as `torch.set_printoptions` has it. */
export interface PrintOptions {
  /** Digits after the decimal point; default 4. */
  precision: number;
  /** More elements than this are summarised; default 1000, `Infinity` for never. */
  threshold: number;
  /** How many elements a summary shows at each end of an axis; default 3. */
  edgeitems: number;
  /** Where lines of numbers break; default 80. */
  linewidth: number;
  /** Scientific notation always or never; `null`, the default, leaves it to the numbers. */
  sciMode: boolean | null;
}

/** Sets of options by name. */
export type PrintProfile = "default" | "short" | "full";

const standard: PrintOptions = { precision: 4, threshold: 1000, edgeitems: 3, linewidth: 80, sciMode: null };

const profiles: Record<PrintProfile, PrintOptions> = {
  default: standard,
  short: { ...standard, precision: 2, edgeitems: 2 },
  full: { ...standard, threshold: Number.POSITIVE_INFINITY },
};

let current = standard;

/** The options in force. */
export function printOptions(): Readonly<PrintOptions> {
  return current;
}

function checkCount(name: string, value: number): void {
  if (!(Number.isInteger(value) && value >= 0)) {
    throw new KullbackError(`setPrintOptions: expected ${name} to be a non-negative integer, got ${value}`);
  }
}

/**
 * Changes how tensors are printed from now on, as `torch.set_printoptions`: what is not given stays, but
 * `sciMode`, which goes back to `null`.
 *
 * @param options.profile - a set of options to start from: `"default"`, `"short"` (2 digits, 2 edge items)
 * or `"full"` (never summarise)
 * @throws KullbackError if an option is out of its range
 */
export function setPrintOptions(options: Partial<PrintOptions> & { profile?: PrintProfile }): void {
  const { profile } = options;
  if (profile !== undefined && !Object.hasOwn(profiles, profile)) {
    throw new KullbackError(
      `setPrintOptions: expected profile to be "default", "short" or "full", got "${profile}"`,
    );
  }
  const base = profile === undefined ? current : profiles[profile];
  const {
    precision = base.precision,
    threshold = base.threshold,
    edgeitems = base.edgeitems,
    linewidth = base.linewidth,
    sciMode = null,
  } = options;
  checkCount("precision", precision);
  checkCount("edgeitems", edgeitems);
  checkCount("linewidth", linewidth);
  if (!(threshold >= 0)) {
    throw new KullbackError(`setPrintOptions: expected threshold to be 0 or more, got ${threshold}`);
  }
  current = { precision, threshold, edgeitems, linewidth, sciMode };
}
