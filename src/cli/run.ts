import { readFileSync } from "node:fs";
import { Command, InvalidArgumentError, Option } from "commander";
import type { CompareFlags } from "./commands/compare.js";
import type { ConvertFlags } from "./commands/convert.js";
import type { InspectFlags } from "./commands/inspect.js";
import { exitCodes, reportFailure } from "./failure.js";
import type { CommandIo } from "./io.js";

/**
 * Runs the command with the arguments after its name, and gives the exit code: 0 fine, 2 usage or data
 * error, 130 interrupted. It never throws and never touches the process.
 */
export async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  let code: number = exitCodes.fine;
  try {
    await createProgram(io, (outcome) => {
      code = outcome;
    }).parseAsync(argv, { from: "user" });
    return code;
  } catch (error) {
    return reportFailure(error, io);
  }
}

/** @param finish - Takes the exit code of a command that ends in an orderly way, if it is not 0. */
function createProgram(io: CommandIo, finish: (code: number) => void): Command {
  const program = new Command("kullback")
    .description("Measure the divergence between probability distributions.")
    .version(packageVersion(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand(false)
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      outputError: (text, write) => write(`kullback: ${usageLine(text)}\n`),
      getOutHelpWidth: () => 80,
      getErrHelpWidth: () => 80,
    })
    .addHelpText(
      "after",
      helpExamples(["kullback compare base.npy int8.npy int4.npy", "kullback inspect base.npy"]),
    );
  addCompare(program, io);
  addInspect(program, io, finish);
  addConvert(program, io);
  return program;
}

function addCompare(program: Command, io: CommandIo): void {
  program
    .command("compare")
    .summary("say how far candidates are from a reference")
    .description(
      "Say how far candidate distributions Q are from a reference P, row by row: KL both ways, " +
        "Jensen-Shannon, total variation, same top class, worst rows. Reads .npy and .safetensors files " +
        "of any size; file.safetensors#tensor names the tensor.",
    )
    .argument("<reference>", "file of logits, probabilities or log-probabilities")
    .argument("<candidate...>", "files of the same shape")
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
    .option("--labels <file>", "the correct class of each row: adds perplexity and Δp")
    .option("--worst <n>", "how many of the worst rows to list", parseCount, 5)
    .addOption(
      new Option("--base <base>", "of the logarithm: nats, bits or hartleys")
        .choices(["e", "2", "10"])
        .default("e"),
    )
    .option("--json", "print JSON of the schema kullback.compare/1")
    .option("--quiet", "show no progress")
    .addHelpText(
      "after",
      helpExamples([
        "kullback compare base.npy int8.npy int4.npy",
        "kullback compare base.npy int4.npy --labels labels.npy --worst 20",
        "kullback compare a.safetensors#logits b.safetensors#logits --json",
        "kullback compare maps.npy predicted.npy --from probs --dim -2,-1 --base 2",
      ]),
    )
    .action(async (reference: string, candidates: string[], flags: CompareFlags) => {
      const { compareCommand } = await import("./commands/compare.js");
      await compareCommand(reference, candidates, flags, io);
    });
}

function addInspect(program: Command, io: CommandIo, finish: (code: number) => void): void {
  program
    .command("inspect")
    .summary("say what is in a file")
    .description(
      "Say what is in a file: its arrays with dtype, shape and order, and what their values look like.",
    )
    .argument("<file...>", "files or URLs of any format that Kullback reads")
    .option("--json", "print JSON of the schema kullback.inspect/1")
    .addHelpText(
      "after",
      helpExamples(["kullback inspect base.npy", "kullback inspect model.safetensors --json"]),
    )
    .action(async (files: string[], flags: InspectFlags) => {
      const { inspectCommand } = await import("./commands/inspect.js");
      finish(await inspectCommand(files, flags, io));
    });
}

function addConvert(program: Command, io: CommandIo): void {
  program
    .command("convert")
    .summary("write a file's rows in another format")
    .description(
      "Write the rows of a file in another format: .npy, .npz, .safetensors, .parquet, .csv, .tsv, .jsonl, or " +
        ".kld for llama.cpp's _logits_. The new file appears when it is whole.",
    )
    .argument("<in>", "file or URL of any format that Kullback reads")
    .argument("<out>", "file to write; out.npz#name names the array")
    .addOption(
      new Option("--dtype <dtype>", "of the numbers; by default that of the input").choices([
        "float16",
        "bfloat16",
        "float32",
        "float64",
      ]),
    )
    .addOption(
      new Option("--to <format>", "the format, where the name does not say it").choices([
        ...["npy", "npz", "safetensors", "llama.cpp", "parquet", "csv", "tsv", "jsonl"],
      ]),
    )
    .option("--tokens <file>", "for _logits_: the tokens, of shape [chunks, context length]")
    .addOption(
      new Option("--from <kind>", "what the values are; _logits_ takes the logarithm of probs").choices([
        "logits",
        "probs",
        "log-probs",
      ]),
    )
    .option("--force", "replace a file that is there already")
    .option("--quiet", "show no progress")
    .addHelpText(
      "after",
      helpExamples([
        "kullback convert base.kld base.npy --dtype float16",
        "kullback convert logits.npz#teacher teacher.safetensors",
        "kullback convert base.npy base.kld --tokens tokens.npy",
      ]),
    )
    .action(async (input: string, output: string, flags: ConvertFlags) => {
      const { convertCommand } = await import("./commands/convert.js");
      await convertCommand(input, output, flags, io);
    });
}

function parseAxes(text: string): number[] {
  const axes = text.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  if (axes.every(Number.isInteger)) return axes;
  throw new InvalidArgumentError("It takes whole numbers with commas between, such as -1 or -2,-1.");
}

function parseCount(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It takes a whole number from 0.");
}

function helpExamples(examples: readonly string[]): string {
  return `\nExamples:\n${examples.map((example) => `  $ ${example}`).join("\n")}`;
}

/** Commander's message, which may have a second line of advice, in one line. */
function usageLine(text: string): string {
  return text
    .trim()
    .replace(/^error: /, "")
    .replace(/\s*\n\s*/g, " ");
}

function packageVersion(): string {
  const file = new URL("../../package.json", import.meta.url);
  const { version } = JSON.parse(readFileSync(file, "utf8")) as { version: string };
  return version;
}
