import { type Comparison, comparedMeasures } from "../../src/measure/index.js";

type Candidate = Comparison["candidates"][number];
type Summary = Candidate["measures"][string];

/** What a made comparison is like. All parts that can be absent are present by default. */
export interface FixtureOptions {
  names?: string[];
  rows?: number;
  /** Rows with an infinite KL, of the last candidate. */
  infinite?: number;
  labels?: boolean;
  sizes?: boolean;
  /** Entropies, top-k overlap and the rank of the top. */
  more?: boolean;
  measures?: string[];
  worst?: number;
  chunks?: number;
  slices?: boolean;
  floor?: boolean;
}

/** Pseudorandom numbers from 0 to 1 (Lehmer's generator), the same in every run. */
export function generator(seed: number): () => number {
  let state = (seed % 2147483646) + 1;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

/** A comparison as the engine makes them, with values of KL drawn log-normally, the same in every run. */
export function comparisonFixture(options: FixtureOptions = {}): Comparison {
  const { rows = 2000, labels = true, more = true, floor = true } = options;
  const names = options.names ?? ["runs/int8.npy", "runs/int6.npy", "runs/int4.npy", "runs/int3.npy"];
  const measures = options.measures ?? ["kl", "reverse-kl", "js", "tv"];
  const full = { ...options, rows, labels, more, measures };
  const draws = names.map((_, i) =>
    drawRows(rows, i, names.length, i === names.length - 1 ? (options.infinite ?? 0) : 0),
  );
  const candidates = names.map((name, i) => candidate(name, i, draws[i], full));
  markPareto(candidates);
  const ranking = names
    .map((_, i) => i)
    .sort((i, j) => candidates[i].measures.kl.mean - candidates[j].measures.kl.mean || i - j);
  return {
    schema: "kullback.compare/2",
    version: "1.0.0",
    reference: input("runs/base.npy", rows),
    convention: "math",
    from: "logits",
    found: "values from -29.49 to 22.82",
    dim: [1],
    rows,
    classes: 4096,
    bound: "exact",
    unit: "nats",
    direction: "KL(P‖Q), P the reference",
    measures,
    selection: null,
    clusters: rows < 40 ? null : { by: "chunk", count: 8 },
    labels: labels ? { ...input("runs/labels.npy", rows), dtype: "int32", shape: [rows] } : null,
    rowFiles: [],
    candidates,
    ranking,
    differences: ranking
      .slice(1)
      .map((worse, k) => difference(ranking[k], worse, draws[ranking[k]], draws[worse])),
    floor: floor
      ? { ...candidate("runs/base-again.npy", -4, drawRows(rows, -4, 4, 0), full), labels: null }
      : null,
    notes: [],
  };
}

function input(name: string, rows: number): Comparison["reference"] {
  return {
    name,
    format: "npy",
    dtype: "float32",
    shape: [rows, 4096],
    size: 128 + rows * 4096 * 4,
    hash: {
      algorithm: "sha256",
      value: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
      coverage: "whole",
    },
    tokens: null,
  };
}

interface Draw {
  kl: number[];
  confidence: number[];
  position: number[];
}

function drawRows(rows: number, index: number, of: number, infinite: number): Draw {
  const random = generator(7);
  const own = generator(index + 100);
  const confidence = Array.from({ length: rows }, () => Math.sqrt(random()));
  const kl = confidence.map((c, i) => {
    if (i < infinite) return Infinity;
    const normal = Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * own());
    return 10 ** (-4.3 + (3.6 * index) / Math.max(1, of - 1)) * Math.exp(1.1 * normal) * (1.2 - c);
  });
  return { kl, confidence, position: confidence.map((_, i) => i % 32) };
}

