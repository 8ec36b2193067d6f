import { KullbackError } from "../errors.js";

/** A file that cannot be read as asked. The message is one line, `file: what is wrong and what to do`. */
export class FileError extends KullbackError {
  override name = "FileError";
  /** The file, as the user named it. */
  readonly file: string;

  constructor(file: string, problem: string) {
    super(oneLine(`${file}: ${clip(problem)}`));
    this.file = file;
  }
}

/** A message lists what a file holds, which may be millions of names. */
function clip(text: string): string {
  return text.length > 1000 ? `${text.slice(0, 1000)}…` : text;
}

/** Names and contents come from outside: they must not break the line or control the terminal. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
