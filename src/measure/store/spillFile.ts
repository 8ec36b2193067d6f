import { KullbackError } from "../../errors.js";

/** A temporary file of no name, for what does not fit in memory. */
export interface SpillFile {
  /** Adds bytes at the end. */
  append(bytes: Uint8Array): void;
  /** Fills `into` from `offset`. */
  read(offset: number, into: Uint8Array): void;
  close(): void;
}

/**
 * A new file in the folder for temporary files; undefined where there are no files. It loses its name at once,
 * so it is gone when the process ends, however it ends; where the system does not allow that, it is removed
 * when it is closed.
 */
export function createSpillFile(): SpillFile | undefined {
  if (typeof process === "undefined" || process.getBuiltinModule === undefined) return undefined;
  const fs = process.getBuiltinModule("node:fs");
  const os = process.getBuiltinModule("node:os");
  const { join } = process.getBuiltinModule("node:path");
  const folder = attempt(() => fs.mkdtempSync(join(os.tmpdir(), "kullback-rows-")));
  const path = join(folder, "rows");
  const file = attempt(() => fs.openSync(path, "wx+", 0o600));
  const remove = () => fs.rmSync(folder, { recursive: true, force: true });
  if (process.platform !== "win32") remove();
  let size = 0;
  return {
    append(bytes) {
      for (let done = 0; done < bytes.length; ) {
        done += attempt(() => fs.writeSync(file, bytes, done, bytes.length - done, size + done));
      }
      size += bytes.length;
    },
    read(offset, into) {
      for (let done = 0; done < into.length; ) {
        const count = attempt(() => fs.readSync(file, into, done, into.length - done, offset + done));
        if (count === 0) throw new KullbackError("compare: the temporary file of row values has shrunk");
        done += count;
      }
    },
    close() {
      fs.closeSync(file);
      remove();
    },
  };
}

function attempt<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new KullbackError(`compare: the temporary file of row values cannot be used: ${reason}`);
  }
}
