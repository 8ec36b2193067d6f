/** What is known of rows besides their values: labels, groups, chunks and positions, clusters, which were chosen. */

export { type Groups, groupName } from "./integers.js";
export type { Places } from "./places.js";
export { type RowFacts, readRowFacts } from "./rowFacts.js";
export { anySelected, isSelected, type Selection } from "./selection.js";
