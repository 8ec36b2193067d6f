let walks = 0;

/** Counts one more walk through a graph. */
export function beginWalk(): void {
  walks++;
}

/** The number of the walk that began last: what was computed during another may be gone. */
export function latestWalk(): number {
  return walks;
}
