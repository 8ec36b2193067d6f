import { setImmediate } from "node:timers/promises";
import type { RowTable, RowTablePiece } from "../../measure/index.js";

/** A table whose pieces come one at a time, so that a user can interrupt a long one. */
export interface PacedTable extends Omit<RowTable, "pieces"> {
  pieces(): AsyncGenerator<RowTablePiece>;
}

/** The table with a pause before each piece, in which an interruption is heard. */
export function paced({ rows, columns, pieces }: RowTable, signal: AbortSignal): PacedTable {
  return {
    rows,
    columns,
    async *pieces() {
      for (const piece of pieces()) {
        await setImmediate();
        signal.throwIfAborted();
        yield piece;
      }
    },
  };
}
