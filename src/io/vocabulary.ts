import { KullbackError } from "../errors.js";

/** Far more tokens than any model has. */
const MAX_TOKENS = 1 << 22;

/**
 * Numbers for tokens that a file names by their text. Files that are compared share one, so that the same
 * text has the same number in all of them.
 */
export class Vocabulary {
  readonly #ids = new Map<string, number>();
  readonly #texts: string[] = [];

  /** The number of `text`: the next one, counted from 0, if it is new. */
  idOf(text: string): number {
    const known = this.#ids.get(text);
    if (known !== undefined) return known;
    const id = this.#texts.length;
    if (id === MAX_TOKENS) throw new KullbackError(`Vocabulary: more than ${MAX_TOKENS} different tokens`);
    this.#ids.set(text, id);
    this.#texts.push(text);
    return id;
  }

  /** The text of a token, if it has one. */
  textOf(id: number): string | undefined {
    return this.#texts[id];
  }
}
