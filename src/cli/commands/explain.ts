import { explain, type Kind } from "../../measure/index.js";
import { renderExplanation, toJson } from "../../report/index.js";
import type { CommandIo } from "../io.js";
import { ProgressBar } from "../progress.js";
import { styleFor } from "../style.js";

/** The options of `kullback explain`, as Commander gives them. */
export interface ExplainFlags {
  from: "logits" | "probs" | "log-probs" | "weights" | "samples" | "auto";
  dim: number[];
  match?: string;
  json?: boolean;
  quiet?: boolean;
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
  const bar =
    io.stderr.isTTY && !flags.quiet ? new ProgressBar(io.stderr, undefined, "conventions") : undefined;
  try {
    const onProgress = (done: number, total: number) => bar?.update(done, total);
    const explanation = await explain(p, q, { from, dim, match, signal: io.signal, onProgress });
    bar?.clear();
    io.stdout.write(
      flags.json ? `${toJson(explanation)}\n` : renderExplanation(explanation, { style: styleFor(io) }),
    );
  } finally {
    bar?.clear();
  }
}
