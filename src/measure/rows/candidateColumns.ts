import type { RowStatistics } from "../../kernels/index.js";
import type { Plan } from "../plan.js";
import type { ColumnArray, ColumnSpec, RowBlock, RowStore } from "../store/index.js";
import { llamaCppColumns } from "./llamaCppColumns.js";

/** The status of a row that was not asked for; the statuses of rows with a fault are the kernels'. */
export const unselected = 255;

/** The columns that are kept of every row for one candidate. */
function columnsOf(plan: Plan, labelled: boolean): ColumnSpec[] {
  const column = (name: string, type: ColumnSpec["type"] = "float64", width = 1) => ({ name, type, width });
  return [
    column("status", "uint8"),
    column("sameTop", "uint8"),
    column("confidence"),
    ...plan.measures.map(({ key }) => column(key)),
    ...(labelled ? [column("labelLogP"), column("labelLogQ")] : []),
    ...(plan.entropy ? [column("entropyP"), column("entropyQ")] : []),
    ...(plan.topOverlap > 0 ? [column("overlap", "uint8", plan.topOverlap)] : []),
    ...(plan.rank ? [column("rank", "int32")] : []),
    ...(plan.llamaCpp ? llamaCppColumns.map((name) => column(name)) : []),
  ];
}

/** Puts `count` rows of statistics into the columns of a candidate, those that are not `selected` by status. */
export function fillColumns(
  columns: ReadonlyMap<string, ColumnArray>,
  plan: Plan,
  statistics: RowStatistics,
  count: number,
  isSelected: (index: number) => boolean,
): void {
  const status = columns.get("status")!;
  const sameTop = columns.get("sameTop")!;
  for (let i = 0; i < count; i++) {
    status[i] = isSelected(i) ? statistics.status[i] : unselected;
    sameTop[i] = statistics.status[i] === 0 && statistics.argmaxP[i] === statistics.argmaxQ[i] ? 1 : 0;
  }
  const copy = (
    name: string,
    values: ArrayLike<number> & { subarray(from: number, to: number): ArrayLike<number> },
    width = 1,
  ) => columns.get(name)?.set(values.subarray(0, count * width));
  copy("confidence", statistics.topP);
  for (const [k, { key }] of plan.measures.entries()) copy(key, statistics.values[k]);
  copy("labelLogP", statistics.labelLogP);
  copy("labelLogQ", statistics.labelLogQ);
  copy("entropyP", statistics.entropyP);
  copy("entropyQ", statistics.entropyQ);
  copy("overlap", statistics.overlap, plan.topOverlap);
  copy("rank", statistics.rankOfTop);
}

/** The columns of all candidates, one candidate after the other. */
export class CandidateColumns {
  readonly specs: readonly ColumnSpec[];
  /** Those of one candidate. */
  readonly own: readonly ColumnSpec[];

  constructor(plan: Plan, labelled: boolean, candidates: number) {
    this.own = columnsOf(plan, labelled);
    this.specs = Array.from({ length: candidates }, () => this.own).flat();
  }

  /** The place of a candidate's column among all. */
  place(candidate: number, name: string): number {
    return candidate * this.own.length + this.own.findIndex((spec) => spec.name === name);
  }

  /** The columns of a candidate in a block, by name. */
  of(candidate: number, block: RowBlock): Map<string, ColumnArray> {
    return new Map(this.own.map(({ name }, i) => [name, block.columns[candidate * this.own.length + i]]));
  }
}

/** The rows of one candidate, as they were stored. */
export class CandidateRows {
  readonly #store: RowStore;
  readonly #columns: CandidateColumns;
  readonly #candidate: number;
  readonly #start: number;

  /** @param start - The row of the input that the first row of the store is. */
  constructor(store: RowStore, columns: CandidateColumns, candidate: number, start: number) {
    this.#store = store;
    this.#columns = columns;
    this.#candidate = candidate;
    this.#start = start;
  }

  /** Calls `visit` with the status of every row, and the row of the input that it is. */
  forEachStatus(visit: (status: number, row: number) => void): void {
    const place = this.#columns.place(this.#candidate, "status");
    for (const { columns, count, first } of this.#store.pieces([place])) {
      for (let i = 0; i < count; i++) visit(columns[0][i], this.#start + first + i);
    }
  }

  /**
   * Goes through the rows that count, in ascending order.
   *
   * @param names - Columns.
   * @param visit - Gets pieces of the columns, the place of the row in them, and the row of the input.
   */
  forEach(names: readonly string[], visit: (pieces: ColumnArray[], i: number, row: number) => void): void {
    const places = [...names, "status"].map((name) => this.#columns.place(this.#candidate, name));
    for (const { columns, count, first } of this.#store.pieces(places)) {
      const status = columns[names.length];
      for (let i = 0; i < count; i++) if (status[i] === 0) visit(columns, i, this.#start + first + i);
    }
  }

  /** Goes through the rows that count in both candidates, with one column of each. */
  forEachPair(
    other: CandidateRows,
    name: string,
    visit: (own: number, others: number, row: number) => void,
  ): void {
    const places = [this.#candidate, other.#candidate].flatMap((candidate) =>
      ["status", name].map((column) => this.#columns.place(candidate, column)),
    );
    for (const { columns, count, first } of this.#store.pieces(places)) {
      const [status, own, otherStatus, others] = columns;
      for (let i = 0; i < count; i++) {
        if (status[i] === 0 && otherStatus[i] === 0) visit(own[i], others[i], this.#start + first + i);
      }
    }
  }
}
