import type { CommandWords, OptionWords, ProgramWords } from "./tree.js";

/** Completions for zsh: a file `_kullback` in a folder of `fpath`, or to `source`. */
export function zshCompletions({ name, commands, options }: ProgramWords): string {
  return `#compdef ${name}
# zsh completions for ${name}: source <(${name} completions zsh)
_${name}() {
  local context state line
  _arguments -C \\
${options.map((option) => `    ${argumentSpec(option)} \\`).join("\n")}
    '1:command:->command' \\
    '*::argument:->argument'
  case $state in
    command)
      local -a commands=(
${commands.map((command) => `        ${quote(`${command.name}:${command.description}`)}`).join("\n")}
      )
      _describe command commands ;;
    argument)
      case $words[1] in
${commands.map(commandCase).join("\n")}
      esac ;;
  esac
}
compdef _${name} ${name}
`;
}

function commandCase({ name, options, choices }: CommandWords): string {
  const rest = choices === undefined ? "'*:file:_files'" : quote(`1:which:(${choices.join(" ")})`);
  return `        ${name})
          _arguments \\
${options.map((option) => `            ${argumentSpec(option)} \\`).join("\n")}
            ${rest} ;;`;
}

function argumentSpec({ flags, description, argument }: OptionWords): string {
  const text = description.replace(/[[\]:]/g, "\\$&");
  const value =
    argument === "none" ? "" : argument === "file" ? ":value:_files" : `:value:(${argument.join(" ")})`;
  return flags.map((flag) => quote(`*${flag}[${text}]${value}`)).join(" ");
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
