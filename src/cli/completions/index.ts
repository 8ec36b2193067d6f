import type { Command } from "commander";
import { bashCompletions } from "./bash.js";
import { fishCompletions } from "./fish.js";
import { wordsOf } from "./tree.js";
import { zshCompletions } from "./zsh.js";

const shells = { bash: bashCompletions, zsh: zshCompletions, fish: fishCompletions } as const;

/** A shell that there are completions for. */
export type Shell = keyof typeof shells;

/** The script that completes a program's commands and options in `shell`. */
export function completions(program: Command, shell: Shell): string {
  return shells[shell](wordsOf(program));
}
