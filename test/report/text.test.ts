import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import {
  type CompareInput,
  type CompareOptions,
  compare,
  type MemoryArray,
} from "../../src/measure/index.js";
import { renderText } from "../../src/report/index.js";

const data = (name: string) => fileURLToPath(new URL(`../../examples/data/${name}.npy`, import.meta.url));
const rowsOf = (rows: number[][], name: string): MemoryArray => ({
  data: Float64Array.from(rows.flat()),
  shape: [rows.length, rows[0].length],
  name,
});

async function render(p: CompareInput, qs: CompareInput | CompareInput[], options: CompareOptions = {}) {
  return renderText(await compare(p, qs, options));
}

describe("renderText", () => {
  it("shows real networks in tables without the folder that all files share", async () => {
    const text = await render(data("digits_teacher"), ["digits_int8", "digits_int2"].map(data), {
      labels: data("digits_labels"),
      worst: 3,
    });
    expect(text.slice(text.indexOf("Candidate Q"))).toMatchInlineSnapshot(`
      "Candidate Q         KL(P‖Q) ±s.e.  KL(Q‖P)       JS       TV    same top %
      digits_int8.npy  4.777e-6 ±7.8e-7  4.76e-6  1.19e-6  2.22e-4  100.00 ±0.00
      digits_int2.npy      1.318 ±0.050     3.08    0.201    0.344   66.33 ±1.12

      KL of the rows        min   median     90 %     95 %     99 %   99.9 %      max
      digits_int8.npy  2.85e-13  6.29e-8  5.45e-6  1.97e-5  8.03e-5  3.37e-4  0.00103
      digits_int2.npy   2.10e-7   0.0703     5.03     6.23     7.51     9.87     11.2

      Labels           perplexity P      Q      Q/P       Δp % ±s.e.  rms Δp %
      digits_int8.npy         1.029  1.028  0.99990  0.00600 ±0.0023    0.0968
      digits_int2.npy         1.029  3.914   3.8055      -33.5 ±0.97      53.2

      Worst rows of digits_int8.npy: 1672 (0.00103), 1792 (6.25e-4), 1567 (2.63e-4)
      Worst rows of digits_int2.npy: 919 (11.2), 1344 (11.1), 92 (9.55)
      "
    `);
  });

  it("says what is left out, infinite or ignored, with the rows", async () => {
    const bad = [Number.NaN, 0];
    const p = [[0, 1], bad, [0, 0], ...Array.from({ length: 12 }, () => bad), [0, 3]];
    const q = [[0, 2], [0, 0], [0, -Infinity], ...Array.from({ length: 12 }, () => [0, 0]), [0, 1]];
    const labels = { data: new Int32Array(16).fill(-100, 1), shape: [16] };
    const text = await render(rowsOf(p, "p.npy"), rowsOf(q, "q.npy"), { from: "logits", labels });
    expect(text.slice(text.indexOf("Left out"))).toMatchInlineSnapshot(`
      "Left out of q.npy: 13 rows that in the reference hold NaN (rows 1, 3, 4, 5, 6,
        7, 8, 9, 10, 11, …)
      KL(P‖Q) is infinite for q.npy in 1 row (row 2); the mean of the others is 0.1262
        ±0.044
      Labels of q.npy: 2 rows ignored, whose label is negative
      "
    `);
  });

  it("keeps to 80 columns whatever the names", async () => {
    const name = `${"very-".repeat(15)}long-name.safetensors#logits`;
    const rows = Array.from({ length: 2000 }, (_, i) => [Math.sin(i), Math.cos(3 * i), -1]);
    const other = Array.from({ length: 2000 }, (_, i) => [Math.sin(1.0001 * i), Math.cos(3 * i), -1]);
    const labels = { data: new Int32Array(2000), shape: [2000] };
    const text = await render(rowsOf(rows, "p"), [rowsOf(other, `${name}1`), rowsOf(other, `${name}2`)], {
      labels,
    });
    const tables = text.split("\n").filter((line) => !line.includes(name));
    expect(Math.max(...tables.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(text).toMatch(/very-.*….*logits1 .*\n.*very-.*….*logits2 /);
  });

  it("drops the folders that all names share, and no others", async () => {
    const firstColumn = async (p: string, ...qs: string[]) => {
      const text = await render(
        rowsOf([[0, -1]], p),
        qs.map((q) => rowsOf([[1, -1]], q)),
      );
      return text
        .split("\n")
        .slice(5, 5 + qs.length)
        .map((line) => line.split("  ")[0]);
    };
    expect(await firstColumn("/a/b/p", "/a/b/q", "/a/b/c/q")).toEqual(["q", "c/q"]);
    expect(await firstColumn("/a/p", "/ab/q")).toEqual(["ab/q"]);
    expect(await firstColumn("/p", "q")).toEqual(["q"]);
    expect(await firstColumn("a/p", "a/p")).toEqual(["p"]);
  });

  it("escapes control characters in names", async () => {
    const text = await render(rowsOf([[0, -1]], "p\x1b[31m"), rowsOf([[1, -1]], "q\n"));
    expect(text).toContain("p\\u001b[31m");
    expect(text).toContain("q\\u000a");
    expect(text).not.toContain("\x1b");
  });

  it("styles headings and warnings only", async () => {
    const p = rowsOf(
      [
        [0, -1],
        [0, 0],
      ],
      "p",
    );
    const q = rowsOf(
      [
        [1, -1],
        [0, -Infinity],
      ],
      "q",
    );
    const styled: [string, string][] = [];
    const style = (kind: string, line: string) => {
      styled.push([kind, line]);
      return line;
    };
    renderText(await compare(p, q, { from: "logits" }), { style });
    const linesOf = (wanted: string) => styled.filter(([kind]) => kind === wanted).map(([, line]) => line);
    expect(linesOf("heading").map((line) => line.split("  ")[0])).toEqual(["Candidate Q", "KL of the rows"]);
    expect(linesOf("warning").join("\n")).toMatch(/^KL\(P‖Q\) is infinite for q in 1 row \(row 1\)/);
  });
});
