import { explain, type Kind } from "../../measure/index.js";
import { renderExplanation, toJson } from "../../report/index.js";
import type { CommandIo } from "../io.js";
import { styleFor } from "../style.js";

/** The options of `kullback explain`, as Commander gives them. */
export interface ExplainFlags {
  from: "logits" | "probs" | "log-probs" | "weights" | "samples" | "auto";
  dim: number[];
  match?: string;
  json?: boolean;
}

/** `kullback explain p q` */
export async function explainCommand(
  p: string,
  q: string,
  flags: ExplainFlags,
  io: CommandIo,
): Promise<void> {
  const { dim, match } = flags;
  const from: Kind | "auto" = flags.from === "log-probs" ? "logProbs" : flags.from;
  const explanation = await explain(p, q, { from, dim, match });
  io.stdout.write(
    flags.json ? `${toJson(explanation)}\n` : renderExplanation(explanation, { style: styleFor(io) }),
  );
}
