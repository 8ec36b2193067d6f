const shown = new Set<string>();

let handler: ((message: string) => void) | null = (message) => console.warn(`Warning: ${message}`);

/**
 * Where warnings go: by default to `console.warn`. `null` silences them.
 *
 * ```ts
 * setWarningHandler(null); // as warnings.filterwarnings("ignore") in Python
 * ```
 */
export function setWarningHandler(to: ((message: string) => void) | null): void {
  handler = to;
}

/** Warns about a call that works but is probably not meant: each text once per process. @internal */
export function warn(message: string): void {
  if (shown.has(message)) return;
  shown.add(message);
  handler?.(message);
}
