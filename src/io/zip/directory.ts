import { type ByteSource, readBytes } from "../byteSource.js";
import { FileError } from "../fileError.js";
import type { Part } from "../sources/slice.js";

/** A file in a zip archive. */
export interface Member extends Part {
  /** Its path in the archive. */
  path: string;
  deflated: boolean;
  /** What keeps it from being read, if anything does. */
  problem?: string;
}

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const END64 = 0x06064b50;
const LOCATOR64 = 0x07064b50;

/** Archives of arrays have hundreds of members; this is room for hundreds of thousands. */
const MAX_DIRECTORY = 64 << 20;

/** No deflate stream is smaller than its content by more than this factor. */
const MAX_RATIO = 1032;

/**
 * The members of a zip archive, from the central directory at its end. Sizes are checked against the file
 * and against each other: no member may lie outside, share bytes with another, or claim more than its
 * compressed bytes can hold, as archives do that are made to exhaust memory.
 *
 * Reference: APPNOTE.TXT 6.3.10, https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
export async function readDirectory(source: ByteSource): Promise<Member[]> {
  const { begin, size, count, limit } = await findDirectory(source);
  const bytes = await readBytes(source, begin, size);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const members: Member[] = [];
  const paths = new Set<string>();
  for (let at = 0, i = 0; i < count; i++) {
    if (at + 46 > size || view.getUint32(at, true) !== CENTRAL)
      throw damaged(source, `entry ${i} is not there`);
    const { member, next } = readEntry(source, view, at, i);
    if (paths.has(member.path)) throw damaged(source, `two members are called ${member.path}`);
    paths.add(member.path);
    members.push(member);
    at = next;
  }
  const starts = members.map((member) => member.begin);
  for (const [i, member] of members.entries()) await skipLocalHeader(source, member, starts[i]!, limit);
  checkApart(source, members, starts);
  return members;
}

interface Directory {
  begin: number;
  size: number;
  count: number;
  /** Where the members end. */
  limit: number;
}

async function findDirectory(source: ByteSource): Promise<Directory> {
  const tailStart = Math.max(0, source.size - 22 - 0xffff);
  const tail = await readBytes(source, tailStart, source.size - tailStart);
  const view = new DataView(tail.buffer, tail.byteOffset, tail.length);
  let at = tail.length - 22;
  // The end record is the last thing but for a comment, whose length it gives.
  while (
    at >= 0 &&
    !(view.getUint32(at, true) === END && at + 22 + view.getUint16(at + 20, true) === tail.length)
  )
    at--;
  if (at < 0) throw new FileError(source.name, "truncated: the zip archive has no directory at its end");
  let count = view.getUint16(at + 10, true);
  let size = view.getUint32(at + 12, true);
  let begin = view.getUint32(at + 16, true);
  let end = tailStart + at;
  if (count === 0xffff || size === 0xffffffff || begin === 0xffffffff) {
    if (at < 20 || view.getUint32(at - 20, true) !== LOCATOR64)
      throw damaged(source, "the zip64 directory is missing");
    end = toNumber(source, view.getBigUint64(at - 12, true));
    if (end + 56 > tailStart + at) throw damaged(source, "the zip64 directory lies outside the file");
    const record = await readBytes(source, end, 56);
    const view64 = new DataView(record.buffer, record.byteOffset, 56);
    if (view64.getUint32(0, true) !== END64) throw damaged(source, "the zip64 directory is missing");
    count = toNumber(source, view64.getBigUint64(32, true));
    size = toNumber(source, view64.getBigUint64(40, true));
    begin = toNumber(source, view64.getBigUint64(48, true));
  }
  if (begin + size !== end) throw damaged(source, "the directory is not where the archive says");
  if (size > MAX_DIRECTORY) throw damaged(source, `the directory claims ${size} bytes`);
  if (count * 46 > size) throw damaged(source, `the directory claims ${count} entries in ${size} bytes`);
  return { begin, size, count, limit: begin };
}

