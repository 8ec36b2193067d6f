import type { Estimate, SliceBucket } from "../measure/index.js";

/**
 * Neighbouring buckets put together, so that at most `most` are left: means weighted by rows, standard errors
 * as of independent buckets. The median of several buckets is not known, and so NaN.
 */
export function mergeBuckets(buckets: readonly SliceBucket[], most: number): SliceBucket[] {
  const step = Math.ceil(buckets.length / most);
  if (step <= 1) return [...buckets];
  const merged: SliceBucket[] = [];
  for (let i = 0; i < buckets.length; i += step) merged.push(together(buckets.slice(i, i + step)));
  return merged;
}

function together(buckets: readonly SliceBucket[]): SliceBucket {
  const [first] = buckets;
  const last = buckets.at(-1)!;
  if (buckets.length === 1) return first;
  return {
    label: `${first.label} … ${last.label}`,
    from: first.from,
    to: last.to,
    rows: buckets.reduce((sum, { rows }) => sum + rows, 0),
    kl: weighted(buckets, "kl"),
    medianKl: Number.NaN,
    sameTop: weighted(buckets, "sameTop"),
  };
}

function weighted(buckets: readonly SliceBucket[], key: "kl" | "sameTop"): Estimate {
  const rows = buckets.reduce((sum, bucket) => sum + bucket.rows, 0);
  return {
    value: buckets.reduce((sum, bucket) => sum + bucket[key].value * bucket.rows, 0) / rows,
    stderr: Math.hypot(...buckets.map((bucket) => bucket[key].stderr * bucket.rows)) / rows,
  };
}
