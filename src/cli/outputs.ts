import { accessSync, constants, existsSync, realpathSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { KullbackError } from "../errors.js";

/**
 * Checks the files that a command will write before it does its work: that their folders are there and can be
 * written to, and that none of them is an input or is written twice.
 *
 * @param outputs - Paths by the options that name them.
 * @param inputs - What the command reads, as given: paths with or without `#name`, and URLs.
 * @throws KullbackError for the first that cannot be.
 */
export function checkOutputs(
  outputs: Readonly<Record<string, string | undefined>>,
  inputs: readonly (string | undefined)[],
): void {
  const taken = new Map<string, string>();
  for (const input of inputs) if (input !== undefined) taken.set(realPath(fileOf(input)), "is an input");
  for (const [option, path] of Object.entries(outputs)) {
    if (path === undefined) continue;
    checkWritable(path);
    const use = taken.get(realPath(path));
    if (use !== undefined) throw new KullbackError(`${option} ${path}: ${use}, which would be overwritten`);
    taken.set(realPath(path), `is what ${option} writes`);
  }
}

function checkWritable(path: string): void {
  const folder = dirname(resolve(path));
  const fail = (reason: string) => new KullbackError(`${path}: cannot be written (${reason})`);
  if (!existsSync(folder)) throw fail(`there is no folder ${dirname(path)}`);
  if (existsSync(path) && statSync(path).isDirectory()) throw fail("it is a directory");
  try {
    accessSync(folder, constants.W_OK);
  } catch {
    throw fail(`no permission to write in ${dirname(path)}`);
  }
}

/** The path without `#name`. */
function fileOf(input: string): string {
  for (let end = input.length; end > 0; end = input.lastIndexOf("#", end - 1)) {
    if (existsSync(input.slice(0, end))) return input.slice(0, end);
  }
  return input;
}

function realPath(path: string): string {
  return existsSync(path) ? realpathSync(path) : resolve(path);
}
