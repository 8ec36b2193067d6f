import type { Comparison } from "../measure/index.js";

/** Options of {@link renderHtml}. */
export interface HtmlOptions {
  /** The tokens' texts by class, as `readVocabulary` gives them. Default: classes are shown by number. */
  vocabulary?: readonly string[];
}

/**
 * A comparison as one HTML page that loads nothing and runs no script, below 5 MB whatever was compared:
 * the ranking, distributions, slices, KL against size, the worst rows, the manifest, and what each number
 * means. It follows the reader's choice of light or dark, and fits a phone.
 */
export async function renderHtml(comparison: Comparison, options: HtmlOptions = {}): Promise<string> {
  // The plotting library takes longer to load than the rest of Kullback.
  const { renderPage } = await import("./html/index.js");
  return renderPage(comparison, options.vocabulary);
}
