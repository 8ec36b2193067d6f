import type { Command, Option } from "commander";

/** What can follow an option: nothing, one of some words, or a file. */
export type Argument = "none" | "file" | readonly string[];

/** An option as a shell completes it. */
export interface OptionWords {
  /** `--from`, and `-h` where there is a short one. */
  readonly flags: readonly string[];
  readonly description: string;
  readonly argument: Argument;
}

/** A command as a shell completes it. */
export interface CommandWords {
  readonly name: string;
  readonly description: string;
  readonly options: readonly OptionWords[];
  /** The words that its first argument is one of; undefined where arguments are files. */
  readonly choices: readonly string[] | undefined;
}

/** The commands of a program and their options, and those of the program itself. */
export interface ProgramWords extends CommandWords {
  readonly commands: readonly CommandWords[];
}

/** Reads what there is to complete from Commander's tree. */
export function wordsOf(program: Command): ProgramWords {
  return { ...commandWords(program), commands: program.commands.map(commandWords) };
}

function commandWords(command: Command): CommandWords {
  const help = command.createHelp();
  return {
    name: command.name(),
    description: command.summary() || command.description(),
    options: help.visibleOptions(command).map(optionWords),
    choices: command.registeredArguments[0]?.argChoices,
  };
}

function optionWords(option: Option): OptionWords {
  const flags = [option.long, option.short].filter((flag) => flag !== undefined && flag !== null);
  const takesValue = option.required || option.optional;
  return {
    flags,
    description: option.description,
    argument: takesValue ? (option.argChoices ?? "file") : "none",
  };
}
