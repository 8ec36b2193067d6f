/** Blocks start at, and their sizes are, multiples of a cache line, so that threads do not share one. */
const LINE = 64;

/** Bytes behind every block that a kernel may read, though not write, when it loads whole vectors. */
const SLACK = 16;

/** Bins of free blocks: four to each doubling of the size. */
const BINS = 128;

/** What a {@link Heap} has given away and what it still holds, in bytes. */
export interface HeapStatistics {
  /** In blocks that are in use. */
  used: number;
  /** In free blocks between them. */
  free: number;
  /** Blocks in use. */
  blocks: number;
  /** The address behind the last block in use: memory beyond it is untouched or free. */
  top: number;
}

/**
 * Hands out blocks of a memory: the free blocks are held in bins by size, neighbours are merged as soon
 * as both are free, and a new block comes from the first bin that has one large enough.
 *
 * D. E. Knuth, The Art of Computer Programming, vol. 1, section 2.5 ("boundary tags").
 */
export class Heap {
  private readonly bins = Array.from({ length: BINS }, () => new Set<number>());
  private readonly sizeOfFree = new Map<number, number>();
  private readonly startOfFree = new Map<number, number>();
  private readonly sizeOfUsed = new Map<number, number>();
  private readonly reach: (end: number) => boolean;
  private top: number;
  private used = 0;
  private touched: number;

  /** A heap from address `start` on; `reach(end)` makes the memory reach up to `end`, or says that it cannot. */
  constructor(start: number, reach: (end: number) => boolean) {
    this.top = roundUp(start);
    this.touched = this.top;
    this.reach = reach;
  }

  /** The address of a new block of `bytes`, or 0 if there is no room. What it holds is arbitrary. */
  take(bytes: number): number {
    const size = roundUp(bytes + SLACK);
    const start = this.takeFree(size) || this.extend(size);
    if (start !== 0) {
      this.sizeOfUsed.set(start, size);
      this.used += size;
    }
    return start;
  }

  /** The size of a block in use; 0 if there is none at `start`. */
  sizeOf(start: number): number {
    return this.sizeOfUsed.get(start) ?? 0;
  }

  /** Gives a block back. */
  free(start: number): void {
    let size = this.sizeOfUsed.get(start);
    if (size === undefined) return;
    this.sizeOfUsed.delete(start);
    this.used -= size;
    const following = this.sizeOfFree.get(start + size);
    if (following !== undefined) {
      this.removeFree(start + size, following);
      size += following;
    }
    const preceding = this.startOfFree.get(start);
    if (preceding !== undefined) {
      this.removeFree(preceding, start - preceding);
      size += start - preceding;
    }
    const from = preceding ?? start;
    if (from + size === this.top) this.top = from;
    else this.addFree(from, size);
  }

  /** The end of the memory that any block has covered so far; beyond it all bytes are zero. */
  get highest(): number {
    return this.touched;
  }

  /** What is in use and what is free. */
  statistics(): HeapStatistics {
    let free = 0;
    for (const size of this.sizeOfFree.values()) free += size;
    return { used: this.used, free, blocks: this.sizeOfUsed.size, top: this.top };
  }

  private takeFree(size: number): number {
    for (let bin = binOf(size); bin < BINS; bin++) {
      for (const start of this.bins[bin]) {
        const found = this.sizeOfFree.get(start)!;
        if (found < size) continue;
        this.removeFree(start, found);
        if (found > size) this.addFree(start + size, found - size);
        return start;
      }
    }
    return 0;
  }

  private extend(size: number): number {
    const start = this.top;
    if (!this.reach(start + size)) return 0;
    this.top += size;
    this.touched = Math.max(this.touched, this.top);
    return start;
  }

  private addFree(start: number, size: number): void {
    this.sizeOfFree.set(start, size);
    this.startOfFree.set(start + size, start);
    this.bins[binOf(size)].add(start);
  }

  private removeFree(start: number, size: number): void {
    this.sizeOfFree.delete(start);
    this.startOfFree.delete(start + size);
    this.bins[binOf(size)].delete(start);
  }
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / LINE) * LINE;
}

/** The bin of blocks of `size` bytes. */
function binOf(size: number): number {
  const doubling = 31 - Math.clz32(size);
  return (doubling << 2) | ((size >>> (doubling - 2)) & 3);
}
