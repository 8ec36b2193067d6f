import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openArray, rowsOf, writeNpy } from "../../src/io/index.js";
import { compare, explain } from "../../src/measure/index.js";
import { example, kullback, temporaryFolder } from "../cli/harness.js";

const folder = temporaryFolder();
afterAll(folder.remove);

/** Two chunks of 15 tokens, of which llama.cpp keeps 7 rows each. */
const [chunks, context, classes] = [2, 15, 12];
const [first, perChunk] = [7, 7];
const rows = chunks * perChunk;
const values = (phase: number) =>
  Float64Array.from({ length: rows * classes }, (_, i) => Math.fround(4 * Math.sin(1.3 * i + phase)));
const tokens = Int32Array.from({ length: chunks * context }, (_, i) => (5 * i + 2) % classes);
const labels = Int32Array.from({ length: rows }, (_, row) => {
  const chunk = Math.floor(row / perChunk);
  return tokens[chunk * context + first + (row % perChunk) + 1];
});

const [p, q] = [0, 0.2].map((phase, i) =>
  folder.write(`${"pq"[i]}.npy`, writeNpy(values(phase), [rows, classes])),
);
const cube = folder.write("cube.npy", writeNpy(values(0.2), [chunks, perChunk, classes]));
const tokenFile = folder.write("tokens.npy", writeNpy(tokens, [chunks, context]));
const labelFile = folder.write("labels.npy", writeNpy(labels, [rows]));

async function convert(from: string, to: string, ...flags: string[]): Promise<string> {
  const path = `${folder.path}/${to}`;
  expect(await kullback(["convert", from, path, "--force", ...flags])).toMatchObject({ code: 0, stderr: "" });
  return path;
}

const kl = async (reference: string, candidate: string) => {
  const { candidates, rows } = await compare(reference, candidate);
  return [rows, candidates[0].measures.kl.mean];
};

