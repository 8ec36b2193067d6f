import { formatBytes, formatCount } from "../report/index.js";
import type { Output } from "./io.js";

const barWidth = 24;
/** Nothing is drawn in the first moment, so that short work leaves no flicker; then ten times a second. */
const firstAfter = 300;
const every = 100;

/** What a bar counts: bytes, which have a rate, or things. */
type Unit = "bytes" | "conventions";

/** A progress bar with the rate and the time left, drawn over one line of a terminal. */
export class ProgressBar {
  readonly #output: Output;
  readonly #unit: Unit;
  readonly #now: () => number;
  readonly #start: number;
  #next: number;
  #drawn = false;

  /**
   * @param now - A clock in milliseconds.
   * @param unit - What is counted.
   */
  constructor(output: Output, now: () => number = () => performance.now(), unit: Unit = "bytes") {
    this.#output = output;
    this.#unit = unit;
    this.#now = now;
    this.#start = now();
    this.#next = this.#start + firstAfter;
  }

  /** Draws the bar if it is time to; without a bar where the total is not known (NaN). */
  update(done: number, total: number): void {
    const now = this.#now();
    if (now < this.#next) return;
    this.#next = now + every;
    this.#drawn = true;
    this.#output.write(`\r${progressLine(done, total, (now - this.#start) / 1000, this.#unit)}\x1b[K`);
  }

  /** Takes the bar away. */
  clear(): void {
    if (this.#drawn) this.#output.write("\r\x1b[K");
    this.#drawn = false;
  }
}

/** What a progress bar says after so many seconds. */
export function progressLine(done: number, total: number, seconds: number, unit: Unit = "bytes"): string {
  if (Number.isNaN(total)) return `${formatCount(done)} combinations tried`;
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const full = Math.round(share * barWidth);
  const rate = done / seconds;
  const left = done === 0 ? "" : `, ${formatDuration((total - done) / rate)} left`;
  const speed = unit === "bytes" ? `${formatBytes(Math.round(rate))}/s` : `${formatCount(done)} ${unit}`;
  const percent = String(Math.floor(100 * share)).padStart(3);
  return `${percent} % ${"█".repeat(full)}${"░".repeat(barWidth - full)} ${speed}${left}`;
}

function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${rest} s` : `${rest} s`;
}
