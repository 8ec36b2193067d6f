/** What is reported of rows: summaries of candidates, their ranking and differences. */
export { type SummaryRequest, summarise } from "./candidate.js";
export { histogramEdges, positiveRange } from "./histogram.js";
export { markParetoFront, pairedDifference, rank } from "./ranking.js";
export { slicingsOf } from "./slices.js";
export { likeliestOfRows, likeliestOfSides, type RowSources } from "./topClasses.js";
