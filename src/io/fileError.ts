import { KullbackError } from "../errors.js";

/** A file that cannot be read as asked. The message is one line, `file: what is wrong and what to do`. */
export class FileError extends KullbackError {
  override name = "FileError";
  /** The file, as the user named it. */
  readonly file: string;

  constructor(file: string, problem: string) {
    super(oneLine(`${file}: ${problem}`));
    this.file = file;
  }
}

/** Names and contents come from outside: escape line breaks and terminal control characters. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