function readEntry(
  source: ByteSource,
  view: DataView,
  at: number,
  i: number,
): { member: Member; next: number } {
  const flags = view.getUint16(at + 8, true);
  const method = view.getUint16(at + 10, true);
  const pathEnd = at + 46 + view.getUint16(at + 28, true);
  const extraEnd = pathEnd + view.getUint16(at + 30, true);
  const next = extraEnd + view.getUint16(at + 32, true);
  if (next > view.byteLength) throw damaged(source, `entry ${i} is cut off`);
  const path = new TextDecoder().decode(bytesOf(view, at + 46, pathEnd));
  const sizes = {
    size: view.getUint32(at + 24, true),
    stored: view.getUint32(at + 20, true),
    begin: view.getUint32(at + 42, true),
  };
  readExtra(source, view, pathEnd, extraEnd, sizes);
  const problem =
    flags & 1
      ? "is encrypted"
      : method !== 0 && method !== 8
        ? `is compressed with method ${method}, wanted deflate`
        : undefined;
  const { size, stored, begin } = sizes;
  if (problem === undefined) {
    const possible = method === 0 ? size === stored : size <= (stored + 1) * MAX_RATIO;
    if (!possible) throw damaged(source, `${path} claims to unpack from ${stored} bytes to ${size}`);
  }
  const member: Member = {
    name: `${source.name}#${path.replace(/\.npy$/, "")}`,
    path,
    begin,
    end: begin + stored,
    size,
    crc32: view.getUint32(at + 16, true),
    deflated: method === 8,
    problem,
  };
  return { member, next };
}

/** The zip64 extra field holds, in this order, those numbers that did not fit in 32 bits. */
function readExtra(
  source: ByteSource,
  view: DataView,
  begin: number,
  end: number,
  sizes: { size: number; stored: number; begin: number },
): void {
  for (let at = begin; at + 4 <= end; ) {
    const length = view.getUint16(at + 2, true);
    let field = at + 4;
    if (view.getUint16(at, true) === 1) {
      for (const key of ["size", "stored", "begin"] as const) {
        if (sizes[key] !== 0xffffffff) continue;
        if (field + 8 > Math.min(end, at + 4 + length)) throw damaged(source, "a zip64 entry is cut off");
        sizes[key] = toNumber(source, view.getBigUint64(field, true));
        field += 8;
      }
      return;
    }
    at += 4 + length;
  }
}

/** Moves the member's bounds, which begin at its local header, behind that header. */
async function skipLocalHeader(
  source: ByteSource,
  member: Member,
  start: number,
  limit: number,
): Promise<void> {
  if (start + 30 > limit) throw damaged(source, `${member.path} lies outside the archive`);
  const header = await readBytes(source, start, 30);
  const view = new DataView(header.buffer, header.byteOffset, 30);
  if (view.getUint32(0, true) !== LOCAL)
    throw damaged(source, `${member.path} is not where the directory says`);
  const length = 30 + view.getUint16(26, true) + view.getUint16(28, true);
  member.begin += length;
  member.end += length;
  if (member.end > limit) throw damaged(source, `${member.path} lies outside the archive`);
}

/** Members that share bytes are how small archives unpack to huge ones. */
function checkApart(source: ByteSource, members: readonly Member[], starts: readonly number[]): void {
  const order = members.map((_, i) => i).sort((a, b) => starts[a]! - starts[b]!);
  for (let i = 1; i < order.length; i++) {
    if (starts[order[i]!]! < members[order[i - 1]!]!.end) {
      throw damaged(source, `${members[order[i]!]!.path} overlaps ${members[order[i - 1]!]!.path}`);
    }
  }
}

function bytesOf(view: DataView, begin: number, end: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + begin, end - begin);
}

function toNumber(source: ByteSource, value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw damaged(source, `a size of ${value} bytes`);
  return Number(value);
}

function damaged(source: ByteSource, problem: string): FileError {
  return new FileError(source.name, `the zip archive is damaged: ${problem}`);
}
