import { randomBytes } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { KullbackError } from "../../errors.js";
import {
  type ByteSink,
  convertRows,
  type FloatDType,
  formatOfName,
  openRows,
  readArray,
  type Sequences,
  Vocabulary,
  type WriteFormat,
  writeFormats,
} from "../../io/index.js";
import { formatBytes, formatCount } from "../../report/index.js";
import type { CommandIo } from "../io.js";
import { ProgressBar } from "../progress.js";

/** The options of `kullback convert`, as Commander gives them. */
export interface ConvertFlags {
  dtype?: FloatDType;
  to?: WriteFormat;
  tokens?: string;
  from?: "logits" | "probs" | "log-probs";
  force?: boolean;
  quiet?: boolean;
}

const kinds = { logits: "logits", probs: "probs", "log-probs": "logProbs" } as const;

/** `kullback convert in out` */
export async function convertCommand(
  input: string,
  output: string,
  flags: ConvertFlags,
  io: CommandIo,
): Promise<void> {
  const { path, name } = splitName(output);
  const format = flags.to ?? formatOfName(path);
  if (!format) {
    throw new KullbackError(
      `${path}: its name does not say which format it is to be; say --to ${writeFormats.join("|")}`,
    );
  }
  checkFree(path, flags.force);
  const vocabulary = new Vocabulary();
  const file = await openRows(input, { vocabulary, signal: io.signal });
  const bar = io.stderr.isTTY && !flags.quiet ? new ProgressBar(io.stderr) : undefined;
  try {
    const sequences = flags.tokens === undefined ? undefined : await readTokens(flags.tokens);
    const { rows } = file.reader;
    const size = await writeAtomically(path, flags.force, (sink) =>
      convertRows(file, format, sink, {
        dtype: flags.dtype,
        name,
        sequences,
        from: flags.from && kinds[flags.from],
        vocabulary,
        signal: io.signal,
        onRows: (done) => bar?.update((file.size * done) / rows, file.size),
      }),
    );
    bar?.clear();
    io.stdout.write(`${path}: ${format}, ${formatCount(rows)} rows, ${formatBytes(size)}\n`);
  } finally {
    bar?.clear();
    await file.close();
  }
}

/** Splits `#name`, what the array is to be called, off a path. */
function splitName(output: string): { path: string; name?: string } {
  const hash = output.lastIndexOf("#");
  return hash > 0 ? { path: output.slice(0, hash), name: output.slice(hash + 1) } : { path: output };
}

/** Tokens of shape [chunks, context length]. */
async function readTokens(path: string): Promise<Sequences> {
  const { data, shape, dtype } = await readArray(path);
  if (dtype !== "int32" || shape.length !== 2) {
    throw new KullbackError(
      `${path}: wanted tokens as whole numbers of the shape [chunks, context length], got ${dtype} [${shape.join(", ")}]`,
    );
  }
  return { tokens: data as Int32Array, length: shape[1]! };
}

function checkFree(path: string, force: boolean | undefined): void {
  if (!existsSync(path)) return;
  if (!statSync(path).isFile()) throw new KullbackError(`${path}: is not a file, so it cannot be replaced`);
  if (!force) throw new KullbackError(`${path}: is there already; --force replaces it`);
}

/**
 * Writes a file under a temporary name beside it and renames it when it is whole, so that whatever happens
 * there is no half of it.
 *
 * @returns Its size in bytes.
 */
async function writeAtomically(
  path: string,
  force: boolean | undefined,
  write: (sink: ByteSink) => Promise<void>,
): Promise<number> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`);
  const handle = await open(temporary, "wx").catch((error: NodeJS.ErrnoException) => {
    throw new KullbackError(`${path}: cannot be written (${error.code})`);
  });
  let size = 0;
  try {
    await write({
      async write(bytes) {
        for (let at = 0; at < bytes.length; ) at += await writeSome(path, handle, bytes.subarray(at));
        size += bytes.length;
      },
    });
    await handle.sync();
    await handle.close();
    checkFree(path, force);
    await rename(temporary, path);
    return size;
  } catch (error) {
    await handle.close().catch(() => {});
    await rm(temporary, { force: true });
    throw error;
  }
}

async function writeSome(
  path: string,
  handle: Awaited<ReturnType<typeof open>>,
  bytes: Uint8Array,
): Promise<number> {
  try {
    return (await handle.write(bytes)).bytesWritten;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : error;
    throw new KullbackError(`${path}: cannot be written (${code === "ENOSPC" ? "the disk is full" : code})`);
  }
}
