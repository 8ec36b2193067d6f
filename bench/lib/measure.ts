import { setTimeout as pause } from "node:timers/promises";
import { describe } from "../contenders/index.js";
import type { Case } from "./cases.js";
import type { ContenderProcess } from "./contender-process.js";
import { agrees, referenceValues } from "./reference.js";

/** How long to measure. */
export interface Plan {
  /** Turns of each contender. */
  rounds: number;
  /** Milliseconds of a turn; a contender computes at least once. */
  turn: number;
  /** Milliseconds of warm-up before the first round. */
  warmUp: number;
}

/** Nanoseconds after which a contender, which must be very slow, gets no more turns. */
const ENOUGH = 5e9;

/** What a contender did with a case. */
export interface Timing {
  /** Nanoseconds of the fastest computation, and of the one in the middle. */
  min: number;
  median: number;
  /** Whether its numbers are those of `referenceValues`. */
  right: boolean;
}

export type Timings = Map<ContenderProcess, Timing>;

/** The value in the middle, or the mean of the two there. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((x, y) => x - y);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** One line about a contender that fails; the others go on. */
function report({ spec }: ContenderProcess, { task, shape }: Case, error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error);
  console.error(`${describe(spec)}: ${task} ${shape.join("×")} skipped: ${reason}`);
}

/** The contenders that can do the case, ready, warm and checked. */
async function makeReady(contenders: readonly ContenderProcess[], wanted: Case, warmUp: number) {
  const reference = referenceValues(wanted);
  const ready = new Map<ContenderProcess, { times: number[]; right: boolean }>();
  for (const contender of contenders) {
    try {
      if (!(await contender.ask({ op: "prepare", case: wanted }))) continue;
      const values = (await contender.ask({ op: "check" })) as number[] | null;
      await contender.ask({ op: "run", ms: warmUp });
      ready.set(contender, { times: [], right: values === null || agrees(values, reference) });
    } catch (error) {
      report(contender, wanted, error);
    }
  }
  return ready;
}

/** Lets the contenders compute the case in turns, round after round. */
export async function measure(
  contenders: readonly ContenderProcess[],
  wanted: Case,
  { rounds, turn, warmUp }: Plan,
): Promise<Timings> {
  const ready = await makeReady(contenders, wanted, warmUp);
  for (let round = 0; round < rounds; round++) {
    for (const [contender, { times }] of ready) {
      if (times.reduce((sum, time) => sum + time, 0) > ENOUGH) continue;
      await pause(20); // Threads of the one before may still spin.
      try {
        times.push(...((await contender.ask({ op: "run", ms: turn })) as number[]));
      } catch (error) {
        report(contender, wanted, error);
        ready.delete(contender);
      }
    }
  }
  const timings: Timings = new Map();
  for (const [contender, { times, right }] of ready) {
    await contender.ask({ op: "release" });
    timings.set(contender, { min: Math.min(...times), median: median(times), right });
  }
  return timings;
}

/** The number that each contender computes for a case whose true result is `truth`, as a relative error. */
export async function relativeErrors(
  contenders: readonly ContenderProcess[],
  wanted: Case,
  truth: number,
): Promise<Map<ContenderProcess, number>> {
  const errors = new Map<ContenderProcess, number>();
  for (const contender of contenders) {
    try {
      if (!(await contender.ask({ op: "prepare", case: wanted }))) continue;
      const values = (await contender.ask({ op: "check" })) as number[] | null;
      if (values !== null) errors.set(contender, (values[0] - truth) / truth);
      await contender.ask({ op: "release" });
    } catch (error) {
      report(contender, wanted, error);
    }
  }
  return errors;
}
