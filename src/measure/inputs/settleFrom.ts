import { KullbackError } from "../../errors.js";
import type { From } from "../../kernels/index.js";
import { guessFrom, lookAt, sumTolerance } from "../kind/index.js";
import type { Input } from "./inputs.js";

const names = { logits: "logits", probs: "probabilities", logProbs: "log-probabilities" } as const;

/** What the values of inputs are. */
export interface SettledFrom {
  /** What the reference holds, and what was seen that says so; null when it was told. */
  readonly from: From;
  readonly found: string | null;
  /** What each input holds. */
  readonly kinds: readonly From[];
  /** As what all of them are computed with. */
  readonly computed: From;
  /** How far sums of probabilities may be off 1. */
  readonly tolerance: number;
}

/**
 * What the values of all inputs are: as their formats say, or as told, or as found in a sample of each. Logits
 * and log-probabilities can be compared: a softmax leaves log-probabilities as they are.
 *
 * @throws KullbackError when it is not clear, or some are probabilities and others are not.
 */
export async function settleFrom(from: From | "auto", inputs: readonly Input[]): Promise<SettledFrom> {
  const settled: { kind: From; found: string | null }[] = [];
  for (const input of inputs) {
    const one = await settleOne(from, input);
    settled.push(one);
    // The likeliest classes come with probabilities whatever the other side has.
    const first = input.file.kind === "dense" ? settled.find((_, i) => inputs[i].file.kind === "dense") : one;
    if (first !== undefined && (one.kind === "probs") !== (first.kind === "probs")) {
      throw new KullbackError(
        `${input.name}: holds ${describe(one)}, but the reference ${inputs[0].name} holds ${describe(first)}; ` +
          "both must be the same kind",
      );
    }
  }
  const kinds = settled.map(({ kind }) => kind);
  // What llama.cpp writes sums to more than 1 where it was clamped, so it has to be normalised.
  const computed = kinds.every((kind) => kind === kinds[0]) && !inputs.some(isClamped) ? kinds[0] : "logits";
  const tolerances = inputs.map(({ file }) =>
    sumTolerance(computed, file.kind === "dense" ? file.reader.dtype : "float64"),
  );
  const told = from !== "auto" && inputs[0].file.from === undefined;
  return {
    from: kinds[0],
    found: told ? null : settled[0].found,
    kinds,
    computed: kinds[0] === "probs" ? "probs" : computed,
    tolerance: Math.max(...tolerances),
  };
}

const isClamped = ({ file }: Input) => file.format === "llama.cpp";

async function settleOne(
  from: From | "auto",
  { name, file }: Input,
): Promise<{ kind: From; found: string | null }> {
  if (file.kind === "top-k") return { kind: "logProbs", found: "by its format" };
  if (file.from !== undefined) {
    const told = from === "auto" ? file.from : from;
    if ((told === "probs") !== (file.from === "probs")) {
      throw new KullbackError(`${name}: holds ${names[file.from]} by its format, not ${names[told]}`);
    }
    return { kind: file.from, found: "by its format" };
  }
  if (from !== "auto") return { kind: from, found: null };
  const guess = guessFrom(await lookAt(file.reader), file.reader.dtype);
  if (guess.from !== null) return { kind: guess.from, found: guess.found };
  throw new KullbackError(
    `${name}: it is not clear whether these are logits or probabilities (${guess.found}); say --from logits, ` +
      "--from probs or --from log-probs",
  );
}

function describe({ kind, found }: { kind: From; found: string | null }): string {
  return `${names[kind]}${found === null ? "" : ` (${found})`}`;
}
