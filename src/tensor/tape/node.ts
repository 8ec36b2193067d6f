import type { Trace } from "./anomaly.js";

/** A tensor as the tape sees it: memory with a count of the changes made to it in place. */
export interface Versioned {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly storage: { readonly version: number };
}

/** From the gradient of an operation's result to the gradient of one of its inputs. */
export type Vjp<T> = (grad: T) => T;

/** Called with a gradient; what it returns, if anything, replaces the gradient. */
export type Hook<T> = ((grad: T) => T) | ((grad: T) => void);

/** Memory that can be given back. */
interface Disposable {
  dispose(): void;
}

let created = 0;

/**
 * One operation on the tape. `edges[i]` is the node that produced input i (undefined if the input
 * needs no gradient) and `vjps[i]` maps the gradient of the result to that of input i. A leaf that
 * requires a gradient is a node without edges whose `leaf` receives what arrives.
 */
export class GradNode<T extends Versioned> {
  /** Later nodes have larger ids, so descending ids are a topological order. */
  readonly id = ++created;
  readonly name: string;
  readonly edges: readonly (GradNode<T> | undefined)[];
  readonly leaf: T | undefined;
  readonly hooks: Hook<T>[] = [];
  /** The last walk that came by. */
  walk = 0;
  /** The operation's result, if `backward` is to keep its gradient. */
  retained: T | undefined;
  /** Where the operation was called, if `detectAnomaly` was on. */
  trace: Trace | undefined;
  /** Undefined once the graph was freed. */
  vjps: readonly Vjp<T>[] | undefined;
  private saved: readonly T[];
  private owned: readonly Disposable[];
  private readonly versions: readonly number[];

  constructor(
    name: string,
    edges: readonly (GradNode<T> | undefined)[],
    vjps: readonly Vjp<T>[],
    saved: readonly T[],
    leaf?: T,
    owned: readonly Disposable[] = [],
  ) {
    this.name = name;
    this.edges = edges;
    this.vjps = vjps;
    this.saved = saved;
    this.versions = saved.map((tensor) => tensor.storage.version);
    this.leaf = leaf;
    this.owned = owned;
  }

  /** The saved tensor that was changed in place since it was saved, if any. */
  modified(): { tensor: T; version: number; expected: number } | undefined {
    for (let i = 0; i < this.saved.length; i++) {
      const { version } = this.saved[i].storage;
      if (version !== this.versions[i]) {
        return { tensor: this.saved[i], version, expected: this.versions[i] };
      }
    }
    return undefined;
  }

  /** Lets go of what the vector-Jacobian products hold. A node that saved nothing stays usable. */
  free(): void {
    if (this.saved.length === 0) return;
    this.vjps = undefined;
    this.saved = [];
    for (const memory of this.owned) memory.dispose();
    this.owned = [];
  }
}
