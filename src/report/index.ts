/** Renderings of a comparison. */
export { renderJson, toJson } from "./json.js";
export { formatBytes, formatCount, formatNumber } from "./numbers.js";
export { escapeControls, lineWidth, wrap } from "./table.js";
export type { TextOptions, TextStyle } from "./text.js";
export { renderText } from "./text.js";
