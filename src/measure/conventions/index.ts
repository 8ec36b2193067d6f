/**
 * Conventions: the many numbers that are called "KL divergence", or taken for it. `convention.ts` says what one
 * is; `math.ts`, `torch.ts`, `libraries.ts`, `maps.ts` and `drift.ts` have the entries; `rows.ts` and
 * `summands.ts` what they are made of; `grid.ts` combines choices systematically. A new one is one entry.
 */
import type { Convention } from "./convention.js";
import { driftConventions } from "./drift.js";
import { libraryConventions } from "./libraries.js";
import { mapConventions } from "./maps.js";
import { mathConventions } from "./math.js";
import { torchConventions } from "./torch.js";

export {
  type Aspect,
  aspects,
  type Convention,
  type ConventionInput,
  type ConventionUnit,
  type Kind,
} from "./convention.js";
export { type Combination, combinations } from "./grid.js";
export { lastAxis } from "./libraries.js";
export { math } from "./math.js";

/** All conventions, `math` first. */
export const conventions: readonly Convention[] = [
  ...mathConventions,
  ...torchConventions,
  ...libraryConventions,
  ...mapConventions,
  ...driftConventions,
];
export { type Rows, rowsAlong } from "./rows.js";
