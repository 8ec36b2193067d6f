// Damage that comes from beside a file: an index of shards that lies, and a server that does.

import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { KullbackError } from "../../src/errors.js";
import { type ByteSource, type FileInput, inspectFile, openArray, readArray } from "../../src/io/index.js";
import { fromBase64 } from "./files.js";
import { file, golden } from "./formats.js";

/** The values of every array of a file, or undefined if it is refused; any other failure is thrown. */
async function survive(input: FileInput): Promise<number[][] | undefined> {
  try {
    const { arrays } = await inspectFile(input);
    const found: number[][] = [];
    for (const { name } of arrays) {
      const { data } = await readArray(input, { tensor: name });
      found.push(Array.from(data, Number));
    }
    return found;
  } catch (error) {
    if (!(error instanceof KullbackError)) throw error;
    expect(error.message).not.toMatch(/\p{Cc}/u);
    return undefined;
  }
}

const digits = "0123456789-{}[]\"',:.#abcdef".split("").map((c) => c.charCodeAt(0));
const bytes = fc.array(fc.tuple(fc.nat(), fc.oneof(fc.nat(255), fc.constantFrom(...digits))), {
  minLength: 1,
  maxLength: 3,
});

function mutate(original: Uint8Array, changes: [at: number, byte: number][], within: number): Uint8Array {
  const mutant = original.slice();
  for (const [at, byte] of changes) mutant[at % Math.min(within, mutant.length)] = byte;
  return mutant;
}

describe("safetensors in several files", () => {
  const shards = Object.fromEntries(Object.entries(golden.shards).map(([name, b]) => [name, fromBase64(b)]));
  const index = "model.safetensors.index.json";

  function folder(files: Record<string, Uint8Array>, name: string): ByteSource {
    const content = Object.hasOwn(files, name) ? files[name]! : undefined;
    if (content === undefined) throw new KullbackError(`${JSON.stringify(name)}: no such file`);
    return {
      name,
      size: content.length,
      read: async (at, length) => {
        if (at < 0 || length < 0 || at + length > content.length) throw new RangeError(`${at}, ${length}`);
        return content.subarray(at, at + length);
      },
      sibling: async (file) => folder(files, file),
      close: async () => {},
    };
  }

  it("1500 mutants of an index and its shards are read or refused, and nothing else", async () => {
    expect(await survive(folder(shards, index))).toHaveLength(3);
    const outcomes = { read: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...Object.keys(shards)), bytes, async (damaged, changes) => {
        const files = { ...shards, [damaged]: mutate(shards[damaged]!, changes, 400) };
        const found = await survive(folder(files, index));
        outcomes[found === undefined ? "refused" : "read"]++;
      }),
      { numRuns: 1500 },
    );
    expect(outcomes.read).toBeGreaterThan(50);
    expect(outcomes.refused).toBeGreaterThan(500);
  });
});

describe("a server that answers at random", () => {
  const patience = 10_000;
  const { setTimeout: wait } = globalThis;
  beforeEach(() => {
    // What is tried again is tried at once.
    vi.stubGlobal("setTimeout", (f: () => void, ms = 0) => wait(f, ms < patience ? 0 : ms));
  });
  afterEach(() => vi.unstubAllGlobals());

  const content = file("npz", "stored");

  /** What may be wrong with an answer. */
  interface Fault {
    status?: number;
    range?: string;
    shift?: number;
    cut?: number;
    extra?: number;
    etag?: string;
    encoding?: string;
  }
  const fault: fc.Arbitrary<Fault> = fc.record(
    {
      status: fc.constantFrom(200, 204, 301, 404, 416, 429, 500, 503),
      range: fc.constantFrom(
        "",
        "bytes */*",
        "bytes 0-0/1",
        "bytes 5-9/10",
        "bytes 0-99/99999999999",
        "items 0-1/2",
      ),
      shift: fc.integer({ min: -40, max: 40 }),
      cut: fc.nat(200),
      extra: fc.nat(200),
      etag: fc.constantFrom('"2"', 'W/"1"'),
      encoding: fc.constantFrom("gzip", "identity"),
    },
    { requiredKeys: [] },
  );
  const answers = fc.array(fc.option(fault, { freq: 3 }), { minLength: 1, maxLength: 6 });

  it("1500 times is read aright or refused, and nothing else", async () => {
    let answer: (begin: number, end: number) => Response;
    vi.stubGlobal("fetch", async (_: URL, { headers }: { headers: Record<string, string> }) => {
      const [, begin, last] = /^bytes=(\d+)-(\d+)$/.exec(headers.Range!)!;
      return answer(Number(begin), Math.min(Number(last) + 1, content.length));
    });
    const whole = (begin: number, end: number, wrong: Fault = {}) => {
      const { status = 206, shift = 0, cut = 0, extra = 0, etag = '"1"', encoding } = wrong;
      const from = Math.max(0, begin + shift);
      const range = wrong.range ?? `bytes ${from}-${end - 1}/${content.length}`;
      const body = Buffer.concat([content.subarray(from, Math.max(from, end - cut)), new Uint8Array(extra)]);
      const head: Record<string, string> = { "Content-Range": range, ETag: etag };
      if (encoding !== undefined) head["Content-Encoding"] = encoding;
      return new Response(status === 204 ? null : body, { status, headers: head });
    };
    answer = whole;
    const right = await survive("http://example.test/a.npz");
    expect(right?.length).toBeGreaterThan(0);
    const outcomes = { read: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(answers, async (faults) => {
        let count = 0;
        answer = (begin, end) => whole(begin, end, faults[count++ % (faults.length + 1)] ?? {});
        const found = await survive("http://example.test/a.npz");
        if (found === undefined) outcomes.refused++;
        else {
          outcomes.read++;
          expect(found).toEqual(right);
        }
      }),
      { numRuns: 1500 },
    );
    expect(outcomes.read).toBeGreaterThan(50);
    expect(outcomes.refused).toBeGreaterThan(300);
  });

  it("is not asked without end", async () => {
    let count = 0;
    vi.stubGlobal("fetch", async () => {
      count++;
      return new Response(null, { status: 503 });
    });
    await expect(openArray("http://example.test/a.npy")).rejects.toThrow(/cannot be read: .* 4 times$/);
    expect(count).toBe(4);
  });
});
