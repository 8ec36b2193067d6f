/** Bits of a digit, and the digits of a 64-bit key; the last has the 4 bits that are left. */
const digitBits = 12;
const digits = 6;
const fanOut = 2 ** digitBits;

/** A wanted order statistic: its place in the answer, and its rank among the values of its node. */
interface Target {
  group: number;
  index: number;
  rank: number;
}

/** The values that begin with the same digits. */
interface Node {
  readonly children: (Node | undefined)[];
  /** How many values go on with each digit; made when they are counted. */
  counts: Uint32Array | undefined;
  targets: Target[];
  /** How many values there are. */
  readonly size: number;
  values: Float64Array | undefined;
  filled: number;
  /** The bits of the values, as far as they are known. */
  readonly high: number;
  readonly low: number;
}

const little = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);
const [highWord, lowWord] = little ? [1, 0] : [0, 1];

/**
 * Radix selection: the tree of the leading digits of the values among which the wanted order statistics lie.
 * Values are compared by their bits, turned so that their order as integers is that of the numbers.
 */
export class RadixTree {
  readonly #roots: Node[];
  readonly #answers: number[][];
  #depth = 0;
  #leaves: Node[];

  /** @param ranks - For each group the ranks wanted, each below its size, which is in `sizes`. */
  constructor(ranks: readonly (readonly number[])[], sizes: readonly number[]) {
    this.#answers = ranks.map((wanted) => wanted.map(() => Number.NaN));
    this.#roots = ranks.map((wanted, group) => ({
      ...newNode(0, 0, sizes[group]),
      targets: wanted.map((rank, index) => ({ group, index, rank })),
    }));
    this.#leaves = this.#roots.filter(({ targets }) => targets.length > 0);
  }

  /** Whether all bits of all answers are known. */
  get isComplete(): boolean {
    return this.#depth === digits;
  }

  /** How many values may still be what is wanted. */
  get remaining(): number {
    return this.#leaves.reduce((sum, leaf) => sum + leaf.size, 0);
  }

  /** Counts a value where it may be wanted. */
  count(value: number, group: number): void {
    const leaf = this.#leafOf(value, group);
    if (leaf === undefined) return;
    leaf.counts ??= new Uint32Array(fanOut);
    leaf.counts[digitAt(this.#depth)]++;
  }

  /** Goes one digit deeper, once all values have been counted. */
  deepen(): void {
    this.#leaves = this.#leaves.flatMap((leaf) => split(leaf, this.#depth));
    this.#depth++;
    if (!this.isComplete) return;
    for (const leaf of this.#leaves) {
      const value = numberOf(leaf);
      for (const { group, index } of leaf.targets) this.#answers[group][index] = value;
    }
  }

  /** Makes room for the remaining values. */
  startCollecting(): void {
    for (const leaf of this.#leaves) leaf.values = new Float64Array(leaf.size);
  }

  /** Keeps a value where it may be wanted. */
  collect(value: number, group: number): void {
    const leaf = this.#leafOf(value, group);
    if (leaf !== undefined) leaf.values![leaf.filled++] = value;
  }

  /** For each group the values of the ranks wanted. */
  results(): number[][] {
    for (const leaf of this.#leaves) {
      if (leaf.values === undefined) continue;
      leaf.values.sort();
      for (const { group, index, rank } of leaf.targets) this.#answers[group][index] = leaf.values[rank];
    }
    return this.#answers;
  }

  #leafOf(value: number, group: number): Node | undefined {
    setKey(value);
    let node: Node | undefined = this.#roots[group];
    for (let depth = 0; depth < this.#depth && node !== undefined; depth++) {
      node = node.children[digitAt(depth)];
    }
    return node !== undefined && node.targets.length > 0 ? node : undefined;
  }
}

function newNode(high: number, low: number, size: number): Node {
  return { children: [], counts: undefined, targets: [], size, values: undefined, filled: 0, high, low };
}

/** The children of a leaf that have targets, made of what was counted. */
function split(leaf: Node, depth: number): Node[] {
  const { counts, targets } = leaf;
  if (counts === undefined) return [];
  targets.sort((a, b) => a.rank - b.rank);
  const made: Node[] = [];
  let before = 0;
  let next = 0;
  for (let digit = 0; digit < fanOut && next < targets.length; digit++) {
    const size = counts[digit];
    if (size > 0 && targets[next].rank < before + size) {
      const child = newNode(...withDigit(leaf, depth, digit), size);
      for (; next < targets.length && targets[next].rank < before + size; next++) {
        child.targets.push({ ...targets[next], rank: targets[next].rank - before });
      }
      leaf.children[digit] = child;
      made.push(child);
    }
    before += size;
  }
  leaf.counts = undefined;
  return made;
}

/** Puts the key of a value in `words`: negative numbers have all bits turned, the others the sign. */
function setKey(value: number): void {
  float[0] = value;
  if (words[highWord] >>> 31 === 0) {
    words[highWord] ^= 0x80000000;
  } else {
    words[highWord] = ~words[highWord];
    words[lowWord] = ~words[lowWord];
  }
}

/** The digit of the key in `words`: 12 bits from the high word twice, 8 and 4 across both, and so on. */
function digitAt(depth: number): number {
  const [high, low] = [words[highWord], words[lowWord]];
  switch (depth) {
    case 0:
      return high >>> 20;
    case 1:
      return (high >>> 8) & 0xfff;
    case 2:
      return ((high & 0xff) << 4) | (low >>> 28);
    case 3:
      return (low >>> 16) & 0xfff;
    case 4:
      return (low >>> 4) & 0xfff;
    default:
      return low & 0xf;
  }
}

/** The bits of a node with one digit more. */
function withDigit({ high, low }: Node, depth: number, digit: number): [high: number, low: number] {
  switch (depth) {
    case 0:
      return [high | (digit << 20), low];
    case 1:
      return [high | (digit << 8), low];
    case 2:
      return [high | (digit >> 4), low | ((digit & 0xf) << 28)];
    case 3:
      return [high, low | (digit << 16)];
    case 4:
      return [high, low | (digit << 4)];
    default:
      return [high, low | digit];
  }
}

/** The number whose key a node's bits are. */
function numberOf({ high, low }: Node): number {
  if (high >>> 31 === 1) {
    words[highWord] = high ^ 0x80000000;
    words[lowWord] = low;
  } else {
    words[highWord] = ~high;
    words[lowWord] = ~low;
  }
  return float[0];
}
