// Gradients of measures of row pairs of any dtype and kind, in float64.

import { balance, clearRest, limitOf, REST_P, REST_Q, writeByLogits, writeByProbabilities } from "./fromSlopes";
import {
  chunkOf,
  loadPair,
  LOG_P,
  LOG_Q,
  P,
  PROBS,
  Q,
  SLOPES_P,
  SLOPES_Q,
  TOTAL_P,
  TOTAL_Q,
} from "./pair/index";
import { LIMIT_P, LIMIT_Q, prepareSlopes, RATE, slopesChunk } from "./slopes";

/**
 * Gradients of Σ upstream·D by logits, log-probabilities or probabilities (`from` 0, 2, 1) of P to `gp` and of Q to
 * `gq`, in float32 or float64 (`outDtype`). `sides` says which are wanted: 1 P, 2 Q, 3 both. Rows with upstream 0
 * get 0, rows with a fault NaN. `measure` is one measure; see MEASURE_BYTES.
 */
export function gradients64(
  a: usize,
  b: usize,
  upstream: usize,
  measure: usize,
  gp: usize,
  gq: usize,
  sides: i32,
  dtype: i32,
  outDtype: i32,
  from: i32,
  n: i32,
  temperature: f64,
  tolerance: f64,
  first: i32,
  last: i32,
  work: usize,
): void {
  const rowBytes = <usize>n << (dtype === 0 ? 2 : 3);
  const outBytes = <usize>n << (outDtype === 0 ? 2 : 3);
  for (let row = <usize>first; row < <usize>last; row++) {
    const p = a + row * rowBytes;
    const q = b + row * rowBytes;
    const scale = load<f64>(upstream + (row << 3));
    const toP = gp + row * outBytes;
    const toQ = gq + row * outBytes;
    if (scale === 0) {
      if ((sides & 1) !== 0) memory.fill(toP, 0, outBytes);
      if ((sides & 2) !== 0) memory.fill(toQ, 0, outBytes);
    } else if (loadPair(p, q, n, dtype, from, temperature, tolerance, work) !== 0) {
      if ((sides & 1) !== 0) fillNaN(toP, n, outDtype);
      if ((sides & 2) !== 0) fillNaN(toQ, n, outDtype);
    } else {
      rowGradients(p, q, n, measure, scale / temperature, sides, dtype, from, toP, toQ, outDtype, work);
    }
  }
}

function fillNaN(out: usize, n: i32, dtype: i32): void {
  for (let i: usize = 0; i < <usize>n; i++) {
    if (dtype === 0) store<f32>(out + (i << 2), NaN);
    else store<f64>(out + (i << 3), NaN);
  }
}

function rowGradients(
  p: usize,
  q: usize,
  n: i32,
  measure: usize,
  scale: f64,
  sides: i32,
  dtype: i32,
  from: i32,
  gp: usize,
  gq: usize,
  outDtype: i32,
  work: usize,
): void {
  prepareSlopes(measure, p, q, n, work);
  let length = 0;
  for (let start = 0; start < n; start += length) {
    length = chunkOf(p, q, n, start, work);
    slopesChunk(measure, start, length, work);
  }
  const rate = load<f64>(work, RATE);
  const factor = rate * scale;
  const sumP = load<f64>(work, SLOPES_P);
  const sumQ = load<f64>(work, SLOPES_Q);
  const limitP = scale * limitOf(load<f64>(work, LIMIT_P), rate * sumP, load<f64>(work, TOTAL_P));
  const limitQ = scale * limitOf(load<f64>(work, LIMIT_Q), rate * sumQ, load<f64>(work, TOTAL_Q));
  const restP = work + REST_P;
  const restQ = work + REST_Q;
  clearRest(restP);
  clearRest(restQ);
  for (let start = 0; start < n; start += length) {
    if (length < n) {
      length = chunkOf(p, q, n, start, work);
      slopesChunk(measure, start, length, work);
    }
    const count = min(length, n - start);
    const at = <usize>start << (outDtype === 0 ? 2 : 3);
    const inputAt = <usize>start << (dtype === 0 ? 2 : 3);
    if ((sides & 1) !== 0) {
      if (from !== PROBS) {
        writeByLogits(work + P, work + LOG_P, count, sumP, factor, gp + at, outDtype, restP);
      } else {
        writeByProbabilities(
          work + P, work + Q, work + LOG_P, p + inputAt, dtype, count, sumP, factor, limitP, gp + at, outDtype, restP,
        );
      }
    }
    if ((sides & 2) !== 0) {
      if (from !== PROBS) {
        writeByLogits(work + Q, work + LOG_Q, count, sumQ, factor, gq + at, outDtype, restQ);
      } else {
        writeByProbabilities(
          work + Q, work + P, work + LOG_Q, q + inputAt, dtype, count, sumQ, factor, limitQ, gq + at, outDtype, restQ,
        );
      }
    }
  }
  balance(restP, outDtype);
  balance(restQ, outDtype);
}
