/** Statistics over rows: means with their uncertainty, exact quantiles, Student's t. */
export type { Clusters } from "./clusters.js";
export { Mean, undefinedInterval } from "./mean.js";
export { Moments } from "./moments.js";
export { type GroupedValues, orderStatistics } from "./orderStatistics.js";
export { Proportion } from "./proportion.js";
export { interpolate, quantileRanks } from "./quantile.js";
export { quantileOfSorted, Samples } from "./samples.js";
