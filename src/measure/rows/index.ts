/** Going through the rows: blocks of them read and computed, and the columns that are kept of each. */

export { type CandidateRows, unselected } from "./candidateColumns.js";
export { type BucketInput, compareBuckets, readSides } from "./compareBuckets.js";
export { type CompareRowsOptions, compareRows, type RowSink } from "./compareRows.js";
export { llamaCppOf } from "./llamaCppColumns.js";
export { RowCollector } from "./rowCollector.js";
export { likeliestKnown, logProbOf } from "./rowSide.js";
export { type RowTable, type RowTableColumn, type RowTablePiece, rowTable } from "./rowTable.js";
export { type BucketSide, topKBuckets } from "./topKBuckets.js";
