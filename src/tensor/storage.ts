import { KullbackError } from "../errors.js";
import { claim, disclaim, release, SMALLEST_BLOCK, type TypedArray } from "../kernels/index.js";
import { isGradEnabled } from "./tape/gradMode.js";

let created = 0;
let witness: Storage[] | undefined;

/** The memory one or several tensors look at. */
export class Storage {
  /** Later storages have larger ids. */
  readonly id = ++created;
  /** How often an operation changed the memory in place. */
  version = 0;
  /** How many gradients on their way through the graph lie in the memory. */
  gradients = 0;
  /** Whether someone besides the walk through the graph that made the memory may hold it. */
  kept = false;
  private memory: TypedArray | undefined;

  constructor(array: TypedArray) {
    this.memory = array;
    if (array.byteLength < SMALLEST_BLOCK) return;
    claim(array);
    if (witness !== undefined && !isGradEnabled()) witness.push(this);
  }

  get array(): TypedArray {
    if (this.memory === undefined) {
      throw new KullbackError("tensor: its memory was given back by dispose(), here or on a view of it");
    }
    return this.memory;
  }

  /** Gives the memory back for other tensors to use; from now on it cannot be asked for. */
  dispose(): void {
    if (this.memory === undefined) return;
    if (this.memory.byteLength >= SMALLEST_BLOCK) release(this.memory);
    this.memory = undefined;
  }

  /** The memory, for another storage to own; this one cannot be asked for it any more. */
  surrender(): TypedArray {
    const { array } = this;
    disclaim(array);
    this.memory = undefined;
    return array;
  }

  /**
   * Gives the result of a walk that began after storage `latest` away: to the user, or to the walk in the midst of
   * which that one took place, if it was made in it.
   */
  handOver(latest: number): void {
    if (witness === undefined || isGradEnabled()) this.kept = true;
    else if (this.id > latest && this.array.byteLength >= SMALLEST_BLOCK) witness.push(this);
  }

  /** The id of the storage made last. */
  static latestId(): number {
    return created;
  }

  /**
   * From now on lists in `list` (undefined: nowhere) all larger storages made while nothing is recorded.
   *
   * @returns the list until now
   */
  static witness(list: Storage[] | undefined): Storage[] | undefined {
    const before = witness;
    witness = list;
    return before;
  }
}
