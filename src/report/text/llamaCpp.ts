import { truncationSentences } from "../llamaCpp.js";
import { escapeControls } from "../names.js";
import type { Ranked } from "../ranked.js";
import { wrap } from "../table.js";
import { label } from "./overview.js";

/** llama.cpp's block of each candidate that has one, and what its truncation does. */
export function llamaCppBlocks(ranked: readonly Ranked[]): string[][] {
  return ranked.flatMap((entry) => {
    const { llamaCpp } = entry.candidate;
    if (llamaCpp === null) return [];
    return [
      wrap(`llama.cpp's numbers of ${label(entry, ranked.length)}`),
      llamaCpp.text.map(escapeControls),
      truncationSentences(llamaCpp).flatMap((sentence) => wrap(sentence)),
    ];
  });
}
