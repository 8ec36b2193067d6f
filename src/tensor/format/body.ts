import type { DType, TypedArray } from "../../kernels/dtype.js";
import { type ElementFormat, elementFormat } from "./element.js";
import type { PrintOptions } from "./options.js";

/** A packed piece of a tensor, or all of it: its shape and where it starts in `data`. */
interface Block {
  data: TypedArray;
  start: number;
  shape: readonly number[];
}

/** The options, and whether this tensor is large enough to be summarised. */
interface Layout extends PrintOptions {
  summarize: boolean;
}

/** The indices shown along an axis, and whether some are left out in the middle of them. */
function shown(size: number, { summarize, edgeitems }: Layout): { indices: number[]; cut: boolean } {
  const cut = summarize && size > 2 * edgeitems;
  const count = cut ? 2 * edgeitems : size;
  const skipped = size - count;
  const indices = Array.from({ length: count }, (_, i) => (cut && i >= edgeitems ? i + skipped : i));
  return { indices, cut };
}

/** The block at `index` along the outermost axis. */
function select({ data, start, shape }: Block, index: number): Block {
  const rest = shape.slice(1);
  return { data, start: start + index * rest.reduce((n, size) => n * size, 1), shape: rest };
}

/** The elements that will be shown, in order. */
function shownValues(block: Block, layout: Layout): number[] {
  if (block.shape.length === 0) return [block.data[block.start]];
  return shown(block.shape[0], layout).indices.flatMap((i) => shownValues(select(block, i), layout));
}

function withCut(parts: string[], cut: boolean, mark: string): string[] {
  return cut ? parts.toSpliced(parts.length / 2, 0, mark) : parts;
}

/** One row of numbers, broken into lines of at most `linewidth` characters. */
function vectorText(block: Block, indent: number, layout: Layout, element: ElementFormat): string {
  const { indices, cut } = shown(block.shape[0], layout);
  const items = indices.map((i) => element.format(block.data[block.start + i]));
  const parts = withCut(items, cut, layout.edgeitems === 0 ? "..." : " ...");
  const perLine = Math.max(1, Math.floor((layout.linewidth - indent) / (element.width + 2)));
  const lines: string[] = [];
  for (let i = 0; i < parts.length; i += perLine) lines.push(parts.slice(i, i + perLine).join(", "));
  return `[${lines.join(`,\n${" ".repeat(indent + 1)}`)}]`;
}

function blockText(block: Block, indent: number, layout: Layout, element: ElementFormat): string {
  const dims = block.shape.length;
  if (dims === 0) return element.format(block.data[block.start]);
  if (dims === 1) return vectorText(block, indent, layout, element);
  const { indices, cut } = shown(block.shape[0], layout);
  const slices = indices.map((i) => blockText(select(block, i), indent + 1, layout, element));
  return `[${withCut(slices, cut, "...").join(`,${"\n".repeat(dims - 1)}${" ".repeat(indent + 1)}`)}]`;
}

/** The nested brackets of a tensor; lines after the first start `indent` characters in. */
export function bodyText(
  data: TypedArray,
  shape: readonly number[],
  dtype: DType,
  indent: number,
  options: PrintOptions,
): string {
  const numel = shape.reduce((n, size) => n * size, 1);
  if (numel === 0) return "[]";
  const block = { data, start: 0, shape };
  const layout = { ...options, summarize: numel > options.threshold };
  return blockText(block, indent, layout, elementFormat(shownValues(block, layout), dtype, options));
}
