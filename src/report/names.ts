/** `text` with control characters, which could reprogram a terminal, escaped as `\u001b`. */
export function escapeControls(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, codeEscape);
}

/** The code of a character as `\u001b`. */
export function codeEscape(character: string): string {
  return `\\u${character.codePointAt(0)!.toString(16).padStart(4, "0")}`;
}

/** Shortens `text` to `width` by an ellipsis in its middle, so that its beginning and end stay. */
export function shorten(text: string, width: number): string {
  if (text.length <= width) return text;
  const tail = Math.floor((width - 1) / 2);
  return `${text.slice(0, width - 1 - tail)}…${text.slice(text.length - tail)}`;
}

/** The name of a file without its folders. */
export function baseName(path: string): string {
  return escapeControls(path.slice(path.lastIndexOf("/") + 1));
}

/** The names without control characters and without the folders that they all share. */
export function shortNames(names: readonly string[]): string[] {
  const paths = names.map((name) => name.split("/"));
  const depth = Math.min(...paths.map((path) => path.length - 1));
  let shared = 0;
  while (shared < depth && paths.every((path) => path[shared] === paths[0][shared])) shared++;
  return paths.map((path) => escapeControls(path.slice(shared).join("/")));
}
