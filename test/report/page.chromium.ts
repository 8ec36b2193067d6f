import { afterEach, describe, expect, it } from "vitest";
import { cdp } from "vitest/browser";
import { renderHtml } from "../../src/report/index.js";
import { allMeasures, comparisonFixture, type FixtureOptions, hostileNames } from "./fixture.js";

/** What the tests need of the DOM, whose types the project's other files must not have. */
interface Node {
  readonly scrollWidth: number;
  readonly clientWidth: number;
  readonly textContent: string;
  readonly parentElement: Node | null;
  readonly childNodes: ArrayLike<{ readonly nodeType: number; readonly textContent: string }>;
  readonly ownerDocument: Document;
  checkVisibility(): boolean;
  getBoundingClientRect(): { width: number; height: number };
  querySelectorAll(selector: string): Iterable<Node>;
  setAttribute(name: string, value: string): void;
  remove(): void;
  onload: (() => void) | null;
}
interface Document {
  readonly documentElement: Node;
  readonly body: Node & { append(child: Node): void };
  readonly defaultView: {
    getComputedStyle(element: Node): Record<"color" | "backgroundColor" | "fill", string>;
    performance: { getEntriesByType(type: "resource"): unknown[] };
  };
  createElement(name: string): Node & { contentDocument: Document };
}
interface LogEntry {
  entry: { level: string; text: string; url?: string };
}
interface Session {
  send(method: string, parameters?: object): Promise<unknown>;
  on(event: "Log.entryAdded", listener: (entry: LogEntry) => void): void;
}

const page = (globalThis as unknown as { document: Document }).document;
const session = cdp() as unknown as Session;
const complaints: string[] = [];
await session.send("Log.enable");
session.on("Log.entryAdded", ({ entry }) => complaints.push(`${entry.level}: ${entry.text}`));

let frame: Node | undefined;
afterEach(async () => {
  frame?.remove();
  await session.send("Emulation.setEmulatedMedia", { features: [] });
});

/** The report in a frame of this width, in light or dark. */
async function open(options: FixtureOptions, width: number, scheme: "light" | "dark" = "light") {
  const features = [{ name: "prefers-color-scheme", value: scheme }];
  await session.send("Emulation.setEmulatedMedia", { features });
  const iframe = page.createElement("iframe");
  frame = iframe;
  iframe.setAttribute("style", `width:${width}px;height:800px;border:0;color-scheme:light dark`);
  iframe.setAttribute("srcdoc", await renderHtml(comparisonFixture(options)));
  await new Promise<void>((resolve) => {
    iframe.onload = resolve;
    page.body.append(iframe);
  });
  return iframe.contentDocument;
}

const cases: [string, FixtureOptions][] = [
  ["four candidates", { chunks: 8, measures: allMeasures, infinite: 2 }],
  ["hostile names", { names: hostileNames, rows: 60, chunks: 60 }],
  ["one row", { names: ["q"], rows: 1, labels: false, sizes: false, more: false }],
];

describe("a report in Chromium", () => {
  it.each(cases)("loads nothing, runs nothing and draws no complaint, with %s", async (_case, options) => {
    complaints.length = 0;
    const document = await open(options, 1100);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(complaints).toEqual([]);
    expect(document.defaultView.performance.getEntriesByType("resource")).toEqual([]);
    expect([...document.documentElement.querySelectorAll("script, img")]).toEqual([]);
  });

  it.each(cases)("has no sideways scroll on a phone or a desk, with %s", async (_case, options) => {
    for (const width of [320, 390, 1100]) {
      const { documentElement } = await open(options, width);
      expect(documentElement.scrollWidth).toBe(width);
      frame?.remove();
    }
  });

  it("shows each figure once, at the width that fits", async () => {
    for (const width of [390, 1100]) {
      const document = await open({ chunks: 8 }, width);
      const figures = [...document.documentElement.querySelectorAll("figure[id]")];
      expect(figures).toHaveLength(6);
      for (const figure of figures) {
        const shown = [...figure.querySelectorAll("svg.plot")].filter((svg) => svg.checkVisibility());
        expect(shown).toHaveLength(1);
        expect(shown[0].getBoundingClientRect().width).toBeLessThanOrEqual(width);
        expect(shown[0].getBoundingClientRect().height).toBeGreaterThan(80);
      }
      frame?.remove();
    }
  });

  it.each(["light", "dark"] as const)("has text of a contrast of 4.5 at least, in %s", async (scheme) => {
    const document = await open({ chunks: 8, infinite: 1 }, 1100, scheme);
    expect(luminance(background(document.body)) < 0.5).toBe(scheme === "dark");
    const texts = [...document.body.querySelectorAll("*")].filter(
      (element) =>
        element.checkVisibility() &&
        Array.from(element.childNodes).some(
          ({ nodeType, textContent }) => nodeType === 3 && textContent.trim(),
        ),
    );
    expect(texts.length).toBeGreaterThan(200);
    const faint = texts.filter((element) => contrast(element) < 4.5);
    expect(faint.map(({ textContent }) => textContent)).toEqual([]);
  });
});

function contrast(element: Node): number {
  const style = element.ownerDocument.defaultView.getComputedStyle(element);
  const text = rgb("ownerSVGElement" in element ? style.fill : style.color);
  const [a, b] = [luminance(text), luminance(background(element))];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

/** The colour behind an element: its own or that of the nearest around it which has one. */
function background(element: Node | null): number[] {
  if (element === null) return [255, 255, 255];
  const { backgroundColor } = element.ownerDocument.defaultView.getComputedStyle(element);
  return backgroundColor === "rgba(0, 0, 0, 0)" ? background(element.parentElement) : rgb(backgroundColor);
}

function rgb(color: string): number[] {
  return color
    .match(/[\d.]+/g)!
    .slice(0, 3)
    .map(Number);
}

/** Relative luminance, as WCAG 2 defines it. */
function luminance(color: readonly number[]): number {
  const [r, g, b] = color.map((x) => (x <= 10 ? x / 3294 : ((x / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
