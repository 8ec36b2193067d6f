/** Renderings of a comparison: for terminals, programs, model cards and browsers. */
export { renderCsv } from "./csv.js";
export { renderExplanation } from "./explain.js";
export type { HtmlOptions } from "./html.js";
export { renderHtml } from "./html.js";
export { renderJson, toJson } from "./json.js";
export { renderMarkdown } from "./markdown.js";
export { escapeControls } from "./names.js";
export { formatBytes, formatCount, formatNumber } from "./numbers.js";
export { lineWidth, wrap } from "./table.js";
export type { TextOptions, TextStyle } from "./text/index.js";
export { renderText } from "./text/index.js";
export { readVocabulary } from "./vocabulary.js";
