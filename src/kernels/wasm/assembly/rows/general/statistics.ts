// Statistics of row pairs of any dtype and kind, and values of measures, in float64.

import { addChunk, finish, MEASURE_BYTES } from "./measures";
import { argmax, chunkOf, loadPair, logOf } from "./pair/index";

/**
 * Of rows of `n` ≥ 1 classes at `a` and `b`, in float32 (`dtype` 0) or float64 (1), given as logits,
 * probabilities or log-probabilities (`from` 0, 1, 2), to `out`: columns of float64, each row's numbers
 * together: its status (see `loadPair`), the first class with the largest number in P and in Q, log p and log q
 * of the class in `labels`, log p and log q of the likeliest classes, and the values of the `count` measures. A
 * `tolerance` ≥ 0 is for the sums of rows of probabilities. `details` = 0 leaves out the classes and labels.
 */
export function rowStatistics64(
  a: usize,
  b: usize,
  labels: usize,
  measures: usize,
  out: usize,
  count: i32,
  details: i32,
  dtype: i32,
  from: i32,
  n: i32,
  temperature: f64,
  tolerance: f64,
  first: i32,
  last: i32,
  work: usize,
): void {
  const rowBytes = <usize>n << (dtype === 0 ? 2 : 3);
  for (let row = <usize>first; row < <usize>last; row++) {
    const p = a + row * rowBytes;
    const q = b + row * rowBytes;
    const to = out + row * (<usize>(count + 7) << 3);
    const status = loadPair(p, q, n, dtype, from, temperature, tolerance, work);
    store<f64>(to, <f64>status);
    if (details !== 0) {
      const label = load<f64>(labels + (row << 3));
      const found = status === 0 && label >= 0 && label < <f64>n && Math.floor(label) === label;
      store<f64>(to, (status & 15) === 0 ? <f64>argmax(p, n, false, work) : -1, 8);
      store<f64>(to, status >> 4 === 0 ? <f64>argmax(q, n, true, work) : -1, 16);
      store<f64>(to, found ? logOf(p, <i32>label, false, work) : NaN, 24);
      store<f64>(to, found ? logOf(q, <i32>label, true, work) : NaN, 32);
      store<f64>(to, status === 0 ? logOf(p, <i32>load<f64>(to, 8), false, work) : NaN, 40);
      store<f64>(to, status === 0 ? logOf(q, <i32>load<f64>(to, 16), true, work) : NaN, 48);
    }
    values(status === 0, p, q, n, measures, count, to + 56, work);
  }
}

function values(
  inOrder: bool,
  p: usize,
  q: usize,
  n: i32,
  measures: usize,
  count: i32,
  out: usize,
  work: usize,
): void {
  const end = out + (<usize>count << 3);
  for (let to = out; to < end; to += 8) store<f64>(to, inOrder ? 0 : NaN);
  if (!inOrder) return;
  for (let start = 0; start < n; ) {
    const length = chunkOf(p, q, n, start, work);
    for (let to = out, m = measures; to < end; to += 8, m += MEASURE_BYTES) {
      store<f64>(to, addChunk(m, load<f64>(to), length, work));
    }
    start += length;
  }
  for (let to = out, m = measures; to < end; to += 8, m += MEASURE_BYTES) {
    store<f64>(to, finish(m, load<f64>(to), p, q, n, work));
  }
}
