import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { readVocabulary, renderHtml } from "../../src/report/index.js";
import { allMeasures, comparisonFixture, type FixtureOptions, generator, hostileNames } from "./fixture.js";

interface Element {
  readonly textContent: string;
  readonly id: string;
  getAttribute(name: string): string | null;
  querySelector(selector: string): Element | null;
  querySelectorAll(selector: string): Iterable<Element>;
}

const page = async (options: FixtureOptions = {}, vocabulary?: string[]) => {
  const text = await renderHtml(comparisonFixture(options), { vocabulary });
  return { text, document: parseHTML(text).document as unknown as Element };
};
const all = (element: Element, selector: string) => [...element.querySelectorAll(selector)];
const many = (n: number) => Array.from({ length: n }, (_, i) => `runs/candidate-${i}.npy`);

describe("renderHtml", () => {
  it("stands alone: it refers to nothing outside, and allows no script", async () => {
    const { text, document } = await page({ chunks: 8 });
    expect(text).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(all(document, "script, link, iframe, img, object, embed, form, base")).toEqual([]);
    const addresses = all(document, "*").flatMap((element) =>
      ["href", "src", "xlink:href", "action", "srcset"].map((name) => element.getAttribute(name) ?? "#"),
    );
    expect(addresses.filter((address) => !address.startsWith("#"))).toEqual([]);
    expect(text).not.toMatch(/url\(|@import/);
    expect(document.querySelector("meta[http-equiv]")?.getAttribute("content")).toBe(
      "default-src 'none'; style-src 'unsafe-inline'",
    );
  });

  it("has every section that the issue of a comparison needs, linked from its contents", async () => {
    const { document } = await page({ chunks: 8 });
    const ids = all(document, "h2").map(({ id }) => id);
    expect(ids).toEqual([
      "notice",
      "ranking",
      "size-section",
      "distribution",
      "slices",
      "more",
      "worst",
      "manifest",
      "method",
    ]);
    expect(all(document, "nav a").map((link) => link.getAttribute("href")?.slice(1))).toEqual(ids.slice(1));
    const figures = all(document, "figure[id]").map(({ id }) => id);
    expect(figures).toEqual(["means", "size", "cdf", "by-confidence", "by-position", "by-chunk"]);
    expect(all(document, "figure.small")).toHaveLength(4);
  });

  it("names figures and tables for those who cannot see them, with ids of their own", async () => {
    const { document } = await page({ chunks: 8 });
    const ids = all(document, "[id]").map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const svg of all(document, "svg")) {
      if (svg.getAttribute("aria-hidden") === "true") continue;
      expect(svg.getAttribute("role")).toBe("img");
      expect(svg.querySelector("title")?.id).toBe(svg.getAttribute("aria-labelledby"));
      expect(svg.querySelector("desc")?.id).toBe(svg.getAttribute("aria-describedby"));
      expect(svg.querySelector("title")?.textContent).not.toBe("");
      expect(svg.querySelector("desc")?.textContent).not.toBe("");
    }
    for (const table of all(document, "table")) {
      expect(table.querySelector("caption")?.textContent).not.toBe("");
      expect(
        all(table, "th").every((cell) => ["col", "row"].includes(cell.getAttribute("scope") ?? "")),
      ).toBe(true);
    }
    const levels = all(document, "h1, h2, h3").map((heading) =>
      Number((heading as never as { tagName: string }).tagName[1]),
    );
    expect(levels[0]).toBe(1);
    expect(levels.every((level, i) => i === 0 || level <= levels[i - 1] + 1)).toBe(true);
  });

  it("tells lines apart by dashes and symbols, not by colour alone", async () => {
    const { document } = await page({ names: many(6) });
    const items = all(document, "#cdf .legend li");
    const dashes = items.map((item) => item.querySelector("path")?.getAttribute("stroke-dasharray"));
    const symbols = items.map((item) => all(item, "path")[1].getAttribute("d"));
    expect(new Set(dashes).size).toBe(6);
    expect(new Set(symbols).size).toBe(6);
  });

  it("escapes hostile names, tokens, notes and labels of groups", async () => {
    const comparison = comparisonFixture({ names: hostileNames, rows: 60, infinite: 1, chunks: 3 });
    const evil = '"><script>alert(3)</script><svg onload=alert(4)>\u202e';
    comparison.reference.name = `runs/${evil}`;
    comparison.notes = [evil];
    comparison.found = evil;
    comparison.version = evil;
    comparison.clusters = { by: evil, count: 3 };
    comparison.selection = { range: null, mask: evil, rows: 50 };
    for (const candidate of comparison.candidates) {
      Object.assign(candidate, { dtype: evil, format: evil, tokens: evil });
      Object.assign(candidate.hash ?? {}, { value: evil });
      candidate.measures.kl.interval.method = evil;
      for (const slice of candidate.slices) {
        slice.title = evil;
        for (const bucket of slice.buckets) bucket.label = evil;
      }
      candidate.llamaCpp = {
        lines: [],
        truncation: { excludedMass: 0, low: 0, high: 0, exact: 0 },
        text: [evil, "</pre><script>alert(5)</script>"],
      };
    }
    const text = await renderHtml(comparison, { vocabulary: Array.from({ length: 4096 }, () => evil) });
    const document = parseHTML(text).document as unknown as Element;
    expect(text.match(/.{40}<(?:script|img|svg on).{20}/i)).toBeNull();
    expect(text).not.toContain("\u202e");
    expect(
      all(document, "*").some((element) => element.getAttribute("onload") ?? element.getAttribute("onerror")),
    ).toBe(false);
    expect(document.querySelector("#ranking + .scroll, table")?.textContent).toContain(
      "<script>alert(1)</script>.npy",
    );
  });

  it("shows the tokens of the worst rows with whitespace made visible, or else their numbers", async () => {
    const options = { names: ["q.npy"], rows: 100, worst: 1 };
    const [{ topReference, label }] = comparisonFixture(options).candidates[0].worst;
    const tokens = [" the", "\n\t", "\u200bx", "", "y".repeat(100)];
    const vocabulary = readVocabulary(JSON.stringify(Array.from({ length: 500 }, (_, i) => `t${i}`)));
    topReference.forEach((entry, i) => {
      vocabulary[entry.class] = tokens[i];
    });
    const { document } = await page(options, vocabulary);
    const shown = all(document, "#worst ~ details .token").map(({ textContent }) => textContent);
    const empty = `#${topReference[3].class}`;
    expect(shown.slice(0, 5)).toEqual(["␣the", "⏎⇥", "\\u200bx", empty, `${"y".repeat(39)}…`]);
    expect(shown).toHaveLength(7 - 1);
    const marked = all(document, "#worst ~ details tr").filter(({ textContent }) =>
      textContent.includes("✓"),
    );
    expect(marked.map((row) => row.querySelector(".token")?.textContent)).toEqual(["⏎⇥"]);
    expect(label).toBe(topReference[1].class);
    const numbers = all((await page(options)).document, "#worst ~ details .token");
    expect(numbers[0].textContent).toBe(`#${topReference[0].class}`);
  });

  const sizes: [string, FixtureOptions][] = [
    [
      "100 candidates, 200 chunks and 500 worst rows each",
      { names: many(100), rows: 600, chunks: 200, worst: 500, measures: allMeasures },
    ],
    [
      "1,000 candidates with long hostile names",
      { names: Array.from({ length: 1000 }, (_, i) => `${"<&\"'>".repeat(60)}${i}`), rows: 20 },
    ],
  ];
  it.each(sizes)("stays below 5 MB with %s", async (_case, options) => {
    const random = generator(1);
    const vocabulary = Array.from({ length: 500 }, () => "<".repeat(1 + Math.floor(300 * random())));
    const { text } = await page(options, vocabulary);
    expect(new TextEncoder().encode(text).length).toBeLessThan(5_000_000);
  });

  it("says what it leaves out", async () => {
    const { document } = await page({ names: many(310), rows: 30, worst: 30 });
    expect(all(document, "#ranking ~ .scroll tbody tr").length).toBeGreaterThanOrEqual(300);
    expect(document.querySelector("#ranking ~ .caption")?.textContent).toContain("The 300 closest; 10 more");
    expect(document.querySelector("#worst ~ .caption")?.textContent).toContain(
      "Up to 3 rows of the 100 closest",
    );
  });

  const odd: [string, FixtureOptions][] = [
    [
      "one row of one candidate",
      { names: ["q"], rows: 1, labels: false, sizes: false, more: false, floor: false },
    ],
    ["rows that are all infinite", { names: ["p", "q"], rows: 10, infinite: 10 }],
    ["no slices, worst rows, labels or sizes", { slices: false, worst: 0, labels: false, sizes: false }],
  ];
  it.each(odd)("draws %s", async (_case, options) => {
    const { text } = await page(options);
    expect(text.match(/.{60}(?:undefined|NaN|\bnan\b).{20}/)).toBeNull();
  });

  it("draws identical models, whose KL is exactly 0", async () => {
    const comparison = comparisonFixture({ names: ["same"], rows: 20, floor: false });
    const [candidate] = comparison.candidates;
    const { kl } = candidate.measures;
    for (const key of [
      "mean",
      "stderr",
      "min",
      "p1",
      "p5",
      "p10",
      "median",
      "p90",
      "p95",
      "p99",
      "p999",
      "max",
    ] as const)
      kl[key] = 0;
    candidate.histogram = {
      ...candidate.histogram,
      counts: candidate.histogram.counts.map(() => 0),
      zero: 20,
    };
    candidate.cdf = [[0, 1]];
    for (const slice of candidate.slices)
      for (const bucket of slice.buckets) bucket.kl = { value: 0, stderr: 0 };
    const text = await renderHtml(comparison);
    expect(text.match(/.{60}(?:undefined|NaN|Infinity).{20}/)).toBeNull();
    expect(text).toContain("at a mean\nKL(P‖Q) of <b>0");
  });
});
