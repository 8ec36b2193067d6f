/** Nanoseconds per element of `run`, which works on `elements`: the minimum over about half a second. */
export function nanoseconds(elements: number, run: () => void, milliseconds = 500): number {
  const start = performance.now();
  let best = Number.POSITIVE_INFINITY;
  while (performance.now() - start < milliseconds) {
    const before = performance.now();
    run();
    best = Math.min(best, performance.now() - before);
  }
  return (best * 1e6) / elements;
}

/** Prints one line of results, two decimals each. */
export function table(title: string, results: Record<string, number>): void {
  const cells = Object.entries(results).map(([name, value]) => `${name} ${value.toFixed(2)}`);
  console.log(`${title.padEnd(24)} ${cells.join("   ")}`);
}
