/** Statistics over rows: means with their uncertainty, exact quantiles, Student's t. */
export type { Clusters } from "./clusters.js";
export { Mean, undefinedInterval } from "./mean.js";
export { type GroupedValues, orderStatistics } from "./orderStatistics.js";
export { interpolate, quantileRanks } from "./quantile.js";
