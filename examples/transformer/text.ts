import { readFileSync } from "node:fs";
import { data, type Tensor, tensor } from "kullback";

/** A text as numbers: each character's place in the sorted list of all that occur. */
export class Text {
  readonly alphabet: readonly string[];
  readonly codes: Int32Array;

  constructor(text: string) {
    this.alphabet = [...new Set(text)].sort();
    const codeOf = new Map(this.alphabet.map((character, code) => [character, code]));
    this.codes = Int32Array.from(text, (character) => codeOf.get(character)!);
  }

  encode(text: string): number[] {
    return [...text].map((character) => this.alphabet.indexOf(character));
  }

  decode(codes: Iterable<number>): string {
    return Array.from(codes, (code) => this.alphabet[code]).join("");
  }
}

/** The first act and more of Shakespeare's Coriolanus. */
export function readCoriolanus(): Text {
  return new Text(readFileSync(new URL("../data/coriolanus.txt", import.meta.url), "utf8"));
}

/** Pieces of `context` characters, each with the characters that follow them, one every `stride`. */
export function pieces(
  codes: Int32Array,
  context: number,
  stride: number,
): data.TensorDataset<readonly [Tensor, Tensor]> {
  const count = Math.floor((codes.length - 1 - context) / stride) + 1;
  const gather = (shift: number) => {
    const rows = new Int32Array(count * context);
    for (let i = 0; i < count; i++) {
      const start = i * stride + shift;
      rows.set(codes.subarray(start, start + context), i * context);
    }
    return tensor(rows).reshape([count, context]);
  };
  return new data.TensorDataset(gather(0), gather(1));
}
