import * as Plot from "@observablehq/plot";
import type { Comparison } from "../../../measure/index.js";
import { shorten } from "../../names.js";
import { formatBytes } from "../../numbers.js";
import type { Ranked } from "../../ranked.js";
import type { Html } from "../escape.js";
import { decades, figure, logDomain } from "./figure.js";

const mostLabels = 16;

/** Mean KL against the model's size, with the Pareto front; nothing unless two sizes are known. */
export function sizeFigure({ unit }: Comparison, ranked: readonly Ranked[]): Html | "" {
  const points = ranked.flatMap(({ rank, name, candidate: { modelBytes, pareto, measures } }) => {
    const { mean } = measures.kl;
    if (modelBytes === null || !(mean > 0) || mean === Infinity) return [];
    return [{ rank, name, bytes: modelBytes, y: Math.log10(mean), pareto: pareto === true }];
  });
  const domain = logDomain(points.map(({ y }) => 10 ** y));
  if (points.length < 2 || domain === null) return "";
  const front = points.filter(({ pareto }) => pareto).sort((a, b) => a.bytes - b.bytes);
  const labelled = [...front, ...points.filter(({ pareto }) => !pareto)].slice(0, mostLabels);
  const most = Math.max(...points.map(({ bytes }) => bytes));
  return figure({
    id: "size",
    title: `Mean KL(P‖Q) in ${unit}, against the model’s size`,
    description: `Mean KL and size of ${points.length} candidates. On the Pareto front: ${front
      .slice(0, 20)
      .map(({ name, bytes }) => `${name} (${formatBytes(bytes)})`)
      .join(", ")}.`,
    caption: `KL is on a logarithmic axis. Filled diamonds joined by a line are the Pareto front: no candidate is both smaller and closer. Circles are candidates that another one beats on both.`,
    draw: (width) => ({
      width,
      height: width > 500 ? 360 : 320,
      marginLeft: 48,
      marginRight: 24,
      marginTop: 20,
      marginBottom: 34,
      x: { domain: [0, most * 1.06], label: null },
      y: { domain: [domain[0], domain[1] + 0.08 * (domain[1] - domain[0])], label: null },
      marks: [
        Plot.gridY({ ticks: decades(domain, 8).ticks, strokeOpacity: 1, stroke: "var(--line)" }),
        Plot.axisX({
          ticks: width / 90,
          tickSize: 4,
          tickFormat: (bytes: number) =>
            formatBytes(bytes).replace(/\.0+ |^0 B/, (zeros) => (zeros === "0 B" ? "0" : " ")),
        }),
        Plot.axisY({ ...decades(domain, 8), tickSize: 0 }),
        Plot.line(front, {
          x: "bytes",
          y: "y",
          curve: "step-after",
          stroke: "var(--accent)",
          strokeWidth: 1.5,
        }),
        Plot.dot(
          points.filter(({ pareto }) => !pareto),
          { x: "bytes", y: "y", r: 4.5, stroke: "var(--soft)", strokeWidth: 1.5, fill: "var(--page)" },
        ),
        Plot.dot(front, { x: "bytes", y: "y", symbol: "diamond", r: 6, fill: "var(--accent)" }),
        // Labels near an edge point inwards.
        ...(["start", "middle", "end"] as const).map((textAnchor) =>
          Plot.text(
            labelled.filter(({ bytes }) => anchor(bytes / most) === textAnchor),
            {
              x: "bytes",
              y: "y",
              text: ({ rank, name }) => `${rank}  ${shorten(name, width > 500 ? 22 : 12)}`,
              textAnchor,
              dy: -13,
              stroke: "var(--page)",
              strokeWidth: 4,
              fill: "currentColor",
            },
          ),
        ),
      ],
    }),
  });
}

function anchor(place: number): "start" | "middle" | "end" {
  if (place < 0.2) return "start";
  return place > 0.8 ? "end" : "middle";
}
