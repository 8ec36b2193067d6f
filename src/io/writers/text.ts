import type { Vocabulary } from "../vocabulary.js";
import type { ByteSink, RowsToWrite, RowWriter, TopKWriter } from "./writer.js";

/** Characters to gather before they are written. */
const BLOCK = 1 << 20;

/** Gathers lines and writes them in blocks. */
class Lines {
  readonly #sink: ByteSink;
  readonly #encoder = new TextEncoder();
  #pending: string[] = [];
  #length = 0;

  constructor(sink: ByteSink) {
    this.#sink = sink;
  }

  async add(line: string): Promise<void> {
    this.#pending.push(line, "\n");
    this.#length += line.length + 1;
    if (this.#length >= BLOCK) await this.flush();
  }

  async flush(): Promise<void> {
    if (this.#pending.length === 0) return;
    await this.#sink.write(this.#encoder.encode(this.#pending.join("")));
    this.#pending = [];
    this.#length = 0;
  }
}

/** Writes rows as lines of text; numbers exactly, in as few digits as give the same float64 again. */
function lineRows(
  sink: ByteSink,
  target: RowsToWrite,
  line: (row: string[]) => string,
  word: (x: number) => string,
): RowWriter {
  const lines = new Lines(sink);
  const round = target.dtype === "float32" ? Math.fround : (x: number) => x;
  return {
    async write(values, count) {
      for (let i = 0; i < count; i++) {
        const row = Array.from(values.subarray(i * target.classes, (i + 1) * target.classes), (x) => {
          const value = round(x);
          if (!Number.isFinite(value)) return word(value);
          return Object.is(value, -0) ? "-0.0" : String(value);
        });
        await lines.add(line(row));
      }
    },
    finish: () => lines.flush(),
  };
}

/** Writes CSV without a line of names, or TSV. */
export function csvRows(delimiter: "," | "\t") {
  return async (sink: ByteSink, target: RowsToWrite): Promise<RowWriter> =>
    lineRows(
      sink,
      target,
      (row) => row.join(delimiter),
      (x) => (Number.isNaN(x) ? "nan" : x > 0 ? "inf" : "-inf"),
    );
}

/** Writes JSON Lines: an object a row, whose key says what the values are. */
export async function jsonlRows(sink: ByteSink, target: RowsToWrite): Promise<RowWriter> {
  const key = ["logits", "probs", "logprobs"].includes(target.name) ? target.name : undefined;
  const line = (row: string[]) => (key ? `{"${key}":[${row.join(",")}]}` : `[${row.join(",")}]`);
  return lineRows(sink, target, line, (x) => `"${x}"`);
}

/**
 * Writes the likeliest classes as JSON Lines: a row a line, as vLLM gives them by id, or as OpenAI gives them
 * by text.
 *
 * @param vocabulary - Has the texts, where ids are numbers of texts.
 */
export function jsonlTopK(sink: ByteSink, k: number, vocabulary: Vocabulary | undefined): TopKWriter {
  const lines = new Lines(sink);
  return {
    async write(ids, logProbs, count) {
      for (let i = 0; i < count; i++) {
        const entries: [id: number, logProb: number][] = [];
        for (let j = i * k; j < (i + 1) * k && ids[j] !== -1; j++) entries.push([ids[j]!, logProbs[j]!]);
        await lines.add(vocabulary ? textLine(entries, vocabulary) : idLine(entries));
      }
    },
    finish: () => lines.flush(),
  };
}

function idLine(entries: readonly [number, number][]): string {
  return `{"logprobs":[{${entries.map(([id, logProb]) => `"${id}":{"logprob":${logProb}}`).join(",")}}]}`;
}

function textLine(entries: readonly [number, number][], vocabulary: Vocabulary): string {
  const map = entries.map(([id, logProb]) => `${JSON.stringify(vocabulary.textOf(id))}:${logProb}`);
  return `{"logprobs":{"top_logprobs":[{${map.join(",")}}]}}`;
}
