import type { ByteSource } from "../byteSource.js";
import { FileError } from "../fileError.js";
import { textChunks } from "../streams.js";

/** Characters of the longest line: a row of a million classes takes some 20 million. */
const MAX_LINE = 1 << 27;

/** Whole lines of a text with the number, from 1, of the first. */
export interface TextBlock {
  /** Ends with a line's end, but for the last block of a text that does not. */
  text: string;
  line: number;
}

/**
 * The text of a file, unpacked if it is gzip-compressed, in blocks of whole lines, so that memory does not
 * grow with it.
 *
 * @param ends - Whether a block may end after `text`, which ends with a line: a line's end within quotes
 *   ends no record. Default: always.
 * @throws {@link FileError} for what is not UTF-8 and for endless lines.
 */
export async function* textBlocks(
  source: ByteSource,
  ends: (text: string) => boolean = () => true,
): AsyncGenerator<TextBlock> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let pending: string[] = [];
  let pendingLength = 0;
  let line = 1;
  for await (const chunk of textChunks(source)) {
    const text = decode(source, decoder, chunk);
    const end = text.lastIndexOf("\n") + 1;
    if (end > 0) {
      const block = pending.concat(text.slice(0, end)).join("");
      if (ends(block)) {
        yield { text: block, line };
        line += countLines(block);
        pending = [];
        pendingLength = 0;
        if (end < text.length) {
          pending.push(text.slice(end));
          pendingLength = text.length - end;
        }
        continue;
      }
    }
    pending.push(text);
    pendingLength += text.length;
    if (pendingLength > MAX_LINE) {
      throw new FileError(source.name, `line ${line} is longer than ${MAX_LINE} characters`);
    }
  }
  const rest = pending.concat(decode(source, decoder)).join("");
  if (rest !== "") yield { text: rest, line };
}

function decode(source: ByteSource, decoder: InstanceType<typeof TextDecoder>, chunk?: Uint8Array): string {
  try {
    return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode();
  } catch {
    throw new FileError(source.name, "is no text: it is not UTF-8");
  }
}

function countLines(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) count++;
  return count;
}

/** Whether the bytes are text: UTF-8 without control characters. A character may be cut at the end. */
export function isText(head: Uint8Array): boolean {
  const decoded = new TextDecoder().decode(head, { stream: true });
  return !/[\p{Cc}\uFFFD]/u.test(decoded.replace(/[\t\r\n\f]/g, ""));
}
