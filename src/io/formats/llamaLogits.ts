import { type ByteSource, readBytes } from "../byteSource.js";
import { checkRead } from "../checkRead.js";
import { machineOrder, swapBytes } from "../decode.js";
import { FileError } from "../fileError.js";
import type { CodedReader, RowContext } from "../rowsFile.js";
import type { RowsFormat } from "./format.js";
import { CODES, type LogitsLayout, layoutOf, MAGIC } from "./llamaLayout.js";

/**
 * llama.cpp's file of log-probabilities (`llama-perplexity --kl-divergence-base`), also ik_llama.cpp's: the
 * magic `_logits_`, n_ctx, n_vocab and n_chunk, the tokens, and for each token of the second half of each
 * chunk the log-probabilities of what comes next in 16 bits: log p = scale·code + minimum.
 *
 * Reference: https://github.com/ggml-org/llama.cpp/blob/050fc7f3/tools/perplexity/perplexity.cpp
 */
export const llamaLogits: RowsFormat = {
  name: "llama.cpp",
  kind: "rows",
  recognises: (head) => MAGIC.every((byte, i) => head[i] === byte),
  async openRows(source, { tensor }) {
    if (tensor !== undefined)
      throw new FileError(source.name, `holds one table, which has no name: leave out #${tensor}`);
    const layout = await readLayout(source);
    const coded = codedReader(source, layout);
    const { rows, classes } = layout;
    let tokens: Promise<Int32Array> | undefined;
    const readTokensOnce = () => {
      tokens ??= readTokens(source, layout);
      return tokens;
    };
    return {
      kind: "dense",
      from: "logProbs",
      order: "any",
      coded,
      reader: {
        rows,
        classes,
        dtype: "float32",
        async read(start, count, out) {
          checkRead(source.name, { rows, classes, dtype: "float32" }, start, count, out);
          await readLogProbs(coded, start, count, out);
        },
        ...(machineOrder === "little" && {
          readCodes: (start, count, out) => readStored(source, layout, start, count, out),
        }),
      },
      tokens: await fingerprint(source, layout),
      context: async () => contextOf(layout, await readTokensOnce()),
      sequences: async () => ({ tokens: await readTokensOnce(), length: layout.context }),
      notes: await describeClamp(coded),
      header: { n_ctx: String(layout.context), n_vocab: String(classes), n_chunk: String(layout.chunks) },
    };
  },
};

/** Bytes of tokens: of more than ten thousand contexts of thousands of tokens each. */
const MAX_TOKEN_BYTES = 1 << 28;

/** Values decoded per read. */
const PIECE = 1 << 19;

async function readLayout(source: ByteSource): Promise<LogitsLayout> {
  const { name, size } = source;
  if (size < 20) throw new FileError(name, `truncated: ${size} bytes are too few for a _logits_ header`);
  const head = await readBytes(source, 0, 20);
  const view = new DataView(head.buffer, head.byteOffset, 20);
  const [context, classes, chunks] = [8, 12, 16].map((at) => view.getInt32(at, true)) as [
    number,
    number,
    number,
  ];
  const said = `n_ctx ${context}, n_vocab ${classes}, n_chunk ${chunks}`;
  if (context < 3 || classes < 1 || chunks < 0) throw new FileError(name, `bad _logits_ header: ${said}`);
  const layout = layoutOf(context, classes, chunks);
  if (layout.size !== size) {
    throw new FileError(
      name,
      `${layout.size > size ? "truncated" : "too long"}: ${said} take ${layout.size} bytes, the file has ${size}`,
    );
  }
  if (layout.dataStart > MAX_TOKEN_BYTES)
    throw new FileError(name, `${said} is more tokens than any such file has`);
  return layout;
}

function codedReader(source: ByteSource, layout: LogitsLayout): CodedReader {
  const { rows, classes, rowBytes, dataStart } = layout;
  return {
    rows,
    classes,
    async read(start, count, scale, minimum, codes) {
      const step = Math.max(1, Math.floor((2 * PIECE) / rowBytes));
      for (let done = 0; done < count; done += step) {
        const some = Math.min(step, count - done);
        const bytes = await readBytes(source, dataStart + (start + done) * rowBytes, some * rowBytes);
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
        for (let i = 0; i < some; i++) {
          const row = done + i;
          scale[row] = view.getFloat32(i * rowBytes, true);
          minimum[row] = view.getFloat32(i * rowBytes + 4, true);
          checkScale(source.name, start + row, scale[row]!);
          if (!codes) continue;
          const own = codes.subarray(row * classes, (row + 1) * classes);
          const target = new Uint8Array(own.buffer, own.byteOffset, own.byteLength);
          target.set(bytes.subarray(i * rowBytes + 8, i * rowBytes + 8 + 2 * classes));
          if (machineOrder === "big") swapBytes(target, 2);
        }
      }
    },
    async readScales(row) {
      const bytes = await readBytes(source, dataStart + row * rowBytes, 8);
      const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
      return { scale: view.getFloat32(0, true), minimum: view.getFloat32(4, true) };
    },
  };
}

