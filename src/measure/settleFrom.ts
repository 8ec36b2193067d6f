import { KullbackError } from "../errors.js";
import type { RowReader } from "../io/index.js";
import type { From } from "../kernels/index.js";
import { guessFrom } from "./guessFrom.js";
import { lookAt } from "./look.js";

const names = { logits: "logits", probs: "probabilities", logProbs: "log-probabilities" } as const;

/**
 * What the values of all inputs are: as told, or as found in a sample of each.
 *
 * @throws KullbackError when it is not clear, or not the same in all.
 */
export async function settleFrom(
  from: From | "auto",
  inputs: readonly { name: string; reader: RowReader }[],
): Promise<{ from: From; found: string | null }> {
  if (from !== "auto") return { from, found: null };
  let first: { from: From; found: string } | undefined;
  for (const { name, reader } of inputs) {
    const guess = guessFrom(await lookAt(reader), reader.dtype);
    if (guess.from === null) {
      throw new KullbackError(
        `${name}: it is not clear whether these are logits or probabilities (${guess.found}); say --from logits, ` +
          "--from probs or --from log-probs",
      );
    }
    first ??= { from: guess.from, found: guess.found };
    if (guess.from !== first.from) {
      throw new KullbackError(
        `${name}: holds ${names[guess.from]} (${guess.found}), but the reference ${inputs[0].name} holds ` +
          `${names[first.from]} (${first.found}); both must be the same kind`,
      );
    }
  }
  return first as { from: From; found: string };
}
