import type { RowFacts } from "../facts/index.js";
import { type Plan, unitOf } from "../plan.js";
import type { ColumnArray, RowStore, StorePiece } from "../store/index.js";
import { type CandidateColumns, unselected } from "./candidateColumns.js";

/** A column of a {@link RowTable}. */
export interface RowTableColumn {
  readonly name: string;
  readonly type: "float64" | "int32" | "bool";
}

/** Some rows of a {@link RowTable}: an array a column, each with an element a row; bools are 0 and 1. */
export interface RowTablePiece {
  readonly rows: number;
  readonly columns: readonly (Float64Array | Int32Array | Uint8Array)[];
}

/**
 * What is known of every row that was compared, one line a row: `row`, where known its `chunk`, `position`,
 * `group` and `label`; then for each candidate its `confidence` (the reference's top probability), measures in
 * the unit of the comparison, `sameTop`, and what else was asked for. With several candidates the names of
 * their columns begin with `name:`. Of rows that are left out as no distributions, divergences are NaN.
 */
export interface RowTable {
  readonly rows: number;
  readonly columns: readonly RowTableColumn[];
  /** Goes through the rows in pieces, in order. */
  pieces(): Generator<RowTablePiece>;
}

/** What a table is made of. */
export interface RowTableSource {
  readonly store: RowStore;
  readonly columns: CandidateColumns;
  /** The names of candidates that are reported. */
  readonly names: readonly string[];
  readonly plan: Plan;
  readonly facts: RowFacts;
  readonly base: "e" | 2 | 10;
}

/** A column with the way to fill it from a piece of the store. */
interface Source extends RowTableColumn {
  readonly fill: (out: ColumnArray, piece: StorePiece, taken: readonly number[]) => void;
}

/** The table of what the store holds of the rows that were selected. */
export function rowTable(source: RowTableSource): RowTable {
  const { store, columns, facts } = source;
  const places = new Map<number, number>();
  const placeOf = (candidate: number, name: string) => {
    const place = columns.place(candidate, name);
    if (!places.has(place)) places.set(place, places.size);
    return places.get(place)!;
  };
  const status = placeOf(0, "status");
  const sources = [...factColumns(facts), ...source.names.flatMap((_, i) => own(source, i, placeOf))];
  return {
    rows: facts.selection.summary?.rows ?? facts.selection.end - facts.selection.start,
    columns: sources.map(({ name, type }) => ({ name, type })),
    *pieces() {
      for (const piece of store.pieces([...places.keys()])) {
        const taken: number[] = [];
        for (let i = 0; i < piece.count; i++) if (piece.columns[status][i] !== unselected) taken.push(i);
        const filled = sources.map(({ type, fill }) => {
          const out = newColumn(type, taken.length);
          fill(out, piece, taken);
          return out;
        });
        if (taken.length > 0) yield { rows: taken.length, columns: filled };
      }
    },
  };
}

function newColumn(type: RowTableColumn["type"], rows: number): ColumnArray {
  if (type === "float64") return new Float64Array(rows);
  return type === "int32" ? new Int32Array(rows) : new Uint8Array(rows);
}

/** Where rows are and what belongs to them. */
function factColumns({ selection, places, groups, labels }: RowFacts): Source[] {
  const column = (name: string, numberOf: (row: number) => number): Source => ({
    name,
    type: "int32",
    fill(out, { first }, taken) {
      for (const [i, index] of taken.entries()) out[i] = numberOf(selection.start + first + index);
    },
  });
  return [
    column("row", (row) => row),
    ...(places ? [column("chunk", places.chunkOf), column("position", places.positionOf)] : []),
    ...(groups ? [column("group", (row) => groups.values[groups.of(row)])] : []),
    ...(labels ? [column("label", (row) => labels[row])] : []),
  ];
}

/** The columns of a candidate. */
function own(
  { columns, names, plan, base }: RowTableSource,
  candidate: number,
  placeOf: (candidate: number, name: string) => number,
): Source[] {
  const prefix = names.length > 1 ? `${names[candidate]}:` : "";
  const logUnit = unitOf("kl", base);
  const units = new Map(plan.measures.map(({ key, name }) => [key, unitOf(name, base)]));
  for (const name of ["entropyP", "entropyQ"]) units.set(name, logUnit);
  return columns.own
    .filter(({ name }) => name !== "status")
    .flatMap(({ name, type, width }) => {
      const place = placeOf(candidate, name);
      const unit = units.get(name) ?? 1;
      return Array.from(
        { length: width },
        (_, k): Source => ({
          name: `${prefix}${name}${width > 1 ? `-${k + 1}` : ""}`,
          type: name === "sameTop" ? "bool" : type === "float64" ? "float64" : "int32",
          fill(out, piece, taken) {
            const values = piece.columns[place];
            for (const [i, index] of taken.entries()) out[i] = values[index * width + k] / unit;
          },
        }),
      );
    });
}
