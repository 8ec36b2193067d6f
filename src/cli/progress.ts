import { formatBytes } from "../report/index.js";
import type { Output } from "./io.js";

const barWidth = 24;
/** Nothing is drawn in the first moment, so that short work leaves no flicker; then ten times a second. */
const firstAfter = 300;
const every = 100;

/** A progress bar with the rate and the time left, drawn over one line of a terminal. */
export class ProgressBar {
  readonly #output: Output;
  readonly #now: () => number;
  readonly #start: number;
  #next: number;
  #drawn = false;

  /** @param now - A clock in milliseconds. */
  constructor(output: Output, now: () => number = () => performance.now()) {
    this.#output = output;
    this.#now = now;
    this.#start = now();
    this.#next = this.#start + firstAfter;
  }

  /** Draws the bar if it is time to. */
  update(bytes: number, totalBytes: number): void {
    const now = this.#now();
    if (now < this.#next) return;
    this.#next = now + every;
    this.#drawn = true;
    this.#output.write(`\r${progressLine(bytes, totalBytes, (now - this.#start) / 1000)}\x1b[K`);
  }

  /** Takes the bar away. */
  clear(): void {
    if (this.#drawn) this.#output.write("\r\x1b[K");
    this.#drawn = false;
  }
}

/** What a progress bar says after so many seconds. */
export function progressLine(bytes: number, totalBytes: number, seconds: number): string {
  const share = totalBytes === 0 ? 1 : Math.min(1, bytes / totalBytes);
  const full = Math.round(share * barWidth);
  const rate = bytes / seconds;
  const left = bytes === 0 ? "" : `, ${formatDuration((totalBytes - bytes) / rate)} left`;
  const percent = String(Math.floor(100 * share)).padStart(3);
  return `${percent} % ${"█".repeat(full)}${"░".repeat(barWidth - full)} ${formatBytes(Math.round(rate))}/s${left}`;
}

function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${rest} s` : `${rest} s`;
}
