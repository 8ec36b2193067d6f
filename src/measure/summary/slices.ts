import type { Estimate, Slice, SliceBucket } from "../comparison.js";
import type { Places, RowFacts } from "../facts/index.js";
import { type Groups, groupName } from "../facts/index.js";
import type { CandidateRows } from "../rows/index.js";
import { type Clusters, interpolate, Mean, orderStatistics, quantileRanks } from "../statistics/index.js";
import type { SummaryContext } from "./context.js";

/** A way to split rows into buckets. */
export interface Slicing {
  readonly by: Slice["by"];
  readonly title: string;
  /** The buckets, in the order to report. */
  readonly buckets: readonly Pick<SliceBucket, "label" | "from" | "to">[];
  /** The bucket of a row by its index in the input and the reference's top probability in it. */
  bucketOf(row: number, confidence: number): number;
  /** What the rows within a bucket are clustered by. */
  readonly clusters: Clusters | undefined;
}

/** All slicings that what is known of rows allows. */
export function slicingsOf({ places, groups, clusters }: RowFacts): Slicing[] {
  return [
    confidenceSlicing(clusters),
    ...(places ? [positionSlicing(places, clusters), chunkSlicing(places, clusters)] : []),
    ...(groups ? [groupSlicing(groups, clusters)] : []),
  ];
}

const confidenceEdges = [0, 0.25, 0.5, 0.75, 0.9, 0.99, 1];

/** By the reference's top probability. */
function confidenceSlicing(clusters: Clusters | undefined): Slicing {
  const buckets = confidenceEdges.slice(1).map((to, i) => {
    const from = confidenceEdges[i];
    return { label: `${from}–${to}`, from, to };
  });
  return {
    by: "confidence",
    title: "the reference's top probability",
    buckets,
    bucketOf: (_row, confidence) => {
      let bucket = 0;
      while (bucket < buckets.length - 1 && confidence >= buckets[bucket].to) bucket++;
      return bucket;
    },
    clusters,
  };
}

/** More positions, or chunks, than this are taken together in runs of equal length. */
const mostPositions = 32;
const mostChunks = 64;

/** By the position in the chunk. */
function positionSlicing(places: Places, clusters: Clusters | undefined): Slicing {
  const { positions, firstPosition } = places;
  const width = Math.ceil(positions / mostPositions);
  const buckets = runs(firstPosition, positions, width);
  return {
    by: "position",
    title: "the position in the chunk",
    buckets,
    bucketOf: (row) => Math.floor((places.positionOf(row) - firstPosition) / width),
    clusters,
  };
}

/** By the chunk; within a chunk, rows are taken as independent if chunks are the clusters. */
function chunkSlicing(places: Places, clusters: Clusters | undefined): Slicing {
  const width = Math.ceil(places.chunks / mostChunks);
  return {
    by: "chunk",
    title: "the chunk",
    buckets: runs(0, places.chunks, width, "chunk"),
    bucketOf: (row) => Math.floor(places.chunkOf(row) / width),
    clusters: clusters?.by === "chunk" && width === 1 ? undefined : clusters,
  };
}

function runs(first: number, count: number, width: number, noun = ""): Slicing["buckets"] {
  return Array.from({ length: Math.ceil(count / width) }, (_, i) => {
    const from = first + i * width;
    const to = Math.min(from + width, first + count);
    const range = to - from === 1 ? `${from}` : `${from}–${to - 1}`;
    const plural = to - from === 1 ? noun : `${noun}s`;
    return { label: noun === "" ? range : `${plural} ${range}`, from, to };
  });
}

/** By a number that a file has for each row. */
function groupSlicing(groups: Groups, clusters: Clusters | undefined): Slicing {
  return {
    by: "group",
    title: groups.by,
    buckets: groups.values.map((value) => ({ label: groupName(groups, value) })),
    bucketOf: (row) => groups.of(row),
    clusters,
  };
}

/** The rows that count, split. */
export function slice(rows: CandidateRows, slicing: Slicing, { unit, capacity }: SummaryContext): Slice {
  const { by, title, buckets, bucketOf, clusters } = slicing;
  const groups = buckets.map(() => ({
    rows: 0,
    infinite: 0,
    kl: new Mean(clusters),
    same: new Mean(clusters),
  }));
  rows.forEach(["confidence", "kl", "sameTop"], ([confidence, kl, same], i, row) => {
    const group = groups[bucketOf(row, confidence[i])];
    group.rows++;
    if (Number.isFinite(kl[i])) group.kl.add(row, kl[i]);
    else group.infinite++;
    group.same.add(row, same[i]);
  });
  const medians = orderStatistics(
    {
      sizes: groups.map((group) => group.rows),
      forEach: (visit) =>
        rows.forEach(["confidence", "kl"], ([confidence, kl], i, row) =>
          visit(kl[i], bucketOf(row, confidence[i])),
        ),
    },
    groups.map((group) => {
      const { low, high } = quantileRanks(group.rows, 0.5);
      return group.rows === 0 ? [] : [low, high];
    }),
    capacity,
  );
  const summaries = groups.map((group, i): SliceBucket => {
    const { share } = quantileRanks(group.rows, 0.5);
    const kl: Estimate =
      group.infinite > 0 ? { value: Infinity, stderr: Number.NaN } : group.kl.estimate(unit);
    const [low, high] = medians[i];
    return {
      ...buckets[i],
      rows: group.rows,
      kl,
      medianKl: interpolate(low, high, share) / unit,
      sameTop: group.same.estimate(),
    };
  });
  return { by, title, buckets: summaries.filter((bucket) => bucket.rows > 0) };
}
