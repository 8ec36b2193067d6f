import type { ByteSource } from "../byteSource.js";
import { FileError } from "../fileError.js";

/** Bytes that are asked for at least, and kept, so that a header in many small pieces is one request. */
const SMALLEST_REQUEST = 1 << 16;

/** Attempts in a row that bring no byte before it is given up. */
const MAX_ATTEMPTS = 4;

/** Milliseconds before the second attempt; each further one waits twice as long. */
const FIRST_DELAY = 100;

/** Milliseconds without a byte after which a request counts as failed. */
const PATIENCE = 30_000;

/**
 * A file on a web server that serves ranges, read piece by piece. An answer that is cut off, and a server
 * that is busy, are tried again from where the bytes ended. A file that changes between two requests, by its
 * ETag, date or size, is noticed.
 *
 * @throws {@link FileError} if there is no such file or the server serves no ranges.
 *
 * Reference: RFC 9110, section 14 (range requests) and 13.1.5 (If-Range)
 */
export async function httpSource(url: URL): Promise<ByteSource> {
  // A query may hold a key, which must not end up in reports.
  const name = `${url.origin}${url.pathname}`;
  const fail = (problem: string) => new FileError(name, problem);
  let state: FileState | undefined;

  /** Reads `[begin, end)` into `target`, going on after failures; `onAnswer` sees the first answer. */
  const readRange = async (begin: number, end: number, target: Uint8Array): Promise<number> => {
    let at = begin;
    let last = end;
    for (let attempt = 1; at < last; attempt++) {
      const before = at;
      try {
        const answer = await request(url, fail, at, last, state);
        state ??= answer.state;
        last = Math.min(last, state.size);
        for await (const chunk of answer.chunks) {
          if (at + chunk.length > last)
            throw fail(`the server sent more than bytes ${begin} to ${last}, as was asked`);
          target.set(chunk, at - begin);
          at += chunk.length;
        }
        if (at === before && at < last) throw new Retry("the answer was empty");
      } catch (error) {
        if (!(error instanceof Retry)) throw error;
        if (at > before) attempt = 0;
        else if (attempt >= MAX_ATTEMPTS)
          throw fail(`cannot be read: ${error.message}, ${MAX_ATTEMPTS} times`);
        await new Promise((done) => setTimeout(done, FIRST_DELAY * 2 ** attempt));
      }
      if (state?.size === 0) break;
    }
    return at - begin;
  };

  const head = new Uint8Array(SMALLEST_REQUEST);
  let kept = { offset: 0, bytes: head.subarray(0, await readRange(0, SMALLEST_REQUEST, head)) };
  const { size } = state as unknown as FileState;
  return {
    name,
    size,
    async read(offset, length, into) {
      const end = Math.min(offset + length, size);
      if (end <= offset) return new Uint8Array(0);
      if (offset < kept.offset || end > kept.offset + kept.bytes.length) {
        const wanted = Math.min(Math.max(length, SMALLEST_REQUEST), size - offset);
        if (wanted > length || !into) {
          const bytes = new Uint8Array(wanted);
          await readRange(offset, offset + wanted, bytes);
          if (wanted > SMALLEST_REQUEST) return bytes.subarray(0, length);
          kept = { offset, bytes };
        } else {
          await readRange(offset, offset + wanted, into);
          return into.subarray(0, wanted);
        }
      }
      return kept.bytes.subarray(offset - kept.offset, end - kept.offset);
    },
    sibling: (file) => httpSource(new URL(encodeURIComponent(file), url)),
    close: async () => {},
  };
}

/** What must not change while a file is read. */
interface FileState {
  size: number;
  etag: string | null;
  modified: string | null;
}

interface Answer {
  state: FileState;
  chunks: AsyncIterable<Uint8Array>;
}

/** A failure that may pass. */
class Retry extends Error {}

type Fail = (problem: string) => FileError;

async function request(
  url: URL,
  fail: Fail,
  begin: number,
  end: number,
  known: FileState | undefined,
): Promise<Answer> {
  const headers: Record<string, string> = {
    Range: `bytes=${begin}-${end - 1}`,
    "Accept-Encoding": "identity",
  };
  // If-Range takes no weak tags; the check of the answer's headers stands in for it.
  const validator = known?.etag?.startsWith('"') ? known.etag : known?.modified;
  if (validator) headers["If-Range"] = validator;
  const stop = new AbortController();
  let timer = setTimeout(() => stop.abort(), PATIENCE);
  const feed = () => {
    clearTimeout(timer);
    timer = setTimeout(() => stop.abort(), PATIENCE);
  };
  let response: Response;
  try {
    response = await fetch(url, { headers, signal: stop.signal });
  } catch (error) {
    clearTimeout(timer);
    throw new Retry(`the server cannot be reached (${reasonOf(error)})`);
  }
  try {
    const state = checkAnswer(response, fail, begin, known);
    return { state, chunks: bodyOf(response, feed, () => clearTimeout(timer)) };
  } catch (error) {
    clearTimeout(timer);
    await response.body?.cancel().catch(() => {});
    throw error;
  }
}

/** Checks an answer's status and headers, and gives what they say of the file. */
function checkAnswer(
  { status, headers }: Response,
  fail: Fail,
  begin: number,
  known: FileState | undefined,
): FileState {
  const etag = headers.get("ETag");
  const modified = headers.get("Last-Modified");
  const changed = () => fail("changed on the server while it was read");
  if (status === 416) {
    if (known) throw changed();
    if (/^bytes \*\/0$/.test(headers.get("Content-Range") ?? "")) return { size: 0, etag, modified };
  }
  if (status === 404 || status === 410) throw fail(`no such file (HTTP ${status})`);
  if (status === 401 || status === 403) throw fail(`permission denied (HTTP ${status})`);
  if (status === 408 || status === 429 || status >= 500)
    throw new Retry(`the server answered with HTTP ${status}`);
  if (status === 200) {
    if (known) throw changed();
    if (headers.get("Content-Length") === "0") return { size: 0, etag, modified };
    throw fail("the server serves no ranges (HTTP 200, not 206): download the file first");
  }
  if (status !== 206) throw fail(`the server answered with HTTP ${status}, wanted 206`);
  const coding = headers.get("Content-Encoding") ?? "identity";
  if (coding !== "identity") throw fail(`the server sends ranges of ${coding} data: download the file first`);
  const range = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/.exec(headers.get("Content-Range") ?? "");
  if (!range || Number(range[1]) !== begin) {
    throw fail(
      `asked for bytes from ${begin}, the server sent "${headers.get("Content-Range") ?? "no Content-Range"}"`,
    );
  }
  const size = Number(range[3]);
  if (known && (size !== known.size || etag !== known.etag || modified !== known.modified)) throw changed();
  return { size, etag, modified };
}

/** The bytes of an answer; `feed` is called for each piece, `done` at the end. */
async function* bodyOf(response: Response, feed: () => void, done: () => void): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  try {
    while (reader) {
      const { done: ended, value } = await reader.read();
      if (ended) break;
      feed();
      yield value;
    }
  } catch (error) {
    throw new Retry(`the connection was cut off (${reasonOf(error)})`);
  } finally {
    done();
    await reader?.cancel().catch(() => {});
  }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (cause instanceof Error)
    return "code" in cause && typeof cause.code === "string" ? cause.code : cause.message;
  return String(cause);
}
