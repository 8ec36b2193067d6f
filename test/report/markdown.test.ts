import { describe, expect, it } from "vitest";
import { renderMarkdown } from "../../src/report/index.js";
import { comparisonFixture, hostileNames } from "./fixture.js";

/** The cells of a line of a table, parted at the bars that are not escaped. */
const cells = (line: string) => line.split(/(?<!\\)\|/).slice(1, -1);

describe("Markdown", () => {
  it("is a table for a model card, with what was measured below", () => {
    expect(renderMarkdown(comparisonFixture())).toMatchInlineSnapshot(`
      "| Candidate | Size | KL(P‖Q), nats | 99 % | KL(Q‖P) | JS | TV | Same top, % | Perplexity Q/P |
      | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
      | \`int8.npy\` | 8.00 GB ◆ | 4.869e-5 ±1.7e-6 | 3.23e-4 | 5.06e-5 | 1.22e-5 | 0.00249 | 100.00 | 1.0000 |
      | \`int6.npy\` | 4.92 GB ◆ | 7.406e-4 ±2.8e-5 | 0.00541 | 7.70e-4 | 1.85e-4 | 0.00971 | 100.00 | 1.0007 |
      | \`int4.npy\` | 3.71 GB ◆ | 0.01197 ±4.5e-4 | 0.0779 | 0.0124 | 0.00299 | 0.0391 | 99.75 | 1.0120 |
      | \`int3.npy\` | 3.03 GB ◆ | 0.1851 ±0.0060 | 1.27 | 0.193 | 0.0462 | 0.155 | 74.35 | 1.1851 |

      Divergence from \`base.npy\` over 2,000 rows of 4,096 classes; ± is one standard error, clustered by chunk. ◆: no candidate is both smaller and closer. Measured by [Kullback](https://www.npmjs.com/package/kullback) 1.0.0.
      "
    `);
  });

  it("leaves out what is not known", () => {
    const text = renderMarkdown(
      comparisonFixture({ names: ["q.npy"], rows: 1, sizes: false, labels: false }),
    );
    expect(text).not.toMatch(/Size|Perplexity|◆|nan|undefined/);
  });

  it("keeps hostile names in code spans and in their cells", () => {
    const lines = renderMarkdown(comparisonFixture({ names: hostileNames, rows: 50 })).split("\n");
    const table = lines.slice(0, 2 + hostileNames.length);
    expect(new Set(table.map((line) => cells(line).length)).size).toBe(1);
    for (const line of table.slice(2)) {
      const [, fence, inside] = /^ (`+) ?(.*?) ?\1 $/.exec(cells(line)[0]) ?? [];
      expect(inside).not.toBe("");
      expect(inside.match(/`+/g) ?? []).not.toContain(fence);
    }
    expect(lines[hostileNames.length + 2]).toBe("");
  });

  it("says that top-k inputs give lower bounds", () => {
    expect(renderMarkdown({ ...comparisonFixture(), bound: "lower" })).toContain("Lower bounds");
    expect(renderMarkdown(comparisonFixture())).not.toContain("Lower bounds");
  });
});
