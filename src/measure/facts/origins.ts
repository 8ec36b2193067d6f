import { KullbackError } from "../../errors.js";
import type { RowContext } from "../../io/index.js";
import type { Input } from "../inputs/index.js";

/** Where rows come from, as a file's format knows, and which file that is. */
export interface Origins extends RowContext {
  readonly file: string;
}

/**
 * What the formats of inputs know of their rows: that of the first input which knows something.
 *
 * @throws KullbackError where other inputs were computed on other tokens, unless that is allowed.
 */
export async function readOrigins(
  inputs: readonly Input[],
  allowed: readonly "tokens"[],
): Promise<Origins | undefined> {
  let first: { input: Input; context: RowContext } | undefined;
  for (const input of inputs) {
    // Fingerprints were compared; without them the tokens that came are all there is.
    const known = input.file.tokens !== undefined && first?.input.file.tokens !== undefined;
    if (known || input.file.context === undefined) continue;
    const context = await input.file.context();
    if (first === undefined) first = { input, context };
    else if (!allowed.includes("tokens")) checkSameTokens(first.input, first.context, input, context);
  }
  return first && { ...first.context, file: first.input.name };
}

/** A token that came decides what the rows after it in its chunk are about. */
function checkSameTokens(p: Input, ours: RowContext, q: Input, theirs: RowContext): void {
  const last = ours.label.length - 1;
  for (let row = 0; row <= last; row++) {
    const apart = ours.chunk[row] !== theirs.chunk[row] || ours.position[row] !== theirs.position[row];
    const [a, b] = [ours.label[row], theirs.label[row]];
    const matters = row < last && ours.chunk[row + 1] === ours.chunk[row];
    if (!apart && !(matters && a >= 0 && b >= 0 && a !== b)) continue;
    throw new KullbackError(
      `${q.name}: from row ${row} on it was computed on other tokens than the reference ${p.name}; ` +
        "--allow-mismatch tokens compares them all the same",
    );
  }
}
