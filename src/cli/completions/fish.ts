import type { OptionWords, ProgramWords } from "./tree.js";

/** Completions for fish: a file `kullback.fish` in `~/.config/fish/completions`, or to `source`. */
export function fishCompletions({ name, commands, options }: ProgramWords): string {
  const line = (condition: string, rest: string) => `complete -c ${name} -n ${quote(condition)} ${rest}`;
  const lines = [
    `# fish completions for ${name}: ${name} completions fish | source`,
    ...commands.map((command) =>
      line("__fish_use_subcommand", `-f -a ${command.name} -d ${quote(command.description)}`),
    ),
    ...options.map((option) => line("__fish_use_subcommand", optionSpec(option))),
    ...commands.flatMap((command) => {
      const within = `__fish_seen_subcommand_from ${command.name}`;
      return [
        ...command.options.map((option) => line(within, optionSpec(option))),
        ...(command.choices === undefined ? [] : [line(within, `-f -a ${quote(command.choices.join(" "))}`)]),
      ];
    }),
  ];
  return `${lines.join("\n")}\n`;
}

function optionSpec({ flags, description, argument }: OptionWords): string {
  const names = flags.map((flag) => (flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
  const value =
    argument === "none" ? "" : argument === "file" ? " -r -F" : ` -x -a ${quote(argument.join(" "))}`;
  return `${names.join(" ")}${value} -d ${quote(description)}`;
}

function quote(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
