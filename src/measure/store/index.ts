/** What is known of every row, in memory or on disk. */
export { Journal } from "./journal.js";
export type { ColumnArray, ColumnSpec } from "./layout.js";
export { RowBlock } from "./rowBlock.js";
export { RowStore, type StorePiece } from "./rowStore.js";
