import { type Command, Option } from "commander";
import type { ExplainFlags } from "../commands/explain.js";
import type { CommandIo } from "../io.js";
import { parseAxes } from "../parse.js";
import { helpExamples } from "./help.js";

/** Adds `kullback explain`. */
export function addExplain(program: Command, io: CommandIo): void {
  program
    .command("explain")
    .summary("say which convention a number came of")
    .description(
      "Print the number of every convention that is called KL divergence, or taken for it, for a reference " +
        "P and a candidate Q, with what each does otherwise; or, with --match, say which of them give a " +
        "number that somebody reported.",
    )
    .argument("<p>", "file or URL of the reference, of any format that compare reads")
    .argument("<q>", "file or URL of the candidate, with the same rows")
    .addOption(
      new Option("--from <kind>", "what the values are; auto looks at them")
        .choices(["logits", "probs", "log-probs", "weights", "samples", "auto"])
        .default("auto"),
    )
    .addOption(
      new Option("--dim <axes>", "the axis, or axes, that make up a row: -1, or -2,-1")
        .argParser(parseAxes)
        .default([-1], "-1"),
    )
    .option("--match <number>", "the number reported, with its digits: 0.1708")
    .option("--json", "print JSON of the schema kullback.explain/1")
    .option("--quiet", "show no progress")
    .addHelpText(
      "after",
      helpExamples([
        "kullback explain teacher.npy student.npy",
        "kullback explain teacher.npy student.npy --match 0.1708",
        "kullback explain fixations.npy saliency.npy --dim -2,-1",
        "kullback explain january.npy june.npy --from samples --json",
      ]),
    )
    .action(async (p: string, q: string, flags: ExplainFlags) => {
      const { explainCommand } = await import("../commands/explain.js");
      await explainCommand(p, q, flags, io);
    });
}
