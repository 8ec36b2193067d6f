// Gradients of measures of row pairs of any dtype, by logits or log-probabilities, in float64.

import { sumChunk } from "./measures";
import { zero } from "./math64";
import { chunkOf, loadPair, LOG_P, LOG_Q, P, Q } from "./pair/index";
import { balance, REST, REST_Q, SLOPES_P, SLOPES_Q, slopesChunk, writeGradient } from "./slopes64";

/**
 * Gradients of Σ upstream·D by logits or log-probabilities of P to `gp` and of Q to `gq`, in float32 or
 * float64 (`outDtype`). `sides` says which are wanted: 1 P, 2 Q, 3 both. Rows with upstream 0 get 0, rows with a
 * fault NaN. `measure` is one measure; see MEASURE_BYTES.
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
      rowGradients(p, q, n, measure, scale / temperature, sides, toP, toQ, outDtype, work);
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
  gp: usize,
  gq: usize,
  dtype: i32,
  work: usize,
): void {
  const code = <i32>load<f64>(measure);
  const weight = load<f64>(measure, 8);
  let factor = load<f64>(measure, 16);
  const isRoot = load<f64>(measure, 24) !== 0;
  let sum: f64 = 0;
  store<f64>(work, 0, SLOPES_P);
  store<f64>(work, 0, SLOPES_Q);
  let length = 0;
  for (let start = 0; start < n; start += length) {
    length = chunkOf(p, q, n, start, work);
    if (isRoot) sum += sumChunk(code, weight, length, work);
    slopesChunk(code, weight, length, work);
  }
  // d√(factor·Σ)/dΣ; at 0 the subgradient 0 is taken.
  if (isRoot) factor = sum > 0 ? 0.5 * Math.sqrt(factor / sum) : 0;
  const sumP = load<f64>(work, SLOPES_P);
  const sumQ = load<f64>(work, SLOPES_Q);
  for (let k: usize = 0; k < 32; k += 16) v128.store(work + REST + k, zero());
  const shift: usize = dtype === 0 ? 2 : 3;
  for (let start = 0; start < n; start += length) {
    if (length < n) {
      length = chunkOf(p, q, n, start, work);
      slopesChunk(code, weight, length, work);
    }
    const count = min(length, n - start);
    const at = <usize>start << shift;
    if ((sides & 1) !== 0) {
      writeGradient(work + P, work + LOG_P, count, sumP, factor * scale, gp + at, dtype, work + REST);
    }
    if ((sides & 2) !== 0) {
      writeGradient(work + Q, work + LOG_Q, count, sumQ, factor * scale, gq + at, dtype, work + REST_Q);
    }
  }
  balance(work + REST, dtype);
  balance(work + REST_Q, dtype);
}
