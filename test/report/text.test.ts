import { describe, expect, it } from "vitest";
import { renderText } from "../../src/report/index.js";
import { allMeasures, comparisonFixture, type FixtureOptions, hostileNames } from "./fixture.js";

const render = (options: FixtureOptions) => renderText(comparisonFixture(options));
const widest = (text: string) => Math.max(...text.split("\n").map((line) => line.length));

describe("renderText", () => {
  it("shows the ranking with sizes and the Pareto front, means, quantiles and paired differences", () => {
    const text = render({ slices: false, labels: false, more: false, worst: 2 });
    expect(text).toMatchInlineSnapshot(`
      "Reference P: runs/base.npy, float32 2000×4096
      2,000 rows of 4,096 classes (axis 1), KL and JS in nats
      from logits (found: values from -29.49 to 22.82)
      uncertainties from 8 clusters of rows, by chunk

        Candidate Q       KL(P‖Q) ±s.e.      95 % interval    same top %       size
      1 int8.npy       4.869e-5 ±1.7e-6    4.48e-5–5.29e-5  100.00 ±0.00  8.00 GB ◆
      2 int6.npy       7.406e-4 ±2.8e-5    6.77e-4–8.11e-4  100.00 ±0.00  4.92 GB ◆
      3 int4.npy        0.01197 ±4.5e-4      0.0110–0.0131   99.75 ±0.11  3.71 GB ◆
      4 int3.npy         0.1851 ±0.0060        0.171–0.200   74.35 ±0.98  3.03 GB ◆
        floor        7.685e-10 ±2.9e-11  7.03e-10–8.40e-10  100.00 ±0.00
        ◆ no candidate is both smaller and closer

        Means     KL(Q‖P)       JS       TV
      1 int8.npy  5.06e-5  1.22e-5  0.00249
      2 int6.npy  7.70e-4  1.85e-4  0.00971
      3 int4.npy   0.0124  0.00299   0.0391
      4 int3.npy    0.193   0.0462    0.155

        KL of rows     10 %   median     90 %     95 %     99 %   99.9 %      max
      1 int8.npy    5.33e-6  2.35e-5  1.21e-4  1.73e-4  3.23e-4  7.62e-4  0.00123
      2 int6.npy    8.25e-5  3.72e-4  0.00164  0.00250  0.00541   0.0145   0.0235
      3 int4.npy    0.00147  0.00599   0.0277   0.0396   0.0779    0.263    0.288
      4 int3.npy     0.0210   0.0985    0.450    0.682     1.27     2.63     3.78

      Paired difference           KL ±s.e.         95 % interval        p   rows
        2 − 1            +6.919e-4 ±2.8e-5  +6.26e-4 to +7.58e-4  <0.0001  2,000
        3 − 2             +0.01123 ±4.4e-4    +0.0102 to +0.0123  <0.0001  2,000
        4 − 3              +0.1731 ±0.0060      +0.159 to +0.187  <0.0001  2,000

      Rows by KL, from 10^-6.5 to 10^0.75 nats, logarithmic
      1 int8.npy        ▁▁▁▂▃▅▇█▇▅▄▂▁▁▁
      2 int6.npy            ▁▁▁▁▂▄▆▇█▇▅▃▂▁▁▁
      3 int4.npy                 ▁▁▁▁▂▄▆██▆▅▃▁▁▁
      4 int3.npy                     ▁ ▁▁▁▂▄▇▇█▆▄▃▁▁▁

      Worst rows of int8.npy: 723 (0.00123), 599 (0.00120)
      Worst rows of int6.npy: 599 (0.0235), 152 (0.0203)
      Worst rows of int4.npy: 1839 (0.288), 1414 (0.264)
      Worst rows of int3.npy: 47 (3.78), 667 (2.69)
      "
    `);
  });

  it("shows slices, entropies, overlaps and labels", () => {
    const text = render({ names: ["a/int8.npy", "b/int4.npy"], chunks: 8, measures: ["kl"], worst: 0 });
    expect(text.slice(text.indexOf("Rows by KL"))).toMatchInlineSnapshot(`
      "Rows by KL, from 10^-6.5 to 10^1 nats, logarithmic
      1 a/int8.npy      ▁▁▁▂▃▅▇█▇▅▄▂▁▁▁
      2 b/int4.npy                    ▁▁▁▁▂▅▆██▆▄▂▁▁▁▁

        By confidence   0–0.25  0.25–0.5  0.5–0.75  0.75–0.9  0.9–0.99   0.99–1
      1 a/int8.npy     9.69e-5   7.57e-5   5.14e-5   3.39e-5   2.19e-5  1.59e-5
      2 b/int4.npy       0.310     0.266     0.217     0.128    0.0959   0.0594
        rows               128       360       635       505       341       31

      KL by position, 0 to 32, logarithmic
      1 a/int8.npy        ▄▃▁▇▂▃█▂▃▄▂▂▄▅▅▄▃▄▁▆▃▃▃▇▅▂▂▂▁▄▂▄  3.82e-5 to 7.28e-5
      2 b/int4.npy        ▇▄▅▄▃▇▄▆▃▆▂▄▅▅▅▅▃▅▁▄▃▅▅█▇▇▄▅▃▅▄▅  0.118 to 0.275

      KL by chunk, 8 of them, logarithmic
      1 a/int8.npy        ▇▄▁█▃▆█▇  3.98e-5 to 5.38e-5
      2 b/int4.npy        ▆▇▁▄▂▆▄█  0.151 to 0.219

        Entropy       H(P) ±s.e.          H(Q)  cross H(P,Q)
      1 a/int8.npy  2.103 ±0.031  2.103 ±0.031  2.103 ±0.032
      2 b/int4.npy  2.103 ±0.031  2.289 ±0.031  2.289 ±0.032

        Top classes  top-2 %  top-3 %  top-5 %  top-10 %  mean rank   99 %  max
      1 a/int8.npy     98.00    97.00    95.00     90.00      1.020  2.000   14
      2 b/int4.npy     97.00    96.00    94.00     89.00      1.020  2.000   14

        Labels      perplexity P      Q       Q/P ±s.e.    Δp % ±s.e.  rms Δp %
      1 a/int8.npy         8.127  8.127  1.0000 ±0.0012  -1.00 ±0.040      2.00
      2 b/int4.npy         8.127  9.639  1.1860 ±0.0014  -2.00 ±0.040      4.00

      Labels: 3 rows ignored, whose label is negative
      "
    `);
  });

  it("lists candidates by rank, not as given", () => {
    const comparison = comparisonFixture({ names: ["far", "near"], worst: 0 });
    const [far, near] = comparison.candidates;
    comparison.candidates = [near, far].map((candidate, i) => ({ ...candidate, name: ["far", "near"][i] }));
    comparison.ranking = [1, 0];
    comparison.differences[0] = { ...comparison.differences[0], better: 1, worse: 0 };
    const text = renderText(comparison);
    expect(text).toMatch(/\n1 near .*\n2 far /);
    expect(text).toMatch(/\n {2}2 − 1 +\+/);
  });

  it("says what is left out, infinite or ignored, with the rows", () => {
    const comparison = comparisonFixture({ names: ["p/q.npy"], infinite: 12, rows: 100 });
    const first = [1, 3, 4, 5, 6, 7, 8, 9, 10, 11];
    comparison.candidates[0].excluded = [
      { side: "reference", reason: "nan", count: 13, first },
      { side: "candidate", reason: "sum", count: 1, first: [2] },
    ];
    comparison.notes = ["A note that the engine makes of \u001b[31mred.npy."];
    const text = renderText(comparison);
    expect(text.slice(text.indexOf("Left out"))).toMatchInlineSnapshot(`
      "Left out of p/q.npy: 13 rows that in the reference hold NaN (rows 1, 3, 4, 5, 6,
        7, 8, 9, 10, 11, …)
      Left out of p/q.npy: 1 row that in the candidate does not sum to 1 (row 2)
      KL(P‖Q) is infinite for p/q.npy in 12 rows (rows 0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
        …); the mean of the others is 6.989e-5 ±1.8e-5
      KL(Q‖P) is infinite for p/q.npy in 12 rows (rows 0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
        …); the mean of the others is 7.268e-5 ±1.8e-5
      Labels: 3 rows ignored, whose label is negative
      A note that the engine makes of \\u001b[31mred.npy.
      "
    `);
  });

  it("says how the input was taken: selection, clusters, convention and bound", () => {
    const comparison = comparisonFixture();
    comparison.selection = { range: [10, 20], mask: "m.npy", rows: 7 };
    comparison.convention = "llama.cpp";
    comparison.bound = "lower";
    comparison.found = null;
    const text = renderText(comparison);
    expect(text.slice(0, text.indexOf("\n\n"))).toMatchInlineSnapshot(`
      "Reference P: runs/base.npy, float32 2000×4096
      2,000 rows of 4,096 classes (axis 1), KL and JS in nats
      from logits, as told
      7 rows taken: rows 10 to 19, by the mask m.npy
      uncertainties from 8 clusters of rows, by chunk
      convention: llama.cpp
      lower bounds: of each row only the likeliest classes are known, and the rest is
        one class"
    `);
  });

  it("prints llama.cpp's block as it is", () => {
    const comparison = comparisonFixture();
    const text = ["====== KL divergence statistics ======", "Mean    KLD:   0.010 ±   0.001"];
    const truncation = { excludedMass: 0, low: 0, high: 0, exact: 0 };
    comparison.candidates[0].llamaCpp = { lines: [], truncation, text };
    expect(renderText(comparison)).toContain(`\n\n${text.join("\n")}\n`);
  });

  const cases: [string, FixtureOptions][] = [
    ["hostile and long names", { names: hostileNames, measures: allMeasures, infinite: 5, chunks: 50 }],
    ["100 candidates", { names: Array.from({ length: 100 }, (_, i) => `${"n".repeat(40)}${i}`), rows: 500 }],
    ["one row", { rows: 1, names: ["q"] }],
  ];
  it.each(cases)("keeps to 80 columns with %s", (_case, options) => {
    const text = render(options);
    expect(widest(text)).toBeLessThanOrEqual(80);
    expect(text).not.toMatch(/undefined|NaN|\bnan\b|±nan/);
  });

  it("shows slices and worst rows of the closest ten only, and says so", () => {
    const text = render({ names: Array.from({ length: 12 }, (_, i) => `q${i}`), rows: 200 });
    expect(text.match(/^Worst rows of /gm)).toHaveLength(10);
    expect(text).toContain("those of the 10 closest; JSON has all 12");
  });

  it("escapes control characters in names", () => {
    const text = render({ names: hostileNames });
    expect(text).toContain("\\u202egnp.exe");
    for (const control of ["\u001b", "\u202e"]) expect(text).not.toContain(control);
  });

  it("styles headings and warnings only", () => {
    const styled: [string, string][] = [];
    const style = (kind: string, line: string) => {
      styled.push([kind, line]);
      return `«${line}»`;
    };
    const plain = comparisonFixture({ infinite: 1, chunks: 8 });
    const text = renderText(plain, { style });
    const linesOf = (wanted: string) => styled.filter(([kind]) => kind === wanted).map(([, line]) => line);
    expect(linesOf("heading").map((line) => line.trim().split(/ {2}|, /)[0])).toEqual([
      "Candidate Q",
      "Means",
      "KL of rows",
      "Paired difference",
      "Rows by KL",
      "By confidence",
      "KL by position",
      "KL by chunk",
      "Entropy",
      "Top classes",
      "Labels",
    ]);
    expect(linesOf("warning").join("\n")).toMatch(/^KL\(P‖Q\) is infinite for int3.npy in 1 row \(row 0\)/);
    expect(text.replace(/[«»]/g, "")).toBe(renderText(plain));
  });
});
