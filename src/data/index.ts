/**
 * Datasets and how to go through them in batches, as `torch.utils.data`.
 *
 * @module
 */
export { type Collated, defaultCollate } from "./collate.js";
export { type CollateOptions, DataLoader, type DataLoaderOptions } from "./dataLoader.js";
export { type Dataset, randomSplit, Subset, TensorDataset } from "./dataset.js";
export { type ProgressOptions, type ProgressOutput, progress } from "./progress.js";
export { type RowSource, RowsDataset } from "./rowsDataset.js";
export type { Sampler } from "./sampler.js";
