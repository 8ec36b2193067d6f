import { KullbackError } from "../../errors.js";
import { roundToEven } from "../encode.js";
import { CODES, layoutOf, MAGIC } from "../formats/llamaLayout.js";
import type { ByteSink, RowsToWrite, RowWriter } from "./writer.js";

/** How far below the largest log-probabilities are clamped. */
const CLAMP = 16;

/**
 * Writes llama.cpp's `_logits_` from logits or log-probabilities, coded in float32 steps as its own
 * writer codes them. Classes more than 16 below the largest are stored as if 16 below.
 *
 * Reference: `log_softmax` in
 * https://github.com/ggml-org/llama.cpp/blob/050fc7f3/tools/perplexity/perplexity.cpp
 */
export async function llamaLogitsRows(sink: ByteSink, target: RowsToWrite): Promise<RowWriter> {
  const { rows, classes, sequences } = target;
  if (!sequences)
    throw new KullbackError("convert: a _logits_ file holds the tokens too: give them with --tokens");
  const { tokens, length } = sequences;
  const layout = layoutOf(length, classes, tokens.length / length);
  if (!Number.isInteger(layout.chunks) || length < 3 || layout.rows !== rows) {
    throw new KullbackError(
      `convert: ${tokens.length} tokens in chunks of ${length} make ${layout.rows} rows (those of the second half of ` +
        `each chunk but the last token), got ${rows}`,
    );
  }
  const bad = tokens.findIndex((token) => token < 0 || token >= classes);
  if (bad >= 0)
    throw new KullbackError(`convert: token ${bad} is ${tokens[bad]}, wanted 0 to ${classes - 1}`);
  const head = new DataView(new ArrayBuffer(layout.dataStart));
  for (const [i, byte] of MAGIC.entries()) head.setUint8(i, byte);
  for (const [i, value] of [length, classes, layout.chunks].entries()) head.setInt32(8 + 4 * i, value, true);
  for (const [i, token] of tokens.entries()) head.setInt32(20 + 4 * i, token, true);
  await sink.write(new Uint8Array(head.buffer));
  let row = 0;
  return {
    async write(values, count) {
      const bytes = new DataView(new ArrayBuffer(count * layout.rowBytes));
      for (let i = 0; i < count; i++, row++) {
        encodeRow(values.subarray(i * classes, (i + 1) * classes), bytes, i * layout.rowBytes, row);
      }
      await sink.write(new Uint8Array(bytes.buffer));
    },
    finish: async () => {},
  };
}

const f32 = Math.fround;

/**
 * Codes one row at `at`: float32 scale and minimum, then 16 bits a class. llama.cpp multiplies by the rounded
 * 1/scale instead of dividing, which gives the neighbouring code for one class in some four thousand.
 */
function encodeRow(logits: Float32Array | Float64Array, out: DataView, at: number, row: number): void {
  let max = -Infinity;
  let min = Infinity;
  for (const logit of logits) {
    if (Number.isNaN(logit) || logit === Infinity)
      throw new KullbackError(`convert: row ${row} holds ${logit}`);
    max = Math.max(max, f32(logit));
    min = Math.min(min, f32(logit));
  }
  if (max === -Infinity) throw new KullbackError(`convert: row ${row} has no class left, all are -Infinity`);
  min = Math.max(min, f32(max - CLAMP));
  let sum = 0;
  for (const logit of logits) sum += f32(Math.exp(f32(f32(logit) - max)));
  const scale = f32(f32(max - min) / (CODES - 1));
  out.setFloat32(at, scale, true);
  out.setFloat32(at + 4, f32(f32(min - max) - f32(Math.log(sum))), true);
  if (scale === 0) return;
  for (let i = 0; i < logits.length; i++) {
    const logit = f32(logits[i]!);
    if (logit > min) out.setUint16(at + 8 + 2 * i, roundToEven(f32(f32(logit - min) / scale)), true);
  }
}
