import type { CommandWords, OptionWords, ProgramWords } from "./tree.js";

/** Completions for bash; `source` them, or put them where bash-completion looks. */
export function bashCompletions(program: ProgramWords): string {
  const { name, commands } = program;
  return `# bash completions for ${name}: source <(${name} completions bash)
_${name}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  COMPREPLY=()
  if [[ $COMP_CWORD -eq 1 ]]; then
    COMPREPLY=($(compgen -W "${[...commands.map((command) => command.name), ...flagsOf(program)].join(" ")}" -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${commands.map(commandCase).join("\n")}
  esac
}
complete -o filenames -F _${name} ${name}
`;
}

function commandCase(command: CommandWords): string {
  const valued = command.options.filter(({ argument }) => argument !== "none").map(valueCase);
  const words = command.choices?.join(" ");
  return `    ${command.name})
      case "$previous" in
${valued.map((line) => `        ${line}`).join("\n")}${valued.length > 0 ? "\n" : ""}        *) ;;
      esac
      if [[ $current == -* ]]; then
        COMPREPLY=($(compgen -W "${flagsOf(command).join(" ")}" -- "$current"))
      else
        COMPREPLY=($(compgen ${words === undefined ? "-f" : `-W "${words}"`} -- "$current"))
      fi ;;`;
}

function valueCase({ flags, argument }: OptionWords): string {
  const words = argument === "file" ? "-f" : `-W "${(argument as readonly string[]).join(" ")}"`;
  return `${flags.join("|")}) COMPREPLY=($(compgen ${words} -- "$current")); return ;;`;
}

function flagsOf({ options }: CommandWords): string[] {
  return options.flatMap(({ flags }) => flags);
}
