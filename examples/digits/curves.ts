import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import type { Trained } from "./distillation.js";

const { document } = parseHTML("<!doctype html><html><body></body></html>");
const width = 480;
const height = 320;

const curves = [
  { key: "teacher", name: "teacher", color: "#7a7a7a" },
  { key: "student", name: "student with teacher", color: "#0b6bcb" },
  { key: "alone", name: "student alone", color: "#d1495b" },
] as const;

/** The training as an SVG: the loss of every step on the left, the share of unseen digits told right on the right. */
export function drawCurves(trained: Trained): string {
  const rows = (values: "losses" | "scores") =>
    curves.flatMap(({ key, color }) => {
      const { [values]: y, epochs } = trained[key];
      return y.map((value, i) => ({ key, color, epoch: ((i + 1) * epochs) / y.length, value }));
    });
  const epochs = { label: "epoch" };
  const line = { x: "epoch", y: "value", z: "key", stroke: "color" };
  const left = draw("Loss of every step", {
    x: epochs,
    y: { type: "log", label: "loss of a step", tickFormat: "~g" },
    marks: [Plot.lineY(rows("losses"), { ...line, strokeWidth: 1 })],
  });
  const right = draw("Share of unseen digits told right", {
    x: epochs,
    y: { label: "% of unseen digits right", domain: [50, 100], percent: true },
    marks: [
      Plot.lineY(rows("scores"), { ...line, strokeWidth: 1.5, clip: true }),
      ...curves.map(({ name, color }, i) =>
        Plot.text([name], { fill: color, frameAnchor: "bottom-right", dx: -8, dy: 15 * i - 40 }),
      ),
    ],
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${2 * width} ${height}" width="${2 * width}" height="${height}">
<title>Training on the digits: a teacher, a student with it, and one without</title>
<rect width="100%" height="100%" fill="white"/>
${left}
<g transform="translate(${width} 0)">
${right}
</g>
</svg>
`;
}

function draw(title: string, options: Plot.PlotOptions): string {
  const shared = { document: document as never, width, height, marginLeft: 50, grid: true };
  const figure: { outerHTML: string } = Plot.plot({ ...options, ...shared, color: { type: "identity" } });
  // The style is for drawings inside a page.
  return figure.outerHTML.replace(/<style>.*?<\/style>/s, `<title>${title}</title>`);
}
