import type { Slice } from "../../measure/index.js";
import { escapeControls, shorten } from "../names.js";
import { formatCount, formatNumber, formatPercent } from "../numbers.js";
import type { Ranked } from "../ranked.js";
import { mergeBuckets } from "../slices.js";
import { lineWidth, splitTable } from "../table.js";
import { heading, label } from "./overview.js";
import { logSpark } from "./spark.js";

/** Slices of more buckets than this are a line of bars a candidate, not columns of a table. */
const mostColumns = 7;

/** The mean KL by confidence, position, chunk and group. */
export function slices(ranked: readonly Ranked[]): string[][] {
  const kinds = ranked[0].candidate.slices.map(({ by }) => by);
  return kinds.flatMap((by) => {
    const entries = ranked.flatMap((entry) => {
      const slice = entry.candidate.slices.find((other) => other.by === by);
      return slice === undefined || slice.buckets.length === 0 ? [] : [{ entry, slice }];
    });
    if (entries.length === 0) return [];
    return entries[0].slice.buckets.length <= mostColumns ? columns(entries, ranked) : bars(entries, ranked);
  });
}

interface Entry {
  entry: Ranked;
  slice: Slice;
}

function columns(entries: readonly Entry[], ranked: readonly Ranked[]): string[][] {
  const { by, buckets } = entries[0].slice;
  const labels = buckets.map((bucket) => shorten(escapeControls(bucket.label), 12));
  const first = entries[0];
  return splitTable(
    [
      [heading(ranked, `By ${by}`), ...labels],
      ...entries.map(({ entry, slice }) => [
        label(entry, ranked.length),
        ...labels.map((_, i) => formatNumber(slice.buckets[i]?.kl.value ?? Number.NaN, 3)),
      ]),
      [heading(ranked, "rows"), ...first.slice.buckets.map(({ rows }) => formatCount(rows))],
      ...(entries.length === 1
        ? [[heading(ranked, "same top %"), ...buckets.map(({ sameTop }) => formatPercent(sameTop.value))]]
        : []),
    ],
    15,
  );
}

function bars(entries: readonly Entry[], ranked: readonly Ranked[]): string[][] {
  const { by, buckets } = entries[0].slice;
  const ordered = by === "confidence" || by === "position";
  const last = buckets.length - 1;
  const range = ordered
    ? `, ${buckets[0].from ?? buckets[0].label} to ${buckets[last].to ?? buckets[last].label}`
    : `, ${formatCount(buckets.length)} of them`;
  const width = 18;
  const lines = entries.map(({ entry, slice }) => {
    const values = mergeBuckets(slice.buckets, 32).map(({ kl }) => kl.value);
    const least = formatNumber(Math.min(...slice.buckets.map(({ kl }) => kl.value)), 3);
    const most = formatNumber(Math.max(...slice.buckets.map(({ kl }) => kl.value)), 3);
    const name = shorten(label(entry, ranked.length), width).padEnd(width);
    return `${name}  ${logSpark(values)}  ${least} to ${most}`.slice(0, lineWidth);
  });
  return [[escapeControls(`KL by ${by}${range}, logarithmic`), ...lines]];
}
