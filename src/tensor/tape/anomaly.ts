import { KullbackError } from "../../errors.js";
import { describeValue } from "../describe.js";

let switchedOn = false;
let scopes = 0;

/** Whether operations remember where they were called, and gradients are searched for NaN. */
export function isAnomalyDetected(): boolean {
  return switchedOn || scopes > 0;
}

/**
 * Switches the search for the origin of NaN on or off for all that follows, as
 * `torch.autograd.set_detect_anomaly`; see {@link detectAnomaly}.
 */
export function setDetectAnomaly(mode: boolean): void {
  if (typeof mode !== "boolean") {
    throw new KullbackError(`setDetectAnomaly: wanted true or false, got ${String(mode)}`);
  }
  switchedOn = mode;
}

/**
 * Runs `body` and finds out where a NaN comes from, as under `torch.autograd.detect_anomaly()`. Every recorded
 * operation remembers where it was called, and in `backward` and `grad` it is an error if
 *
 * - an operation's gradient is NaN: the error names the operation, the input, and the place of the call;
 * - the output itself is NaN: the error names the operation whose result was the first to be NaN;
 * - the gradient of an operation fails for another reason: the error is the same, with the place of the call.
 *
 * The error's `cause` has the whole stack of the call. Both the operations and `backward` must run inside. This
 * makes everything slower: it is for debugging, and costs nothing while it is off.
 *
 * @param body - a function; if it returns a promise, the search goes on until that is settled
 */
export function detectAnomaly<T>(body: () => T): T {
  if (typeof body !== "function") {
    throw new KullbackError(`detectAnomaly: wanted a function, got ${describeValue(body)}`);
  }
  scopes++;
  let pending = false;
  try {
    const result = body();
    if (!(result instanceof Promise)) return result;
    pending = true;
    return result.finally(() => {
      scopes--;
    }) as T;
  } finally {
    if (!pending) scopes--;
  }
}

/** Where an operation was called, and whether NaN came out of it. */
export interface Trace {
  /** An error that was made at the call, for its stack. */
  readonly call: Error;
  readonly gaveNan: boolean;
}

/** How many calls deep an operation's place is looked for. */
const DEPTH = 64;

/** The trace of an operation called now. */
export function traceOf(name: string, gaveNan: boolean): Trace {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = DEPTH;
  const call = new Error(`the call of the operation that ${name} belongs to`);
  Error.stackTraceLimit = before;
  return { call, gaveNan };
}

/** The place of a call in the user's program, as `, called at …`; empty if that cannot be told. */
export function describeCall({ call }: Trace): string {
  const frames = (call.stack ?? "").split("\n").filter((line) => /:\d+:\d+\)?$/.test(line));
  // The first frame is that of `traceOf`: what lies in the same folder is the library, unless both are in one file.
  const library = /[^(@]*[\\/](?:dist|src)[\\/]/.exec(frames[0] ?? "")?.[0];
  const frame = library && frames.find((line) => !line.includes(library));
  return frame ? `, called at ${frame.trim().replace(/^at /, "")}` : "";
}
