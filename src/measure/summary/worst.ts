/** A row and its divergence. */
export interface RowKl {
  /** The row's index, from 0. */
  row: number;
  /** Its KL(P‖Q). */
  kl: number;
}

/** Whether `a` is less bad than `b`: less KL, or the same KL in a later row. */
const milder = (a: RowKl, b: RowKl) => a.kl < b.kl || (a.kl === b.kl && a.row > b.row);

/**
 * The `capacity` rows of the largest KL: a binary heap with the mildest of them on top, so that most
 * rows cost one comparison. Of rows with the same KL the first count as worse, so the outcome does not
 * depend on the order in which rows come.
 */
export class WorstRows {
  readonly #capacity: number;
  readonly #heap: RowKl[] = [];

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Takes a row into account. */
  add(row: number, kl: number): void {
    const heap = this.#heap;
    const entry = { row, kl };
    if (heap.length < this.#capacity) {
      heap.push(entry);
      this.#siftUp(heap.length - 1);
    } else if (heap.length > 0 && milder(heap[0], entry)) {
      heap[0] = entry;
      this.#siftDown();
    }
  }

  /** The rows, the worst first. */
  list(): RowKl[] {
    return [...this.#heap].sort((a, b) => (milder(a, b) ? 1 : -1));
  }

  #siftUp(index: number): void {
    const heap = this.#heap;
    for (let i = index; i > 0; ) {
      const parent = (i - 1) >> 1;
      if (!milder(heap[i], heap[parent])) return;
      [heap[i], heap[parent]] = [heap[parent], heap[i]];
      i = parent;
    }
  }

  #siftDown(): void {
    const heap = this.#heap;
    for (let i = 0; ; ) {
      let mildest = i;
      for (const child of [2 * i + 1, 2 * i + 2]) {
        if (child < heap.length && milder(heap[child], heap[mildest])) mildest = child;
      }
      if (mildest === i) return;
      [heap[i], heap[mildest]] = [heap[mildest], heap[i]];
      i = mildest;
    }
  }
}
