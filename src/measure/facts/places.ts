import { KullbackError } from "../../errors.js";
import type { Clusters } from "../statistics/index.js";

/** Where rows are: in chunks (documents, windows of context), each at a position. */
export interface Places {
  readonly chunks: number;
  /** The chunk of a row, from 0. */
  chunkOf(row: number): number;
  /** The least position, and how many there are from it on. */
  readonly firstPosition: number;
  readonly positions: number;
  /** The position of a row in its chunk. */
  positionOf(row: number): number;
}

/**
 * Places of `rows` rows, `positions` of which make a chunk.
 *
 * @throws KullbackError if that leaves a chunk incomplete.
 */
export function regularPlaces(rows: number, positions: number): Places {
  if (!Number.isInteger(positions) || positions < 1 || rows % positions !== 0) {
    throw new KullbackError(
      `compare: wanted a number of positions that divides the ${rows} rows into chunks, got ${positions}`,
    );
  }
  return {
    chunks: rows / positions,
    chunkOf: (row) => Math.floor(row / positions),
    firstPosition: 0,
    positions,
    positionOf: (row) => row % positions,
  };
}

/** Places as a format lists them: the chunk, from 0, and the position of each row. */
export function listedPlaces(chunk: Int32Array, position: Int32Array): Places {
  const [first, last] = [
    position.reduce((a, b) => Math.min(a, b)),
    position.reduce((a, b) => Math.max(a, b)),
  ];
  return {
    chunks: chunk.reduce((a, b) => Math.max(a, b)) + 1,
    chunkOf: (row) => chunk[row],
    firstPosition: first,
    positions: last - first + 1,
    positionOf: (row) => position[row],
  };
}

/** Chunks as clusters: the rows of a chunk were computed from each other. */
export function chunkClusters(places: Places): Clusters {
  return { by: "chunk", count: places.chunks, of: places.chunkOf };
}
