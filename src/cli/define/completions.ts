import { Argument, type Command } from "commander";
import type { Shell } from "../completions/index.js";
import type { CommandIo } from "../io.js";
import { helpExamples } from "./help.js";

/** Adds `kullback completions`. */
export function addCompletions(program: Command, io: CommandIo): void {
  program
    .command("completions")
    .summary("print completions for a shell")
    .description("Print the script with which a shell completes commands, options and files.")
    .addArgument(new Argument("<shell>", "the shell").choices(["bash", "zsh", "fish"]))
    .addHelpText(
      "after",
      helpExamples([
        "kullback completions bash >> ~/.bashrc",
        "kullback completions zsh > ~/.zfunc/_kullback",
        "kullback completions fish > ~/.config/fish/completions/kullback.fish",
      ]),
    )
    .action(async (shell: Shell) => {
      const { completions } = await import("../completions/index.js");
      io.stdout.write(completions(program, shell));
    });
}
