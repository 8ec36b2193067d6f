import * as Plot from "@observablehq/plot";
import type { Slice, SliceBucket } from "../../../measure/index.js";
import { escapeControls, shorten } from "../../names.js";
import { mergeBuckets } from "../../slices.js";
import type { Html } from "../escape.js";
import { limits } from "../limits.js";
import type { Series } from "../series.js";
import { mark } from "./distribution.js";
import { decades, figure, logDomain } from "./figure.js";
import { legend } from "./legend.js";

/** One candidate's buckets. */
export interface SliceOf {
  series: Series;
  slice: Slice;
}

interface Point {
  x: string | number;
  y: number;
  low: number;
  high: number;
}

/** Mean KL by confidence or position (lines), or by chunk or group (dots); nothing if no mean is positive and finite. */
export function sliceFigure(slices: readonly SliceOf[], unit: string): Html | "" {
  const { by } = slices[0].slice;
  const domain = logDomain(slices.flatMap(({ slice }) => slice.buckets.map(({ kl }) => kl.value)));
  if (domain === null) return "";
  return by === "confidence" || by === "position" ? lines(slices, domain, unit) : dots(slices, domain, unit);
}

const titles = {
  confidence: "KL by the reference’s confidence",
  position: "KL by position",
  chunk: "KL by chunk",
  group: "KL by group",
} as const;

function lines(slices: readonly SliceOf[], domain: [number, number], unit: string): Html {
  const { by } = slices[0].slice;
  const missing = slices.some(({ slice }) => slice.buckets.some(({ kl }) => !Number.isFinite(kl.value)));
  const merged = slices.map(({ series, slice }) => ({
    series,
    buckets: by === "position" ? mergeBuckets(slice.buckets, limits.buckets) : slice.buckets,
  }));
  const ordinal = by === "confidence" || merged[0].buckets.some(({ from }) => from === undefined);
  const x = (bucket: SliceBucket) =>
    ordinal
      ? shorten(escapeControls(bucket.label), 14)
      : (bucket.from! + (bucket.to ?? bucket.from!) - 1) / 2;
  const few = merged[0].buckets.length <= 12;
  return figure({
    id: `by-${by}`,
    title: titles[by],
    description: `Mean KL of the rows of each bucket, a line for each candidate. The table below has the numbers.`,
    caption: [
      by === "confidence"
        ? "Rows by the largest probability of the reference, from unsure to sure."
        : "Rows by their place in the context.",
      ` Mean KL(P‖Q) in ${unit} on a logarithmic axis; bars are ± one standard error.`,
      missing ? " Buckets whose mean is infinite are not drawn." : "",
    ],
    legend: legend(slices.map(({ series }) => series)),
    draw: (width) => ({
      width,
      height: width > 500 ? 320 : 280,
      marginLeft: 48,
      marginRight: 16,
      marginBottom: ordinal && width < 500 ? 56 : 34,
      x: ordinal
        ? { type: "point", label: null, padding: 0.3, domain: merged[0].buckets.map(x) }
        : { label: null, inset: 8 },
      y: { domain, label: null },
      marks: [
        Plot.gridY({ ticks: decades(domain, 8).ticks, strokeOpacity: 1, stroke: "var(--line)" }),
        Plot.axisX({
          tickSize: 4,
          ...(ordinal ? { tickRotate: width < 500 ? -40 : 0 } : { ticks: width / 70 }),
        }),
        Plot.axisY({ ...decades(domain, 8), tickSize: 0 }),
        ...merged.flatMap(({ series, buckets }) => {
          const points = buckets
            .map((bucket) => point(x(bucket), bucket, domain))
            .filter(({ y }) => Number.isFinite(y));
          const dx = few
            ? 3 * (slices.findIndex((entry) => entry.series === series) - (slices.length - 1) / 2)
            : 0;
          return [
            Plot.line(points, {
              x: "x",
              y: "y",
              dx,
              stroke: series.color,
              strokeWidth: 2,
              strokeDasharray: series.dash,
            }),
            ...(few || points.length <= limits.buckets
              ? [
                  Plot.ruleX(points, {
                    x: "x",
                    y1: "low",
                    y2: "high",
                    dx,
                    stroke: series.color,
                    strokeOpacity: 0.7,
                  }),
                ]
              : []),
            Plot.dot(
              points.filter((_, i) => few || i % 4 === 0),
              { x: "x", y: "y", dx, symbol: series.symbol, ...mark(series), r: 4 },
            ),
          ];
        }),
      ],
    }),
  });
}

function point(x: string | number, { kl }: SliceBucket, [bottom]: [number, number]): Point {
  const log = (value: number) => (value > 0 ? Math.max(bottom, Math.log10(value)) : bottom);
  const stderr = Number.isFinite(kl.stderr) ? kl.stderr : 0;
  return {
    x,
    y: kl.value > 0 && kl.value < Infinity ? Math.log10(kl.value) : Number.NaN,
    low: log(kl.value - stderr),
    high: log(kl.value + stderr),
  };
}

function dots(slices: readonly SliceOf[], domain: [number, number], unit: string): Html {
  const { by, buckets } = slices[0].slice;
  // With many buckets, the ones that are hardest for the candidates.
  const order = buckets
    .map((_, i) => ({ i, kl: Math.max(...slices.map(({ slice }) => slice.buckets[i]?.kl.value ?? 0)) }))
    .sort((a, b) => b.kl - a.kl || a.i - b.i);
  const chosen = new Set(order.slice(0, limits.buckets).map(({ i }) => i));
  const label = (bucket: SliceBucket, i: number) => `${i}\u0000${shorten(escapeControls(bucket.label), 18)}`;
  const shownBuckets = buckets.flatMap((bucket, i) => (chosen.has(i) ? [label(bucket, i)] : []));
  return figure({
    id: `by-${by}`,
    title: titles[by],
    description: `Mean KL of the rows of each ${by}, a symbol for each candidate. The table below has the numbers.`,
    caption: [
      `Mean KL(P‖Q) in ${unit} on a logarithmic axis, by ${slices[0].slice.title}.`,
      buckets.length > chosen.size ? ` Of ${buckets.length}, the ${chosen.size} with the largest.` : "",
    ],
    legend: legend(slices.map(({ series }) => series)),
    draw: (width) => ({
      width,
      height: 20 * shownBuckets.length + 50,
      marginLeft: 112,
      marginRight: 14,
      marginTop: 8,
      marginBottom: 30,
      x: { domain, label: null },
      y: { type: "point", domain: shownBuckets, label: null, padding: 0.5 },
      marks: [
        Plot.gridY({ strokeOpacity: 1, stroke: "var(--line)" }),
        Plot.axisX({ ...decades(domain, width / 70), tickSize: 4 }),
        Plot.axisY({ tickSize: 0, tickFormat: (text: string) => text.slice(text.indexOf("\u0000") + 1) }),
        ...slices.map(({ series, slice }) =>
          Plot.dot(
            slice.buckets.flatMap((bucket, i) => {
              const { y } = point("", bucket, domain);
              return chosen.has(i) && Number.isFinite(y) ? [{ x: y, y: label(buckets[i], i) }] : [];
            }),
            { x: "x", y: "y", symbol: series.symbol, ...mark(series), r: 4 },
          ),
        ),
      ],
    }),
  });
}
