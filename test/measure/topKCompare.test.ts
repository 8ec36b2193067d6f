import { afterAll, describe, expect, it } from "vitest";
import { compare } from "../../src/measure/index.js";
import { kullback, temporaryFolder } from "../cli/harness.js";

const folder = temporaryFolder();
afterAll(folder.remove);

/** Rows of probabilities of four classes. */
const p = [
  [0.5, 0.3, 0.15, 0.05],
  [0.1, 0.2, 0.3, 0.4],
];
const q = [
  [0.4, 0.35, 0.05, 0.2],
  [0.1, 0.25, 0.35, 0.3],
];
const dense = (rows: number[][], name: string) => ({
  data: Float64Array.from(rows.flat()),
  shape: [rows.length, rows[0].length],
  name,
});

/** The k likeliest of each row as vLLM gives them, one line for all rows, with the token that came. */
function byId(name: string, rows: number[][], k: number, chosen: number[] = []): string {
  const logprobs = rows.map((row) =>
    Object.fromEntries(likeliest(row, k).map((id) => [id, { logprob: Math.log(row[id]) }])),
  );
  return folder.write(name, `${JSON.stringify({ logprobs, token_ids: chosen })}\n`);
}

/** The same as OpenAI gives them, each token by its text. */
function byText(name: string, rows: number[][], k: number, chosen: number[]): string {
  const token = (row: number[], id: number) => ({ token: `t${id}`, logprob: Math.log(row[id]) });
  const content = rows.map((row, i) => ({
    ...token(row, chosen[i]),
    top_logprobs: likeliest(row, k).map((id) => token(row, id)),
  }));
  return folder.write(name, `${JSON.stringify({ logprobs: { content } })}\n`);
}

const likeliest = (row: number[], k: number) => [...row.keys()].sort((a, b) => row[b] - row[a]).slice(0, k);

const klOf = (a: number[], b: number[]) => a.reduce((sum, x, i) => sum + x * Math.log(x / b[i]), 0);

/** Classes 0 and 1 are the likeliest of the first row, 2 and 3 of the second; the rest is one bucket. */
const expected = (klOf([0.5, 0.3, 0.2], [0.4, 0.35, 0.25]) + klOf([0.4, 0.3, 0.3], [0.3, 0.35, 0.35])) / 2;

