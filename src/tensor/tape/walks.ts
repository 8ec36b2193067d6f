let walks = 0;

/** The number of a new walk through a graph. */
export function beginWalk(): number {
  return ++walks;
}

/** The number of the walk that began last: what was computed during another may be gone. */
export function latestWalk(): number {
  return walks;
}
