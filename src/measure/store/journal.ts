import { KullbackError } from "../../errors.js";
import { type ColumnSpec, layoutOf } from "./layout.js";
import { RowBlock } from "./rowBlock.js";

const magic = "kullback journal 1\n";
/** Rows are written at least this often, in milliseconds, and when there are this many bytes of them. */
const everyMs = 500;
const everyBytes = 2 ** 20;
/** Count and checksum of a record's rows. */
const recordHeader = 8;

/**
 * The rows that a comparison has done, in a file from which it goes on after it was interrupted, even by
 * `kill -9`. Records are only ever added at the end, each with a checksum, so that one which was not written
 * to its end is found, and done again. The file begins with a text that says which comparison it belongs to.
 */
export class Journal {
  readonly path: string;
  readonly #fs: typeof import("node:fs");
  readonly #specs: readonly ColumnSpec[];
  readonly #file: number;
  #size: number;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #written = performance.now();

  private constructor(
    path: string,
    fs: typeof import("node:fs"),
    specs: readonly ColumnSpec[],
    file: number,
    size: number,
  ) {
    this.path = path;
    this.#fs = fs;
    this.#specs = specs;
    this.#file = file;
    this.#size = size;
  }

  /**
   * Opens the journal at `path`, or begins one.
   *
   * @param key - What must be the same for the rows to be those of this comparison.
   * @param replay - Gets the rows that the journal holds, in order.
   * @throws KullbackError if the file is no journal, or of another comparison, and where there are no files.
   */
  static open(
    path: string,
    key: string,
    specs: readonly ColumnSpec[],
    replay: (block: RowBlock) => void,
  ): Journal {
    const fs = typeof process === "undefined" ? undefined : process.getBuiltinModule?.("node:fs");
    if (fs === undefined) throw new KullbackError("compare: a comparison can only be resumed in Node");
    const header = new TextEncoder().encode(`${magic}${key}\n`);
    const file = attempt(path, () => {
      if (!fs.existsSync(path)) {
        // Under another name first, so that there is never a journal with half a header.
        fs.writeFileSync(`${path}.new`, header);
        fs.renameSync(`${path}.new`, path);
      }
      return fs.openSync(path, "r+");
    });
    try {
      const size = readRecords(path, fs, file, header, specs, replay);
      fs.ftruncateSync(file, size);
      return new Journal(path, fs, specs, file, size);
    } catch (error) {
      fs.closeSync(file);
      throw error;
    }
  }

  /** Adds the first `count` rows of a block. */
  append(block: RowBlock, count: number): void {
    const rows = new RowBlock(this.#specs, count);
    rows.copy(block, 0, 0, count);
    const record = new Uint8Array(recordHeader + rows.bytes.length);
    const header = new DataView(record.buffer);
    header.setUint32(0, count, true);
    header.setUint32(4, checksum(rows.bytes, count), true);
    record.set(rows.bytes, recordHeader);
    this.#pending.push(record);
    this.#pendingBytes += record.length;
    if (this.#pendingBytes >= everyBytes || performance.now() - this.#written >= everyMs) this.#flush();
  }

  /** Writes what is left, and keeps the file for another time. */
  close(): void {
    this.#flush();
    this.#fs.closeSync(this.#file);
  }

  /** Removes the file, which is no longer needed. */
  remove(): void {
    this.#fs.closeSync(this.#file);
    this.#fs.rmSync(this.path, { force: true });
  }

  #flush(): void {
    for (const record of this.#pending) {
      for (let done = 0; done < record.length; ) {
        const left = record.length - done;
        done += attempt(this.path, () =>
          this.#fs.writeSync(this.#file, record, done, left, this.#size + done),
        );
      }
      this.#size += record.length;
    }
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#written = performance.now();
  }
}

function attempt<T>(path: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new KullbackError(`${path}: the journal cannot be used (${reason})`);
  }
}

/** Checks the header, replays the records that are whole, and says where they end. */
function readRecords(
  path: string,
  fs: typeof import("node:fs"),
  file: number,
  header: Uint8Array,
  specs: readonly ColumnSpec[],
  replay: (block: RowBlock) => void,
): number {
  const read = (offset: number, length: number) => {
    const bytes = new Uint8Array(length);
    let done = 0;
    for (let count = -1; count !== 0 && done < length; done += count) {
      count = fs.readSync(file, bytes, done, length - done, offset + done);
    }
    return done === length ? bytes : undefined;
  };
  const found = read(0, header.length);
  if (found === undefined || found.some((byte, i) => byte !== header[i])) {
    const start = new TextDecoder().decode(read(0, magic.length));
    throw new KullbackError(
      start === magic
        ? `${path}: belongs to a comparison of other files, or with other options; remove it or name another file`
        : `${path}: is no journal of a comparison; name another file`,
    );
  }
  const fileBytes = fs.fstatSync(file).size;
  for (let offset = header.length; ; ) {
    const record = read(offset, recordHeader);
    const [count, sum] = record === undefined ? [0, 0] : new Uint32Array(record.buffer);
    const { bytes: length } = layoutOf(specs, count);
    if (count === 0 || offset + recordHeader + length > fileBytes) return offset;
    const bytes = read(offset + recordHeader, length);
    if (bytes === undefined || checksum(bytes, count) !== sum) return offset;
    replay(new RowBlock(specs, count, bytes));
    offset += recordHeader + length;
  }
}

/** FNV-1a over 32-bit words; columns are padded to 8 bytes. */
function checksum(bytes: Uint8Array, seed: number): number {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  let hash = 0x811c9dc5 ^ seed;
  for (let i = 0; i < words.length; i++) hash = Math.imul(hash ^ words[i], 0x01000193);
  return hash >>> 0;
}
