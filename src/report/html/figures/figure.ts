import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { Html, html, type Part } from "../escape.js";

/** The part of the DOM that drawing needs. */
interface Element {
  readonly tagName: string;
  readonly children: Iterable<Element>;
  readonly attributes: Iterable<{ readonly name: string; readonly value: string }>;
  readonly firstChild: Element | null;
  readonly ownerDocument: { createElementNS(namespace: string, name: string): Element };
  readonly outerHTML: string;
  textContent: string;
  setAttribute(name: string, value: string): void;
  removeAttribute(name: string): void;
  insertBefore(child: Element, before: Element | null): void;
  remove(): void;
}

/** What a figure shows. */
export interface Figure {
  /** Begins its id, so it must be its own in the page. */
  id: string;
  /** What it is, above it and for those who cannot see it. */
  title: string;
  /** What it shows, for those who cannot see it. */
  description: string;
  /** How to read it, below it. */
  caption?: Part;
  legend?: Part;
  /** The plot of this width in pixels. */
  draw: (width: number) => Plot.PlotOptions;
  /** The widths to draw at: the first for wide screens and, if there is a second, that for phones. */
  widths?: readonly [number] | readonly [number, number];
}

const { document } = parseHTML("<!doctype html><html><body></body></html>");

/** A figure as SVG, with its title, description, legend and caption. */
export function figure({ id, title, description, caption, legend, draw, widths = [920, 350] }: Figure): Html {
  const kinds = ["wide", "narrow"] as const;
  const drawings = widths.map((width, i) => {
    const drawing = svg(draw(width), `${id}-${kinds[i]}`, title, description);
    return widths.length === 1 ? drawing : html`<div class="${kinds[i]}">${drawing}</div>`;
  });
  return html`<figure id="${id}">
<p class="figure-title">${title}</p>
${legend}${drawings}
${caption === undefined ? "" : html`<figcaption>${caption}</figcaption>`}
</figure>`;
}

/** One drawing as an image with a title and a description. */
export function svg(options: Plot.PlotOptions, id: string, title: string, description: string): Html {
  const root = Plot.plot({
    ...options,
    document: document as never,
    className: "plot",
  }) as unknown as Element;
  for (const child of root.children) if (child.tagName.toLowerCase() === "style") child.remove();
  for (const [name, text] of [
    ["desc", description],
    ["title", title],
  ]) {
    const element = root.ownerDocument.createElementNS("http://www.w3.org/2000/svg", name);
    element.textContent = text;
    element.setAttribute("id", `${id}-${name}`);
    root.insertBefore(element, root.firstChild);
  }
  for (const name of ["font-family", "font-size"]) root.removeAttribute(name);
  root.setAttribute("role", "img");
  root.setAttribute("aria-labelledby", `${id}-title`);
  root.setAttribute("aria-describedby", `${id}-desc`);
  roundCoordinates(root);
  return new Html(root.outerHTML);
}

/** Coordinates to a tenth of a pixel: what is finer takes room and shows nothing. */
function roundCoordinates(element: Element): void {
  for (const { name, value } of [...element.attributes]) {
    if (/\.\d{2}/.test(value) && name !== "id") {
      element.setAttribute(
        name,
        value.replace(/-?\d+\.\d{2,}(?:e-\d+)?/g, (digits) => String(Number(Number(digits).toFixed(1)))),
      );
    }
  }
  for (const child of element.children) roundCoordinates(child);
}

/** The bottom axis of a logarithmic scale, whose values are logarithms to base 10: whole decades, `10⁻⁴`. */
export function decades([low, high]: readonly [number, number], most: number) {
  const first = Math.ceil(low - 1e-9);
  const last = Math.floor(high + 1e-9);
  const step = Math.max(1, Math.ceil((last - first + 1) / most));
  const ticks: number[] = [];
  for (let exponent = first; exponent <= last; exponent += step) ticks.push(exponent);
  return { ticks, tickFormat: (exponent: number) => powerOfTen(exponent) };
}

const superscripts: Record<string, string> = Object.fromEntries(
  [..."-0123456789"].map((digit, i) => [digit, [..."⁻⁰¹²³⁴⁵⁶⁷⁸⁹"][i]]),
);

function powerOfTen(exponent: number): string {
  if (exponent === 0) return "1";
  if (exponent === 1) return "10";
  return `10${[...String(exponent)].map((digit) => superscripts[digit]).join("")}`;
}

/** The range of logarithms that holds these numbers, as far as they have one, with a decade at least. */
export function logDomain(values: readonly number[]): [number, number] | null {
  const logs = values.filter((x) => x > 0 && x < Infinity).map(Math.log10);
  if (logs.length === 0) return null;
  let low = Math.min(...logs);
  let high = Math.max(...logs);
  const margin = Math.max(0.04 * (high - low), (1 - (high - low)) / 2, 0.03);
  low -= margin;
  high += margin;
  return [low, high];
}
