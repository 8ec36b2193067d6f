import * as Plot from "@observablehq/plot";
import type { Comparison } from "../../../measure/index.js";
import { shorten } from "../../names.js";
import { formatNumber } from "../../numbers.js";
import type { Ranked } from "../../ranked.js";
import type { Html } from "../escape.js";
import { limits } from "../limits.js";
import { decades, figure, logDomain } from "./figure.js";

/** The means of KL with their intervals, the closest on top; nothing if none is positive and finite. */
export function meansFigure({ unit, floor }: Comparison, ranked: readonly Ranked[]): Html | "" {
  const entries = ranked.slice(0, limits.means).map(({ rank, name, candidate }) => {
    const { mean, interval } = candidate.measures.kl;
    return { rank, name, mean, low: interval.low, high: interval.high };
  });
  const zero = floor?.measures.kl.mean ?? Number.NaN;
  const domain = logDomain([...entries.flatMap(({ mean, low, high }) => [mean, low, high]), zero]);
  if (domain === null) return "";
  const drawn = entries
    .filter(({ mean }) => mean > 0 && mean < Infinity)
    .map((entry) => ({
      ...entry,
      x: Math.log10(entry.mean),
      // An interval may reach zero or infinity, which a logarithmic axis does not.
      x1: entry.low > 0 ? Math.log10(entry.low) : entry.low <= 0 ? domain[0] : Number.NaN,
      x2: entry.high < Infinity ? Math.log10(entry.high) : Number.NaN,
    }));
  const rest = ranked.length - entries.length;
  const [first] = ranked;
  return figure({
    id: "means",
    title: `Mean KL(P‖Q) in ${unit}, with 95 % intervals`,
    description: `The closest is ${first.name} with ${formatNumber(first.candidate.measures.kl.mean)}. The table has the numbers.`,
    caption: [
      "A logarithmic axis: each step is a factor of ten.",
      Number.isNaN(zero) ? "" : " The dashed line is the floor, the reference against another run of itself.",
      rest > 0 ? ` The ${limits.means} closest; the table has all.` : "",
    ],
    draw: (width) => {
      // Beside their lines where there is room, else above them.
      const beside = width > 500;
      const longest = Math.max(...entries.map(({ name }) => Math.min(name.length, 28)));
      const marginLeft = beside ? 40 + 7.5 * longest : 12;
      const dy = beside ? 0 : 8;
      return {
        width,
        height: (beside ? 28 : 36) * entries.length + 44,
        marginLeft,
        marginRight: 16,
        marginTop: 14,
        marginBottom: 30,
        x: { domain, label: null },
        y: { domain: entries.map(({ rank }) => rank), axis: null, type: "point", padding: 0.6 },
        marks: [
          Plot.gridX({ ticks: decades(domain, width / 60).ticks, strokeOpacity: 1, stroke: "var(--line)" }),
          Plot.ruleY(entries, { y: "rank", stroke: "var(--line)", dy }),
          Plot.axisX({ ...decades(domain, width / 60), tickSize: 0 }),
          Number.isNaN(zero)
            ? null
            : Plot.ruleX([Math.log10(zero)], { stroke: "var(--soft)", strokeDasharray: "4 3" }),
          Plot.text(entries, {
            y: "rank",
            text: ({ rank, name }) => `${rank}  ${shorten(name, beside ? 28 : 38)}`,
            frameAnchor: "left",
            textAnchor: "start",
            dx: beside ? -marginLeft : 0,
            dy: beside ? 0 : -5,
            stroke: "var(--page)",
            strokeWidth: 5,
            fill: "currentColor",
          }),
          Plot.ruleY(drawn, { y: "rank", x1: "x1", x2: "x2", stroke: "var(--accent)", strokeWidth: 3, dy }),
          Plot.dot(drawn, { y: "rank", x: "x", r: 4, fill: "var(--accent)", stroke: "var(--page)", dy }),
          Plot.text(
            entries.filter(({ mean }) => mean === Infinity || mean === 0),
            {
              y: "rank",
              text: ({ mean }) => (mean === 0 ? "exactly 0" : "∞"),
              frameAnchor: "right",
              textAnchor: "end",
              stroke: "var(--page)",
              strokeWidth: 5,
              fill: "currentColor",
              dy,
            },
          ),
        ],
      };
    },
  });
}
