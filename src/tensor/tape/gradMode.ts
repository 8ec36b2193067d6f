import { KullbackError } from "../../errors.js";
import { describeValue } from "../describe.js";

let enabled = true;

/** Whether operations are recorded for `backward` now. */
export function isGradEnabled(): boolean {
  return enabled;
}

/** Runs `body` with recording set to `mode`, and restores what it was, whatever happens. */
export function withGradMode<T>(mode: boolean, body: () => T): T {
  if (typeof body !== "function") {
    throw new KullbackError(
      `${mode ? "enableGrad" : "noGrad"}: wanted a function, got ${describeValue(body)}`,
    );
  }
  const before = enabled;
  enabled = mode;
  try {
    const result = body();
    if (result instanceof Promise) {
      throw new KullbackError(
        `${mode ? "enableGrad" : "noGrad"}: wanted a synchronous function, got one that returns a promise`,
      );
    }
    return result;
  } finally {
    enabled = before;
  }
}

/**
 * Runs `body` without recording: results do not require gradients, as under `torch.no_grad()`.
 * `body` must be synchronous.
 */
export function noGrad<T>(body: () => T): T {
  return withGradMode(false, body);
}

/** Runs `body` with recording, also inside `noGrad`, as under `torch.enable_grad()`. */
export function enableGrad<T>(body: () => T): T {
  return withGradMode(true, body);
}