function candidate(name: string, index: number, draw: Draw, options: FixtureOptions): Candidate {
  const { rows = 0, labels, more, sizes = true, slices = true, worst = 5 } = options;
  const { kl } = draw;
  const finite = kl.filter(Number.isFinite);
  const scale: Record<string, (x: number) => number> = {
    kl: (x) => x,
    "reverse-kl": (x) => 1.04 * x,
    jeffreys: (x) => 2.04 * x,
    js: (x) => Math.min(Math.LN2, x / 4),
    tv: (x) => Math.min(1, 0.6 * Math.sqrt(x / 2)),
    hellinger: (x) => Math.min(1, Math.sqrt(x / 8)),
  };
  const measures = Object.fromEntries(
    (options.measures ?? []).map((key) => [key, summary(kl.map(scale[key] ?? ((x) => x / 2)))]),
  );
  const same = share(kl.map((x) => Number(x < 0.2)));
  const drift = finite.length === 0 ? 0.6 : Math.min(0.6, summary(finite).mean);
  return {
    ...input(name, rows),
    rows,
    excluded: [],
    modelBytes: sizes && index >= 0 ? Math.round(8e9 / (index + 1) ** 0.7) : null,
    pareto: null,
    measures,
    sameTop: same,
    topOverlap: more ? Array.from({ length: 10 }, (_, k) => 0.99 - 0.01 * (k + Math.max(0, index))) : null,
    rankOfTop: more ? { mean: 1.02, median: 1, p99: 2, max: 14 } : null,
    entropy: more
      ? {
          reference: { value: 2.103, stderr: 0.031 },
          candidate: { value: 2.103 + drift, stderr: 0.031 },
          cross: { value: 2.103 + drift, stderr: 0.032 },
        }
      : null,
    labels: labels
      ? {
          rows: Math.max(0, rows - 3),
          ignored: 3,
          perplexity: {
            reference: 8.127,
            candidate: 8.127 * (1 + drift),
            ratio: 1 + drift,
            logRatioStderr: 0.0012,
          },
          deltaP: { mean: -0.01 * (index + 1), stderr: 0.0004, rms: 0.02 * (index + 1) },
        }
      : null,
    histogram: histogram(kl),
    cdf: cdf(finite, kl.length),
    slices: slices
      ? [byConfidence(draw), byPosition(draw), ...(options.chunks ? [byChunk(draw, options.chunks)] : [])]
      : [],
    worst: kl
      .map((value, row) => ({ row, kl: value }))
      .sort((a, b) => b.kl - a.kl || a.row - b.row)
      .slice(0, worst)
      .map(({ row, kl }) => worstRow(row, kl)),
    llamaCpp: null,
  };
}

function worstRow(row: number, kl: number): Candidate["worst"][number] {
  const random = generator(row + 1);
  const classes = Array.from({ length: 7 }, () => Math.floor(random() * 400));
  const p = [0.51, 0.22, 0.11, 0.06, 0.03, 0.012, 0.004];
  const q = [0.23, 0.41, 0.06, 0.02, 0.08, 0.05, 0.015];
  const all = [...new Set(classes)].map((c, i) => ({ class: c, p: p[i], q: q[i] }));
  return {
    row,
    kl,
    chunk: Math.floor(row / 32),
    position: row % 32,
    label: all[1].class,
    topReference: all.slice(0, 5),
    topCandidate: [...all].sort((a, b) => b.q - a.q).slice(0, 5),
  };
}

/** The sample's moments and quantiles. */
export function summary(values: readonly number[]): Summary {
  const sorted = [...values].sort((a, b) => a - b);
  const finite = values.filter(Number.isFinite);
  const all = share(values);
  const some = share(finite);
  const at = (p: number) => {
    const x = p * (sorted.length - 1);
    const low = sorted[Math.floor(x)];
    const weight = x - Math.floor(x);
    return weight === 0 || low === Infinity ? low : low + weight * (sorted[Math.ceil(x)] - low);
  };
  const infinite = values.flatMap((x, i) => (Number.isFinite(x) ? [] : [i]));
  return {
    mean: all.value,
    stderr: all.stderr,
    interval: {
      level: 0.95,
      low: all.value * Math.exp((-2.36 * all.stderr) / all.value),
      high: all.value * Math.exp((2.36 * all.stderr) / all.value),
      method: "Student t on the log of cluster means",
    },
    min: sorted[0],
    p1: at(0.01),
    p5: at(0.05),
    p10: at(0.1),
    median: at(0.5),
    p90: at(0.9),
    p95: at(0.95),
    p99: at(0.99),
    p999: at(0.999),
    max: sorted.at(-1)!,
    infinite: { count: infinite.length, first: infinite.slice(0, 10) },
    finiteMean: some.value,
    finiteStderr: some.stderr,
  };
}

function share(values: readonly number[]) {
  const n = values.length;
  const value = values.reduce((a, b) => a + b, 0) / n;
  const stderr = Math.sqrt(values.reduce((a, b) => a + (b - value) ** 2, 0) / (n - 1) / n);
  return { value, stderr };
}

