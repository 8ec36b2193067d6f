import type { TypedArray } from "../kernels/index.js";

let created = 0;

/** The memory one or several tensors look at. */
export class Storage {
  /** Later storages have larger ids. */
  readonly id = ++created;
  readonly array: TypedArray;
  /** How often an operation changed the memory in place. */
  version = 0;

  constructor(array: TypedArray) {
    this.array = array;
  }

  /** The id of the storage made last. */
  static latestId(): number {
    return created;
  }
}
