import type { Comparison, Estimate, MeasureSummary } from "../../measure/index.js";
import { explainMeasure } from "../measures.js";
import { formatBytes, formatEstimate, formatInterval, formatNumber, formatShare } from "../numbers.js";
import type { Ranked } from "../ranked.js";
import { splitTable } from "../table.js";

/** A candidate's first column: its place in the ranking and its name. */
export function label({ rank, name }: Pick<Ranked, "rank" | "name">, of: number): string {
  return `${String(rank).padStart(String(of).length)} ${name}`;
}

/** The ranked table, which ends in the floor if there is one. */
export function overview({ floor }: Comparison, ranked: readonly Ranked[]): string[][] {
  const sized = ranked.some(({ candidate }) => candidate.modelBytes !== null);
  const heading = ["KL(P‖Q) ±s.e.", "95 % interval", "same top %", ...(sized ? ["size"] : [])];
  const indent = " ".repeat(String(ranked.length).length);
  const rows = ranked.map((entry) => {
    const { measures, sameTop, modelBytes, pareto } = entry.candidate;
    const size = modelBytes === null ? "" : `${formatBytes(modelBytes)}${pareto ? " ◆" : "  "}`;
    return [label(entry, ranked.length), ...estimates(measures.kl, sameTop), ...(sized ? [size] : [])];
  });
  if (floor !== null) {
    const cells = estimates(floor.measures.kl, floor.sameTop);
    rows.push([`${indent} floor`, ...cells, ...(sized ? [""] : [])]);
  }
  const [table, ...others] = splitTable([[`${indent} Candidate Q`, ...heading], ...rows], 10);
  if (ranked.some(({ candidate }) => candidate.pareto)) {
    table.push(`${indent} ◆ no candidate is both smaller and closer`);
  }
  return [table, ...others];
}

function estimates({ mean, stderr, interval }: MeasureSummary, sameTop: Estimate): string[] {
  return [formatEstimate({ value: mean, stderr }), formatInterval(interval), formatShare(sameTop)];
}

/** The means of the other measures. */
export function measures({ measures }: Comparison, ranked: readonly Ranked[]): string[][] {
  const others = measures.filter((key) => key !== "kl");
  if (others.length === 0) return [];
  return splitTable([
    [heading(ranked, "Means"), ...others.map((key) => explainMeasure(key).title)],
    ...ranked.map((entry) => [
      label(entry, ranked.length),
      ...others.map((key) => formatNumber(entry.candidate.measures[key].mean, 3)),
    ]),
  ]);
}

/** The distribution of KL over rows. */
export function quantiles(ranked: readonly Ranked[]): string[][] {
  return splitTable(
    [
      [heading(ranked, "KL of rows"), "10 %", "median", "90 %", "95 %", "99 %", "99.9 %", "max"],
      ...ranked.map((entry) => {
        const { kl } = entry.candidate.measures;
        const values = [kl.p10, kl.median, kl.p90, kl.p95, kl.p99, kl.p999, kl.max];
        return [label(entry, ranked.length), ...values.map((x) => formatNumber(x, 3))];
      }),
    ],
    10,
  );
}

/** `text` above the names of candidates. */
export function heading(ranked: readonly Ranked[], text: string): string {
  return `${" ".repeat(String(ranked.length).length)} ${text}`;
}
