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

const MAX_MESSAGE = 1000;

/** Names and contents come from outside: no line breaks, no terminal control characters, no end of text. */
function oneLine(text: string): string {
  const short = text.length > MAX_MESSAGE ? `${text.slice(0, MAX_MESSAGE)}…` : text;
  return short.replace(
    /[\p{Cc}\u2028\u2029]/gu,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
