const blocks = [..."▁▂▃▄▅▆▇█"];

/** Bars of eight heights, one a number, relative to the greatest; nothing where it is 0. */
export function spark(values: readonly number[]): string {
  const most = Math.max(...values);
  return values.map((x) => (x > 0 ? blocks[Math.min(7, Math.ceil((8 * x) / most) - 1)] : " ")).join("");
}

/** The same for positive numbers of different orders of magnitude, the least to the greatest; `∞` for infinity. */
export function logSpark(values: readonly number[]): string {
  const logs = values.filter((x) => x > 0 && x < Infinity).map(Math.log);
  const low = Math.min(...logs);
  const span = Math.max(...logs) - low;
  return values
    .map((x) => {
      if (x === Infinity) return "∞";
      if (!(x > 0)) return " ";
      return blocks[span === 0 ? 3 : Math.round((7 * (Math.log(x) - low)) / span)];
    })
    .join("");
}