/** Serves files of this machine, ranges too. */
async function serve() {
  const server = createServer((request, response) => {
    const bytes = readFileSync(decodeURIComponent(request.url!));
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
    const [start, end] = range
      ? [Number(range[1]), Math.min(Number(range[2]) + 1, bytes.length)]
      : [0, bytes.length];
    const etag = { etag: '"1"', "accept-ranges": "bytes" };
    if (range)
      response.writeHead(206, { ...etag, "content-range": `bytes ${start}-${end - 1}/${bytes.length}` });
    else response.writeHead(200, { ...etag, "content-length": bytes.length });
    response.end(request.method === "HEAD" ? undefined : bytes.subarray(start, end));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { url: (path: string) => `http://127.0.0.1:${port}${path}`, close };
}

describe("compare reads every format", () => {
  let exact: (number | undefined)[];
  beforeAll(async () => {
    exact = await kl(p, q);
  });

  it.each(["npz", "safetensors", "parquet", "csv", "tsv", "jsonl"])("%s as either side", async (end) => {
    const [own, other] = [await convert(p, `own.${end}`), await convert(q, `other.${end}`)];
    expect(await kl(own, q)).toEqual(exact);
    expect(await kl(p, other)).toEqual(exact);
    expect(await kl(own, other)).toEqual(exact);
  });

  it("a table against an array whose rows have several axes", async () => {
    expect(await kl(await convert(p, "flat.csv"), cube)).toEqual(exact);
    await expect(compare(p, cube)).rejects.toThrow(
      /cube\.npy: has the shape \[2, 7, 12\], but the reference/,
    );
  });

  it("an http URL, with labels from another", async () => {
    const server = await serve();
    const { url } = server;
    try {
      const far = await compare(url(p), url(q), { labels: url(labelFile) });
      const near = await compare(p, q, { labels: labelFile });
      expect(far.candidates[0].labels).toEqual(near.candidates[0].labels);
      expect(far.candidates[0].hash).toEqual(near.candidates[0].hash);
    } finally {
      await server.close();
    }
  });

  it("named columns as labels, mask, groups and clusters", async () => {
    const lines = Array.from(labels, (label, row) => [row, label, row % 3, row % 2 === 0, "prose"].join(","));
    const table = folder.write("rows.csv", `row,label,group,keep,domain\n${lines.join("\n")}\n`);
    const records = Array.from(labels, (label, row) => JSON.stringify({ label, keep: row % 2 === 0 }));
    const json = folder.write("rows.jsonl", `${records.join("\n")}\n`);
    const options = { groups: `${table}#group`, clusters: `${table}#group` };
    const byCsv = await compare(p, q, { ...options, labels: `${table}#label`, mask: `${table}#keep` });
    const byJson = await compare(p, q, { ...options, labels: `${json}#label`, mask: `${json}#keep` });
    const mask = Uint8Array.from(labels, (_, row) => (row % 2 === 0 ? 1 : 0));
    const arrays = await compare(p, q, {
      labels: labelFile,
      mask: { data: mask, shape: [rows] },
      groups: { data: Int32Array.from(labels, (_, row) => row % 3), shape: [rows], name: `${table}#group` },
      clusters: `${table}#group`,
    });
    expect(byCsv.candidates).toEqual(arrays.candidates);
    expect(byJson.candidates).toEqual(arrays.candidates);
    expect(byCsv.rowFiles.map(({ role, name }) => [role, name])).toEqual([
      ["mask", `${table}#keep`],
      ["groups", `${table}#group`],
      ["clusters", `${table}#group`],
    ]);
    await expect(compare(p, q, { labels: table })).rejects.toThrow(/record 1.*wanted a number in column 4/);
    await expect(compare(p, q, { labels: `${table}#no` })).rejects.toThrow(
      /has no column "no"; it has row, lab/,
    );
    await expect(compare(p, q, { mask: `${table}#domain` })).rejects.toThrow(
      /wanted a number in column domain/,
    );
  });

  it("and explain does, but for the likeliest classes alone", async () => {
    const { groups } = await explain(p, q);
    expect((await explain(await convert(p, "e.csv"), await convert(q, "e.parquet"))).groups).toEqual(groups);
    const topK = folder.write("top.jsonl", `${JSON.stringify({ logprobs: [{ 1: { logprob: -1 } }] })}\n`);
    await expect(explain(topK, topK)).rejects.toThrow(/holds the likeliest classes only; explain needs all/);
  });

  it("and explain stops when it is asked to, and says how far it is", async () => {
    const steps: number[][] = [];
    await explain(p, q, { match: "0.1", onProgress: (...step) => steps.push(step) });
    expect(steps[0]).toEqual([0, expect.any(Number)]);
    expect(steps.at(-1)![1]).toBeNaN();
    await expect(explain(p, q, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/);
  });

  it("but explain refuses what is too large before it reads it", async () => {
    const source = {
      name: "huge",
      size: 128 + 4 * 2 ** 27,
      read: async () => new Uint8Array(0),
      close: async () => {},
    };
    const array = {
      ...({ name: "huge.npy", format: "npy", dtype: "float32", shape: [2 ** 17, 2 ** 10], source } as const),
      ...({ byteLength: 4 * 2 ** 27, offset: 128, byteOrder: "little", fortranOrder: false } as const),
      close: async () => {},
    };
    await expect(explain(array, array)).rejects.toThrow(
      /huge\.npy: has 134217728 values .*takes at most 67108864/,
    );
  });
});

describe("compare, of llama.cpp's files", () => {
  let base: string;
  let candidate: string;
  beforeAll(async () => {
    base = await convert(p, "base.kld", "--tokens", tokenFile);
    candidate = await convert(q, "candidate.kld", "--tokens", tokenFile);
  });

  it("takes labels, chunks and positions from the tokens", async () => {
    const own = await compare(base, candidate);
    const told = await compare(base, candidate, { labels: labelFile, positions: perChunk });
    expect(own.candidates[0].labels).toEqual(told.candidates[0].labels);
    expect(own.clusters).toEqual({ by: "chunk", count: chunks });
    const positions = own.candidates[0].slices.find(({ by }) => by === "position")!.buckets;
    // The second half of each chunk alone is scored.
    expect(positions.map(({ from }) => from)).toEqual([7, 8, 9, 10, 11, 12, 13]);
    expect(own.notes).toContain(`Labels, chunks and positions are those of the tokens in ${base}.`);
    expect([own.from, own.found, own.reference.format]).toEqual(["logProbs", "by its format", "llama.cpp"]);
  });

  it("compares them with logits of the same rows, whichever side has the tokens", async () => {
    const [near, far] = [await compare(base, q), await compare(p, candidate)];
    const [, exact] = await kl(p, q);
    for (const { candidates, clusters, notes } of [near, far]) {
      // 16 bits for a range of 16 leave an error of some 1e-4 in a logit.
      expect(candidates[0].measures.kl.mean).toBeCloseTo(exact!, 4);
      expect(candidates[0].labels?.rows).toBe(rows);
      expect(clusters?.count).toBe(chunks);
      expect(notes.join()).toMatch(/holds (logits|log-probabilities) and the reference/);
    }
  });

  it("refuses other tokens, unless that is allowed", async () => {
    const others = folder.write(
      "others.npy",
      writeNpy(
        tokens.map((id) => (id + 1) % classes),
        [chunks, context],
      ),
    );
    const other = await convert(q, "other.kld", "--tokens", others);
    await expect(compare(base, other)).rejects.toThrow(/other\.kld: was computed on other tokens/);
    const { notes } = await compare(base, other, { allowMismatch: ["tokens"] });
    expect(notes.join()).toContain(
      `${other} was computed on other tokens than the reference, which was allowed`,
    );
  });

  it("says where the file clamps", async () => {
    const wide = values(0).map((x) => 10 * x);
    const file = await convert(
      folder.write("wide.npy", writeNpy(wide, [rows, classes])),
      "wide.kld",
      "--tokens",
      tokenFile,
    );
    const { notes } = await compare(file, q);
    expect(notes[0]).toMatch(/wide\.kld: log-probabilities more than 16 below .* as llama\.cpp does/);
    expect((await compare(base, q)).notes.join()).not.toContain("16 below");
  });
});

/** A case of test/oracle/llama_cpp.py: codes of a `_logits_` file, and what llama.cpp's formulas give. */
interface Case {
  name: string;
  rows: number;
  classes: number;
  codes: string;
  scale: number[];
  minimum: number[];
  candidate: string;
  columns: number;
  labels: number[];
  values: number[][];
  truncation: Record<string, number>;
}

const cases = (
  JSON.parse(readFileSync(new URL("../oracle/llama_cpp.json", import.meta.url), "utf8")) as Case[]
).filter(({ labels }) => labels.every((label) => label >= 0));

/** A `_logits_` file of one chunk, whose tokens make the labels. */
function logitsFile({ rows, classes, codes, scale, minimum, labels }: Case): Uint8Array {
  const context = 2 * rows + 1;
  const rowBytes = 2 * (2 * Math.floor((classes + 1) / 2) + 4);
  const start = 20 + 4 * context;
  const bytes = new Uint8Array(start + rows * rowBytes);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode("_logits_"));
  for (const [i, n] of [context, classes, 1].entries()) view.setInt32(8 + 4 * i, n, true);
  for (const [row, label] of labels.entries()) view.setInt32(20 + 4 * (rows + row + 1), label, true);
  const all = Buffer.from(codes, "base64");
  for (let row = 0; row < rows; row++) {
    view.setFloat32(start + row * rowBytes, scale[row], true);
    view.setFloat32(start + row * rowBytes + 4, minimum[row], true);
    bytes.set(all.subarray(2 * row * classes, 2 * (row + 1) * classes), start + row * rowBytes + 8);
  }
  return bytes;
}

describe("compare by the convention llama.cpp", () => {
  it.each(cases)("gives the numbers of its formulas: $name", async (it) => {
    const base = folder.write(`${it.name.replace(/\W/g, "-")}.kld`, logitsFile(it));
    const array = await openArray(example(`${it.candidate}.npy`));
    const all = new Float32Array(it.rows * it.columns);
    await rowsOf(array).read(0, it.rows, all);
    await array.close();
    const data = Float32Array.from({ length: it.rows * it.classes }, (_, i) => {
      return all[Math.floor(i / it.classes) * it.columns + (i % it.classes)];
    });
    const candidate = { data, shape: [it.rows, it.classes], name: "q" };
    const { candidates } = await compare(base, candidate, { convention: "llama.cpp", from: "logits" });
    const { lines, truncation } = candidates[0].llamaCpp!;
    const expected = it.values.flat();
    const got = lines.flatMap(({ value, uncertainty }) =>
      uncertainty === null ? [value] : [value, uncertainty],
    );
    expect(got.length).toBe(expected.length);
    // llama.cpp decodes in float32, this reader rounds once.
    for (const [i, value] of expected.entries()) {
      expect(Math.abs(got[i] - value), lines.map(({ name }) => name).join()).toBeLessThan(
        2e-5 + 2e-5 * Math.abs(value),
      );
    }
    for (const [key, value] of Object.entries(it.truncation)) {
      expect(truncation[key as keyof typeof truncation]).toBeCloseTo(value, 5);
    }
  });

  it("leaves out what needs labels where there are none, and says what differs from llama.cpp's own run", async () => {
    const { candidates, notes } = await compare(p, q, { convention: "llama.cpp" });
    const sections = new Set(candidates[0].llamaCpp!.lines.map(({ section }) => section));
    expect([...sections]).toEqual(["KL divergence statistics", "Token probability statistics"]);
    expect(candidates[0].llamaCpp!.truncation.exact).toBeCloseTo(candidates[0].measures.kl.mean, 12);
    expect(notes.join()).toMatch(/prints its block from 100 rows on; of .* there are 14/);
    expect(notes.join()).toMatch(/p\.npy is no _logits_ file/);
  });

  it("refuses probabilities and the likeliest classes", async () => {
    const probs = { data: Float64Array.of(0.5, 0.5), shape: [1, 2] };
    const convention = "llama.cpp";
    await expect(compare(probs, probs, { convention, from: "probs" })).rejects.toThrow(
      /holds probabilities, the con/,
    );
  });
});
