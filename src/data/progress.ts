import { KullbackError } from "../errors.js";
import { describeValue } from "../tensor/index.js";

/** Where a progress bar is drawn: a stream such as `process.stderr`. */
export interface ProgressOutput {
  /** Nothing is drawn where this is not true. */
  readonly isTTY?: boolean;
  /** Writes text where the bar is. */
  write(text: string): unknown;
}

/** Options of {@link progress}. */
export interface ProgressOptions {
  /** What is written before the bar, such as `epoch 3`. */
  label?: string;
  /** Default: `process.stderr`; in a browser nothing is drawn. */
  output?: ProgressOutput;
  /** A clock in milliseconds. Default: `performance.now`. */
  now?: () => number;
}

/** What can be gone through with a progress bar: a DataLoader, an array, any iterable that knows its length. */
type Countable<Item> = (Iterable<Item> | AsyncIterable<Item>) & { readonly length: number };

/** What going through it with a bar can do. */
type Shown<Source> = (Source extends Iterable<infer Item> ? Iterable<Item> : unknown) &
  (Source extends AsyncIterable<infer Item> ? AsyncIterable<Item> : unknown);

const width = 24;
const every = 100;

/**
 * Goes through `items` and draws how far it has come, how fast, and how long it will take, on one line of a
 * terminal; where there is no terminal it draws nothing.
 *
 * ```ts
 * for (const [x, y] of data.progress(loader, { label: `epoch ${epoch}` })) { … }
 * ```
 */
export function progress<Source extends Countable<unknown>>(
  items: Source,
  options: ProgressOptions = {},
): Shown<Source> {
  const isIterable =
    items !== null &&
    typeof items === "object" &&
    (Symbol.iterator in items || Symbol.asyncIterator in items);
  if (!isIterable || typeof items.length !== "number") {
    throw new KullbackError(`progress: wanted an iterable that has a length, got ${describeValue(items)}`);
  }
  const { label = "", output = standardError(), now = () => performance.now() } = options;
  const start = () => new Bar(label, items.length, output, now);
  return {
    *[Symbol.iterator]() {
      const bar = start();
      try {
        for (const item of items as Iterable<unknown>) {
          yield item;
          bar.advance();
        }
      } finally {
        bar.end();
      }
    },
    async *[Symbol.asyncIterator]() {
      const bar = start();
      try {
        for await (const item of items as AsyncIterable<unknown>) {
          yield item;
          bar.advance();
        }
      } finally {
        bar.end();
      }
    },
  } as unknown as Shown<Source>;
}

function standardError(): ProgressOutput | undefined {
  const { process } = globalThis as { process?: { stderr?: ProgressOutput } };
  return process?.stderr;
}

class Bar {
  readonly #label: string;
  readonly #total: number;
  readonly #output: ProgressOutput | undefined;
  readonly #now: () => number;
  readonly #start: number;
  #done = 0;
  #drawnAt: number | undefined;

  constructor(label: string, total: number, output: ProgressOutput | undefined, now: () => number) {
    this.#label = label;
    this.#total = total;
    this.#output = output?.isTTY ? output : undefined;
    this.#now = now;
    this.#start = now();
  }

  advance(): void {
    this.#done++;
    const now = this.#now();
    if (this.#output === undefined || (this.#drawnAt !== undefined && now < this.#drawnAt + every)) return;
    this.#draw(now);
  }

  /** Draws the last state, and goes on to the next line. */
  end(): void {
    if (this.#drawnAt === undefined) return;
    this.#draw(this.#now());
    this.#output?.write("\n");
  }

  #draw(now: number): void {
    this.#drawnAt = now;
    const seconds = (now - this.#start) / 1000;
    const line = progressLine(this.#label, this.#done, this.#total, seconds);
    this.#output?.write(`\r${line}\x1b[K`);
  }
}

/** The line of a bar after so many seconds. */
export function progressLine(label: string, done: number, total: number, seconds: number): string {
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const full = Math.round(share * width);
  const rate = done / seconds;
  const left = done === 0 ? "" : `<${clock((total - done) / rate)}`;
  const percent = `${Math.floor(100 * share)}`.padStart(3);
  const speed = Number.isFinite(rate) ? `, ${rate >= 100 ? Math.round(rate) : rate.toPrecision(3)}/s` : "";
  const bar = `${"█".repeat(full)}${"░".repeat(width - full)}`;
  return `${label}${label === "" ? "" : " "}${percent} % ${bar} ${done}/${total} [${clock(seconds)}${left}${speed}]`;
}

function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const shown = parts[0] > 0 ? parts : parts.slice(1);
  return shown.map((part) => String(part).padStart(2, "0")).join(":");
}
