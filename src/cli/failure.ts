import { CommanderError } from "commander";
import { KullbackError } from "../errors.js";
import { escapeControls } from "../report/index.js";
import type { CommandIo } from "./io.js";

/** The exit codes of the command. */
export const exitCodes = { fine: 0, gateFailed: 1, error: 2, interrupted: 130 } as const;

/** Tells the user what went wrong, in one line, and gives the exit code. */
export function reportFailure(error: unknown, io: CommandIo): number {
  if (io.signal.aborted) return exitCodes.interrupted;
  // Commander has printed its message, or the help, before it throws.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.fine : exitCodes.error;
  io.stderr.write(`${failureLine(error)}\n`);
  if (io.env.KULLBACK_DEBUG === "1" && error instanceof Error) io.stderr.write(`${error.stack}\n`);
  return exitCodes.error;
}

/** An error as one line; one that Kullback did not throw on purpose is called a bug. */
export function failureLine(error: unknown): string {
  const message = escapeControls(error instanceof Error ? error.message : String(error));
  if (error instanceof KullbackError) return `kullback: ${message}`;
  return `kullback: unexpected error, which is a bug: ${message} (KULLBACK_DEBUG=1 shows where)`;
}
