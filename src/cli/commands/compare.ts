import { styleText } from "node:util";
import { compare, type From } from "../../measure/index.js";
import { renderJson, renderText, type TextStyle } from "../../report/index.js";
import type { CommandIo } from "../io.js";
import { ProgressBar } from "../progress.js";

/** The options of `kullback compare`, as Commander gives them. */
export interface CompareFlags {
  from: "logits" | "probs" | "log-probs" | "auto";
  dim: number[];
  labels?: string;
  worst: number;
  base: "e" | "2" | "10";
  json?: boolean;
  quiet?: boolean;
}

const kinds = {
  logits: "logits",
  probs: "probs",
  "log-probs": "logProbs",
  auto: "auto",
} as const satisfies Record<string, From | "auto">;

const bases = { e: "e", "2": 2, "10": 10 } as const;

/** `kullback compare reference candidate…` */
export async function compareCommand(
  reference: string,
  candidates: string[],
  flags: CompareFlags,
  io: CommandIo,
): Promise<void> {
  const bar = io.stderr.isTTY && !flags.quiet ? new ProgressBar(io.stderr) : undefined;
  try {
    const comparison = await compare(reference, candidates, {
      from: kinds[flags.from],
      dim: flags.dim,
      labels: flags.labels,
      worst: flags.worst,
      base: bases[flags.base],
      signal: io.signal,
      onProgress: ({ bytes, totalBytes }) => bar?.update(bytes, totalBytes),
    });
    bar?.clear();
    io.stdout.write(
      flags.json ? `${renderJson(comparison)}\n` : renderText(comparison, { style: styleFor(io) }),
    );
  } finally {
    bar?.clear();
  }
}

const formats = { heading: "bold", warning: "yellow" } as const satisfies Record<TextStyle, string>;

/** Colours for a terminal whose user has not asked for none. */
function styleFor(io: CommandIo): (style: TextStyle, line: string) => string {
  if (!io.stdout.isTTY || io.env.NO_COLOR) return (_style, line) => line;
  return (style, line) => styleText(formats[style], line, { validateStream: false });
}