function histogram(kl: readonly number[]): Candidate["histogram"] {
  const edges = Array.from({ length: 49 }, (_, i) => -10 + i / 4);
  const counts = new Array<number>(48).fill(0);
  let [zero, below, infinite] = [0, 0, 0];
  for (const x of kl) {
    const bin = Math.floor((Math.log10(x) + 10) * 4);
    if (x === 0) zero++;
    else if (!Number.isFinite(x)) infinite++;
    else if (bin < 0) below++;
    else counts[Math.min(47, bin)]++;
  }
  return { edges, counts, zero, below, infinite };
}

function cdf(finite: readonly number[], total: number): [number, number][] {
  const sorted = [...finite].sort((a, b) => a - b);
  const points = Math.min(200, sorted.length);
  return Array.from({ length: points }, (_, k) => {
    const i = points === 1 ? 0 : Math.round((k * (sorted.length - 1)) / (points - 1));
    return [sorted[i], (i + 1) / total];
  });
}

function bucket(label: string, kl: readonly number[], range: { from?: number; to?: number } = {}) {
  const { median } = summary(kl);
  return {
    label,
    ...range,
    rows: kl.length,
    kl: share(kl),
    medianKl: median,
    sameTop: share(kl.map((x) => Number(x < 0.2))),
  };
}

function byConfidence({ kl, confidence }: Draw): Candidate["slices"][number] {
  const edges = [0, 0.25, 0.5, 0.75, 0.9, 0.99, 1];
  const buckets = edges.slice(1).flatMap((to, i) => {
    const from = edges[i];
    const inside = kl.filter((_, row) => confidence[row] >= from && (confidence[row] < to || to === 1));
    return inside.length === 0 ? [] : [bucket(`${from}–${to}`, inside, { from, to })];
  });
  return { by: "confidence", title: "the reference's top probability", buckets };
}

function byPosition({ kl, position }: Draw): Candidate["slices"][number] {
  const buckets = Array.from({ length: 32 }, (_, at) => at).flatMap((at) => {
    const inside = kl.filter((_, row) => position[row] === at);
    return inside.length === 0 ? [] : [bucket(String(at), inside, { from: at, to: at + 1 })];
  });
  return { by: "position", title: "position in the context", buckets };
}

function byChunk({ kl }: Draw, chunks: number): Candidate["slices"][number] {
  const buckets = Array.from({ length: chunks }, (_, c) =>
    bucket(
      `chunk ${c}`,
      kl.filter((_, row) => row % chunks === c),
    ),
  );
  return { by: "chunk", title: "chunk", buckets };
}

function difference(better: number, worse: number, a: Draw, b: Draw): Comparison["differences"][number] {
  const paired = share(b.kl.map((x, i) => x - a.kl[i]));
  const half = 2.36 * paired.stderr;
  return {
    better,
    worse,
    rows: a.kl.length,
    difference: paired,
    interval: { level: 0.95, low: paired.value - half, high: paired.value + half, method: "Student t" },
    pValue: Number.isFinite(paired.stderr) ? Math.exp(-Math.abs(paired.value / paired.stderr)) : null,
  };
}

function markPareto(candidates: Candidate[]): void {
  const better = (a: Candidate, b: Candidate) =>
    a.modelBytes! <= b.modelBytes! &&
    a.measures.kl.mean <= b.measures.kl.mean &&
    (a.modelBytes! < b.modelBytes! || a.measures.kl.mean < b.measures.kl.mean);
  for (const candidate of candidates) {
    if (candidate.modelBytes === null) continue;
    candidate.pareto = !candidates.some((other) => other.modelBytes !== null && better(other, candidate));
  }
}

/** Names that would do harm where they are not escaped. */
export const hostileNames = [
  "<script>alert(1)</script>.npy",
  '"><img src=x onerror=alert(1)>',
  "'-->]]></style></svg><script>alert(2)</script>",
  "a|b`c``d*_[x](javascript:alert(1))",
  '=1+1,"quoted"\nsecond line\u001b[31m',
  "\u202egnp.exe &amp; &lt;b&gt;",
  `${"very-".repeat(60)}long.npy`,
];

/** All the measures there are, Rényi's with two orders. */
export const allMeasures = [...comparedMeasures.filter((key) => key !== "renyi"), "renyi-0.5", "renyi-2"];
