import { type Command, Option } from "commander";
import type { CompareFlags } from "../commands/compare.js";
import type { CommandIo } from "../io.js";
import { collect, parseAxes, parseCount, parseNames, parseRange, parseSize } from "../parse.js";
import { helpExamples } from "./help.js";

const examples = [
  "kullback compare base.npy int8.npy int4.npy",
  "kullback compare base.npy int4.npy --labels labels.npy --worst 20",
  "kullback compare base.npy q8.npy q4.npy --size q8.npy=8.1GB \\",
  "      --size q4.npy=4.4GB --positions 256 --report report.html",
  "kullback compare base.npy new.npy --floor again.npy \\",
  '      --fail-if "kl.mean > 0.02" --fail-if "sameTop < 0.95"',
  "kullback compare a.safetensors#logits b.safetensors#logits --json",
  "kullback compare maps.npy predicted.npy --from probs --dim -2,-1 --base 2",
  "kullback compare base.kld q8.kld q4.kld --convention llama.cpp",
  "kullback compare api-a.jsonl api-b.jsonl",
  "kullback compare https://example.org/base.npy int4.parquet#logits",
  "kullback compare huge.npy huge-int4.npy --resume --save-rows rows.parquet",
];

/** Adds `kullback compare`. */
export function addCompare(program: Command, io: CommandIo, finish: (code: number) => void): void {
  const command = program
    .command("compare")
    .summary("say how far candidates are from a reference")
    .description(
      "Say how far candidate distributions Q are from a reference P, row by row: KL both ways, " +
        "Jensen-Shannon, total variation, same top class, worst rows, and how the candidates rank. Reads files " +
        "of any size: .npy, .npz, .safetensors (also the index of a sharded one), llama.cpp's _logits_, .parquet, " +
        ".csv, .tsv and JSON Lines (the last three also as .gz), from the disk or by an http(s) URL. file#name " +
        "names a tensor or columns. Of files with the likeliest tokens alone (logprobs as OpenAI and vLLM give " +
        "them, top-k pairs in Parquet) lower bounds are given.",
    )
    .argument("<reference>", "file or URL of logits, probabilities or log-probabilities")
    .argument("<candidate...>", "files or URLs with the same rows, in any of these formats");
  addInputOptions(command);
  addStatisticsOptions(command);
  addOutputOptions(command);
  command
    .addHelpText("after", helpExamples(examples).replaceAll("  $       ", "          "))
    .action(async (reference: string, candidates: string[], flags: CompareFlags) => {
      const { compareCommand } = await import("../commands/compare.js");
      finish(await compareCommand(reference, candidates, flags, io));
    });
}

function addInputOptions(command: Command): void {
  command
    .optionsGroup("Input:")
    .addOption(
      new Option("--from <kind>", "what the values are; auto looks at them")
        .choices(["logits", "probs", "log-probs", "auto"])
        .default("auto"),
    )
    .addOption(
      new Option("--dim <axes>", "the axis, or axes, that make up a row: -1, or -2,-1")
        .argParser(parseAxes)
        .default([-1], "-1"),
    )
    .addOption(
      new Option(
        "--convention <name>",
        "llama.cpp adds its block of numbers, and what its truncation leaves out",
      )
        .choices(["math", "llama.cpp"])
        .default("math"),
    )
    .option("--labels <file>", "the correct class of each row: adds perplexity and Δp (_logits_ has them)")
    .option("--rows <start:end>", "compare only these rows", parseRange)
    .option("--mask <file>", "compare only rows where this is not 0")
    .addOption(
      new Option("--allow-mismatch <what>", "compare although the inputs' tokens differ")
        .choices(["tokens"])
        .argParser((what: string) => [what]),
    );
}

function addStatisticsOptions(command: Command): void {
  command
    .optionsGroup("Statistics:")
    .option(
      "--measures <list>",
      "of kl, reverse-kl, jeffreys, js, tv, hellinger, renyi:α, entropy, top-k, rank (default: kl,reverse-kl,js,tv)",
      parseNames,
    )
    .addOption(
      new Option("--base <base>", "of the logarithm: nats, bits or hartleys")
        .choices(["e", "2", "10"])
        .default("e"),
    )
    .option(
      "--positions <n>",
      "rows a chunk: slices by position and chunk, clusters (_logits_ has them)",
      parseCount,
    )
    .option("--group <file>", "an integer a row, to slice the rows by")
    .option("--group-names <file>", "the names of groups 0, 1, …, one a line")
    .option("--cluster <file>", "an integer a row: rows of one may depend on each other")
    .option("--floor <file>", "another run of the reference, as null control")
    .option("--size <name=bytes>", "the size of a candidate's model; may be repeated", parseSize);
}

function addOutputOptions(command: Command): void {
  command
    .optionsGroup("Output:")
    .option("--worst <n>", "how many of the worst rows to list", parseCount, 5)
    .addOption(
      new Option("--json", "print JSON of the schema kullback.compare/2").conflicts(["csv", "markdown"]),
    )
    .addOption(new Option("--csv", "print CSV, a line a candidate").conflicts(["json", "markdown"]))
    .addOption(new Option("--markdown", "print Markdown tables").conflicts(["json", "csv"]))
    .option("--report <file>", "write a report to look at, one HTML file")
    .option("--vocab <file>", "the tokens' texts for the report: tokenizer.json or lines")
    .option("--save-rows <file>", "write one line a row: .npy, .parquet or .csv")
    .option("--fail-if <gate>", 'exit with 1 if "kl.mean > 0.02"; may be repeated', collect)
    .option("--resume [file]", "keep what is done, and go on from there after an interruption")
    .option("--quiet", "show no progress");
}
