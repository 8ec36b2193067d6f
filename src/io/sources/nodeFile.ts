import type { ByteSource } from "../byteSource.js";
import { FileError } from "../fileError.js";

/** Below this many bytes a trip through Node's thread pool costs more than the read itself. */
const SMALL_READ = 1 << 16;

/** One small read in so many goes through the pool all the same, so that timers and signals get their turn. */
const SMALL_READS_IN_A_ROW = 1024;

/** Node reads at most 2³¹ − 1 bytes a call. */
const LARGEST_READ = 2 ** 30;

/**
 * A file on disk, in Node, read by position: nothing is held in memory and the size is not limited.
 *
 * @throws {@link FileError} if there is no such file, it may not be read, or it is a directory or a pipe.
 */
export async function fileSource(path: string): Promise<ByteSource> {
  const fs = nodeFs();
  if (!fs) {
    throw new FileError(path, "paths need Node's file system; pass a Blob, the file's bytes or a ByteSource");
  }
  const stat = await explain(path, fs.promises.stat(path));
  if (stat.isDirectory()) throw new FileError(path, "is a directory, wanted a file");
  // Opening a pipe would wait for its writer, and a pipe has no positions to read from.
  if (!stat.isFile())
    throw new FileError(path, "is a pipe or a device, wanted a file: save it to disk first");
  const handle = await explain(path, fs.promises.open(path, "r"));

  let smallReads = 0;
  const readSome = async (bytes: Uint8Array, position: number): Promise<number> => {
    if (bytes.length <= SMALL_READ && ++smallReads % SMALL_READS_IN_A_ROW !== 0) {
      return fs.readSync(handle.fd, bytes, 0, bytes.length, position);
    }
    const { bytesRead } = await handle.read(bytes, 0, Math.min(bytes.length, LARGEST_READ), position);
    return bytesRead;
  };

  return {
    name: path,
    size: stat.size,
    async read(offset, length, into = new Uint8Array(length)) {
      if (handle.fd < 0) throw new FileError(path, "is already closed");
      let done = 0;
      while (done < length) {
        const count = await explain(path, readSome(into.subarray(done, length), offset + done));
        if (count === 0) break;
        done += count;
      }
      return into.subarray(0, done);
    },
    sibling: (name) => fileSource(path.replace(/[^/\\]*$/, name)),
    close: () => handle.close(),
  };
}

/** Whether `path` names anything on disk; false where there is no disk. */
export function exists(path: string): boolean {
  return nodeFs()?.existsSync(path) ?? false;
}

/** Node's file system, asked for at run time so that a bundle for browsers does not import it. */
function nodeFs() {
  return typeof process === "undefined" ? undefined : process.getBuiltinModule?.("node:fs");
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  ENOTDIR: "no such file",
  EACCES: "permission denied",
  EPERM: "permission denied",
  ENAMETOOLONG: "the name is too long",
  EMFILE: "too many files are open",
};

/** Turns the failure of a system call into one line about `path`. */
async function explain<T>(path: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    throw new FileError(path, reasons[code] ?? `cannot be read${code && ` (${code})`}`);
  }
}