async function readLogProbs(
  coded: CodedReader,
  start: number,
  count: number,
  out: Float32Array | Float64Array,
): Promise<void> {
  const { classes } = coded;
  const step = Math.min(count, Math.max(1, Math.floor(PIECE / classes)));
  const codes = new Uint16Array(step * classes);
  const scale = new Float32Array(step);
  const minimum = new Float32Array(step);
  for (let done = 0; done < count; done += step) {
    const some = Math.min(step, count - done);
    await coded.read(start + done, some, scale, minimum, codes);
    for (let i = 0; i < some; i++) {
      const [a, b] = [scale[i]!, minimum[i]!];
      const to = (done + i) * classes;
      // Exact in float64 but for the last rounding, which is to the type of `out`.
      for (let j = 0, at = i * classes; j < classes; j++, at++) out[to + j] = a * codes[at]! + b;
    }
  }
}

/** Reads rows as they are stored into `out`. */
async function readStored(
  source: ByteSource,
  { rows, rowBytes, dataStart }: LogitsLayout,
  start: number,
  count: number,
  out: Uint16Array,
): Promise<void> {
  const bytes = count * rowBytes;
  if (!(start >= 0 && count >= 0 && start + count <= rows && out.byteLength >= bytes)) {
    throw new FileError(
      source.name,
      `rows ${start} to ${start + count} of ${rows} need an array of ${bytes / 2}, got ${out.length}`,
    );
  }
  const target = new Uint8Array(out.buffer, out.byteOffset, bytes);
  const stored = await readBytes(source, dataStart + start * rowBytes, bytes, target);
  if (stored.buffer !== target.buffer) target.set(stored);
  const numbers = new DataView(target.buffer, target.byteOffset, bytes);
  for (let row = 0; row < count; row++) {
    checkScale(source.name, start + row, numbers.getFloat32(row * rowBytes, true));
  }
}

/** NaN logits give a NaN scale; a negative one nothing gives. */
function checkScale(name: string, row: number, scale: number): void {
  if (scale < 0) throw new FileError(name, `row ${row} is damaged: its scale is ${scale}`);
}

async function readTokens(
  source: ByteSource,
  { context, classes, chunks }: LogitsLayout,
): Promise<Int32Array> {
  const bytes = new Uint8Array(await readBytes(source, 20, 4 * context * chunks));
  if (machineOrder === "big") swapBytes(bytes, 4);
  const tokens = new Int32Array(bytes.buffer);
  const bad = tokens.findIndex((token) => token < 0 || token >= classes);
  if (bad >= 0)
    throw new FileError(source.name, `token ${bad} is ${tokens[bad]}, wanted 0 to ${classes - 1}`);
  return tokens;
}

/** A hash of the header and all tokens; undefined in a browser's insecure context, which has no SHA-256. */
async function fingerprint(source: ByteSource, { dataStart }: LogitsLayout): Promise<string | undefined> {
  const subtle = globalThis.crypto?.subtle;
  if (!subtle) return undefined;
  const bytes = new Uint8Array(await readBytes(source, 0, dataStart));
  const hash = new Uint8Array(await subtle.digest("SHA-256", bytes));
  return `sha256:${Array.from(hash.subarray(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

function contextOf(layout: LogitsLayout, tokens: Int32Array): RowContext {
  const { rows, context, first, chunkRows } = layout;
  const result = { chunk: new Int32Array(rows), position: new Int32Array(rows), label: new Int32Array(rows) };
  for (let row = 0; row < rows; row++) {
    const chunk = Math.floor(row / chunkRows);
    const position = first + (row % chunkRows);
    result.chunk[row] = chunk;
    result.position[row] = position;
    result.label[row] = tokens[chunk * context + position + 1]!;
  }
  return result;
}

/** How many rows are looked at for the clamp. */
const SAMPLE = 256;

/** Where writers clamp log-probabilities below the largest. */
const clamps = [
  { width: 16, writer: "llama.cpp" },
  { width: 24, writer: "ik_llama.cpp" },
];

/** Says how far below the likeliest class log-probabilities are cut off, from a sample of the rows. */
async function describeClamp(coded: CodedReader): Promise<string[]> {
  const count = Math.min(SAMPLE, coded.rows);
  let widest = 0;
  const clamped = clamps.map(() => 0);
  for (let i = 0; i < count; i++) {
    const row = count === 1 ? 0 : Math.round((i * (coded.rows - 1)) / (count - 1));
    const width = (await coded.readScales(row)).scale * (CODES - 1);
    if (width > widest) widest = width;
    for (const [j, clamp] of clamps.entries()) if (Math.abs(width - clamp.width) < 1e-3) clamped[j]!++;
  }
  const notes: string[] = [];
  for (const [j, { width, writer }] of clamps.entries()) {
    // Rows that reach beyond 16 show that a width of 16 is chance.
    if (clamped[j]! === 0 || widest > width + 1e-3) continue;
    notes.push(
      `log-probabilities more than ${width} below a row's largest are stored as if ${width} below, as ${writer} does ` +
        `(${clamped[j]} of ${count} rows looked at)`,
    );
  }
  return notes;
}
