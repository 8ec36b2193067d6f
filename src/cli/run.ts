import { readFileSync } from "node:fs";
import { Command } from "commander";
import type { InspectFlags } from "./commands/inspect.js";
import { addCompare } from "./define/compare.js";
import { addCompletions } from "./define/completions.js";
import { addConvert } from "./define/convert.js";
import { addExplain } from "./define/explain.js";
import { helpExamples } from "./define/help.js";
import { exitCodes, reportFailure } from "./failure.js";
import type { CommandIo } from "./io.js";

/**
 * Runs the command with the arguments after its name, and gives the exit code: 0 fine, 1 a gate
 * failed, 2 usage or data error, 130 interrupted. It never throws and never touches the process.
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
  addCompare(program, io, finish);
  addInspect(program, io, finish);
  addConvert(program, io);
  addExplain(program, io);
  addCompletions(program, io);
  return program;
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
