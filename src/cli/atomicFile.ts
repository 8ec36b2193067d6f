import { closeSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { KullbackError } from "../errors.js";

/** A file that is being written. */
export interface FileWriter {
  /** Adds text, as UTF-8, or bytes at the end. */
  write(content: string | Uint8Array): void;
}

/**
 * Writes a file under a temporary name beside it, which it gives up for its own when all is written; if
 * anything goes wrong, nothing is left and a file that was there before stays as it was.
 *
 * @throws KullbackError that names the file when it cannot be written, and whatever `fill` throws.
 */
export async function writeFileAtomically(
  path: string,
  fill: (file: FileWriter) => void | Promise<void>,
): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  const handle = attempt(path, () => openSync(temporary, "wx"));
  let open = true;
  try {
    await fill({
      write(content) {
        const bytes = typeof content === "string" ? Buffer.from(content) : content;
        for (let done = 0; done < bytes.length; ) {
          done += attempt(path, () => writeSync(handle, bytes, done, bytes.length - done));
        }
      },
    });
    closeSync(handle);
    open = false;
    attempt(path, () => renameSync(temporary, path));
  } catch (error) {
    if (open) closeSync(handle);
    rmSync(temporary, { force: true });
    throw error;
  }
}

function attempt<T>(path: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new KullbackError(`${path}: cannot be written (${reason})`);
  }
}
