import { shorten } from "../names.js";
import { formatNumber } from "../numbers.js";
import type { Ranked } from "../ranked.js";
import { wrap } from "../table.js";

/** The rows of the largest KL, the worst first. */
export function worst(ranked: readonly Ranked[]): string[] {
  return ranked
    .filter(({ candidate }) => candidate.worst.length > 0)
    .flatMap(({ name, candidate }) =>
      wrap(
        `Worst rows of ${shorten(name, 60)}: ${candidate.worst
          .map(({ row, kl }) => `${row}\u00a0(${formatNumber(kl, 3)})`)
          .join(", ")}`,
      ),
    );
}
