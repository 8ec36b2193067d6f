/** The edges of bins, ascending, and of equal width. */
export type Edges = Float64Array;

function range(values: Float64Array): [min: number, max: number] {
  return [
    values.reduce((a, b) => Math.min(a, b), Infinity),
    values.reduce((a, b) => Math.max(a, b), -Infinity),
  ];
}

/** NumPy's edges for bins of about `width`: as many equal ones as cover the range; one bin for width 0. */
function edgesOfWidth(values: Float64Array, width: number): Edges {
  const [min, max] = range(values);
  return equalEdges(min, max, width > 0 ? Math.ceil((max - min) / width) : 1);
}

/** Edges of `bins` equal bins, as `numpy.linspace` gives them; ±0.5 about a single value. */
export function equalEdges(min: number, max: number, bins: number): Edges {
  if (min === max) return equalEdges(min - 0.5, max + 0.5, bins);
  const step = (max - min) / bins;
  return Float64Array.from({ length: bins + 1 }, (_, i) => (i === bins ? max : min + i * step));
}

/** `numpy.histogram_bin_edges(values, "sturges")`: width range / (log₂ n + 1). */
export function sturgesEdges(values: Float64Array): Edges {
  const [min, max] = range(values);
  return edgesOfWidth(values, (max - min) / (Math.log2(values.length) + 1));
}

/**
 * `numpy.histogram_bin_edges(values, "doane")`: Sturges' with more bins for skewed values.
 *
 * Reference: Doane (1976), Aesthetic frequency classifications, doi:10.1080/00031305.1976.10479172.
 */
export function doaneEdges(values: Float64Array): Edges {
  const n = values.length;
  const mean = values.reduce((sum, x) => sum + x, 0) / n;
  const deviation = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / n);
  if (n <= 2 || deviation === 0) return edgesOfWidth(values, 0);
  const skewness = values.reduce((sum, x) => sum + ((x - mean) / deviation) ** 3, 0) / n;
  const deviationOfSkewness = Math.sqrt((6 * (n - 2)) / ((n + 1) * (n + 3)));
  const [min, max] = range(values);
  const bins = 1 + Math.log2(n) + Math.log2(1 + Math.abs(skewness) / deviationOfSkewness);
  return edgesOfWidth(values, (max - min) / bins);
}

/** The share of values in each bin: from an edge up to the next, the last bin with both; others in none. */
export function shares(values: Float64Array, edges: Edges): Float64Array {
  const counts = new Float64Array(edges.length - 1);
  const last = counts.length - 1;
  for (const x of values) {
    if (!(x >= edges[0] && x <= edges[last + 1])) continue;
    let bin = Math.min(last, Math.floor(((x - edges[0]) / (edges[last + 1] - edges[0])) * (last + 1)));
    while (bin > 0 && x < edges[bin]) bin--;
    while (bin < last && x >= edges[bin + 1]) bin++;
    counts[bin]++;
  }
  return counts.map((count) => count / values.length);
}

/** The share of each of `keys` among values. */
export function sharesOfKeys(values: Float64Array, keys: readonly number[]): Float64Array {
  const counts = new Map<number, number>();
  for (const x of values) counts.set(x, (counts.get(x) ?? 0) + 1);
  return Float64Array.from(keys, (key) => (counts.get(key) ?? 0) / values.length);
}
