import { InvalidArgumentError } from "commander";

/** `-1` or `-2,-1`. */
export function parseAxes(text: string): number[] {
  const axes = text.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  if (axes.every(Number.isInteger)) return axes;
  throw new InvalidArgumentError("It takes whole numbers with commas between, such as -1 or -2,-1.");
}

/** A whole number from 0. */
export function parseCount(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It takes a whole number from 0.");
}

/** `100:200`, where either end may be left out. */
export function parseRange(text: string): [start: number, end?: number] {
  const match = /^(\d{1,15})?:(\d{1,15})?$/.exec(text);
  if (match === null) throw new InvalidArgumentError("It takes start:end, such as 0:1000 or 500:.");
  const start = Number(match[1] ?? 0);
  return match[2] === undefined ? [start] : [start, Number(match[2])];
}

/** Names with commas between. */
export function parseNames(text: string): string[] {
  return text.split(",").map((name) => name.trim());
}

const prefixes: Readonly<Record<string, number>> = {
  "": 1,
  ...{ k: 1e3, M: 1e6, G: 1e9, T: 1e12 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 },
};

/** A candidate's name and the size of its model: `int4.npy=4.1GB`. */
export interface NamedSize {
  readonly name: string;
  readonly bytes: number;
}

/** Adds `name=bytes`; bytes may have a unit, GB or GiB and the like. */
export function parseSize(text: string, previous: readonly NamedSize[] = []): NamedSize[] {
  const match = /^(.+)=(\d+(?:\.\d+)?)\s*(?:([kMGT]i?)?B?)$/.exec(text);
  if (match === null) {
    throw new InvalidArgumentError("It takes name=bytes, such as int4.npy=4100000000 or int4.npy=4.1GB.");
  }
  return [...previous, { name: match[1], bytes: Math.round(Number(match[2]) * prefixes[match[3] ?? ""]) }];
}

/** Adds a value to those of an option that may be repeated. */
export function collect(text: string, previous: readonly string[] = []): string[] {
  return [...previous, text];
}