describe("compare, of the likeliest classes", () => {
  it("compares them and the rest, as a lower bound", async () => {
    const [a, b] = [byId("a.jsonl", p, 2), byId("b.jsonl", q, 2)];
    for (const [reference, candidate] of [
      [a, b],
      [dense(p, "p"), b],
      [a, dense(q, "q")],
    ]) {
      const { bound, classes, candidates, notes } = await compare(reference, candidate, { from: "probs" });
      expect([bound, classes]).toEqual(["lower", 3]);
      expect(candidates[0].measures.kl.mean).toBeCloseTo(expected, 9);
      expect(notes[0]).toMatch(/^Divergences and entropies are lower bounds/);
    }
    const { bound, candidates } = await compare(dense(p, "p"), dense(q, "q"));
    expect(bound).toBe("exact");
    expect(candidates[0].measures.kl.mean).toBeGreaterThan(expected);
  });

  it("takes the largest class, overlaps, and labels of the rows and not of the buckets", async () => {
    // The rest of the second row is more than its likeliest class.
    const [a, b] = [byText("at.jsonl", p, 1, [0, 3]), byText("bt.jsonl", q, 1, [0, 3])];
    const { candidates } = await compare(a, b, { measures: ["top-k"], worst: 2 });
    const [{ sameTop, topOverlap, labels, worst }] = candidates;
    expect([sameTop.value, topOverlap?.[0]]).toEqual([0.5, 0.5]);
    expect(labels?.perplexity.reference).toBeCloseTo(1 / Math.sqrt(0.5 * 0.4), 9);
    expect(labels?.perplexity.candidate).toBeCloseTo(1 / Math.sqrt(0.4 * 0.3), 9);
    const second = worst.find(({ row }) => row === 1)!;
    expect(second.topReference[0]).toMatchObject({ text: "t3", p: expect.closeTo(0.4, 9) });
    expect(second.topCandidate[0]).toMatchObject({ text: "t2", p: Number.NaN, q: expect.closeTo(0.35, 9) });
  });

  it("knows the rank of the reference's top where the candidate has all classes", async () => {
    const a = byId("rank.jsonl", p, 2);
    const { candidates } = await compare(a, dense(q, "q"), { measures: ["rank"], from: "probs" });
    expect(candidates[0].rankOfTop).toMatchObject({ mean: 1.5, max: 2 });
    await expect(compare(dense(p, "p"), a, { measures: ["rank"] })).rejects.toThrow(
      /rank\.jsonl: holds the likeliest classes only, the measure rank needs all/,
    );
  });

  it("leaves labels that a side does not list out of perplexity, and says so", async () => {
    const [a, b] = [byId("al.jsonl", p, 2, [0, 3]), byId("bl.jsonl", q, 2, [0, 3])];
    const labels = { data: Int32Array.of(0, 0), shape: [2] };
    const { candidates, notes } = await compare(a, b, { labels });
    expect(candidates[0].labels).toMatchObject({ rows: 1, ignored: 1 });
    expect(notes.join()).toMatch(/are over the 1 rows whose label both sides list/);
  });

  it("refuses what cannot be matched or ranked", async () => {
    const [a, b, text] = [byId("ra.jsonl", p, 2), byId("rb.jsonl", q, 2), byText("rt.jsonl", q, 2, [0, 3])];
    await expect(compare(a, text)).rejects.toThrow(
      /rt\.jsonl: names tokens by their text, but .*ra\.jsonl has/,
    );
    await expect(compare(dense(p, "p"), [b, dense(q, "q")])).rejects.toThrow(
      /one by one, since a lower bound/,
    );
    await expect(compare(a, byId("one.jsonl", q.slice(1), 2))).rejects.toThrow(
      /one\.jsonl: has 1 rows, but the/,
    );
    await expect(compare(a, b, { convention: "llama.cpp" })).rejects.toThrow(
      /convention llama\.cpp needs all/,
    );
    // The tokens that came differ after the first row, so the second rows are about different texts.
    const [c, d] = [byId("c.jsonl", p, 2, [0, 3]), byId("d.jsonl", q, 2, [1, 3])];
    await expect(compare(c, d)).rejects.toThrow(/d\.jsonl: from row 0 on it was computed on other tokens/);
    expect((await compare(c, d, { allowMismatch: ["tokens"] })).bound).toBe("lower");
  });

  it("notes that lists of different length are no ranking", async () => {
    const names = [byId("k1.jsonl", q, 1), byId("k2.jsonl", q, 2)];
    const { notes } = await compare(byId("k3.jsonl", p, 3), names);
    expect(notes.join()).toMatch(/different numbers of likeliest classes \(1, 2\)/);
  });

  it("goes on after an interruption with the same result", async () => {
    const [a, b] = [byId("ja.jsonl", p, 2), byId("jb.jsonl", q, 2)];
    const resume = `${folder.path}/top.journal`;
    const stop = new AbortController();
    const onProgress = () => stop.abort();
    const options = { resume, saveRows: () => Promise.reject(new Error("stopped")) };
    await expect(compare(a, b, { ...options, onProgress, signal: stop.signal })).rejects.toThrow();
    expect(await compare(a, b, { resume })).toEqual(await compare(a, b));
  });

  it.each([
    [["--json"], /"bound": "lower"/],
    [["--csv"], /,lower,/],
    [["--markdown"], /KL\(P‖Q\) ≥, nats.*Lower bounds/s],
    [[], /lower bounds: of each row only the likeliest classes/],
  ])("says in every output that it is a bound: %j", async (flags, message) => {
    const { stdout } = await kullback(["compare", byId("oa.jsonl", p, 2), byId("ob.jsonl", q, 2), ...flags]);
    expect(stdout).toMatch(message);
  });
});
