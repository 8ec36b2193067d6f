// Two rows brought to p, q and t = log q − log p in float64, two classes at a time: the representation that
// all measures of summands.ts work on. The same as RowPair and RowSide of ../../../../divergence, except that
// classes pass through the work area in chunks, so that rows may be of any length: a row of one chunk stays
// there, a longer one is computed once for its totals and once more for every use.

import { log1p, logPositive } from "../../../math64";
import { element } from "./elements";
import {
  CENTRE,
  CHUNK,
  CHUNKS,
  DTYPE,
  EXCESS,
  FROM,
  LOG_TOTAL_P,
  LOG_TOTAL_Q,
  MAX_P,
  MAX_Q,
  ORDINARY,
  PROBS,
  SCALE,
  SMALLEST_P,
  SMALLEST_Q,
  TOTAL_P,
  TOTAL_Q,
} from "./layout";
import { fillFromLogits, fillOrdinary } from "./logits";
import { normalize } from "./normalize";
import { fillFromProbabilities } from "./probabilities";
import { scan, SUM, sumOf } from "./scan";

export { element, elements } from "./elements";
export {
  COLUMN,
  FREE,
  LOG_P,
  LOG_Q,
  P,
  PARAMETERS,
  PROBS,
  Q,
  SLOPES_P,
  SLOPES_Q,
  T,
  TOTAL_P,
  TOTAL_Q,
} from "./layout";
export { argmax } from "./scan";

/** Distances between logits, over T, from which on their exponentials need care. */
const WIDE: f64 = 600;

/** log p and log q of one class. */
export function logOf(row: usize, i: i32, isQ: bool, work: usize): f64 {
  const x = element(row, i, load<i32>(work, DTYPE));
  const logTotal = isQ ? load<f64>(work, LOG_TOTAL_Q) : load<f64>(work, LOG_TOTAL_P);
  if (load<i32>(work, FROM) === PROBS) {
    return x === 0 ? -Infinity : f64x2.extract_lane(logPositive(f64x2.splat(x)), 0) - logTotal;
  }
  return (x - (isQ ? load<f64>(work, MAX_Q) : load<f64>(work, MAX_P))) * load<f64>(work, SCALE) - logTotal;
}

/**
 * Reads a row of P at `a` and one of Q at `b`. Returns 0, or the fault of P plus 16 times that of Q. A
 * `tolerance` ≥ 0 says how far sums of probabilities may be off 1.
 */
export function loadPair(
  a: usize,
  b: usize,
  n: i32,
  dtype: i32,
  from: i32,
  temperature: f64,
  tolerance: f64,
  work: usize,
): i32 {
  store<i32>(work, dtype, DTYPE);
  store<i32>(work, from, FROM);
  store<f64>(work, 1 / temperature, SCALE);
  store<i32>(work, (n + CHUNK - 1) / CHUNK, CHUNKS);
  let faultP = scan(a, n, dtype, from, work + MAX_P, work + SMALLEST_P);
  let faultQ = scan(b, n, dtype, from, work + MAX_Q, work + SMALLEST_Q);
  if (tolerance >= 0) {
    if (faultP === 0 && !(Math.abs(sumOf(a, n, dtype, from) - 1) <= tolerance)) faultP = SUM;
    if (faultQ === 0 && !(Math.abs(sumOf(b, n, dtype, from) - 1) <= tolerance)) faultQ = SUM;
  }
  if ((faultP | faultQ) !== 0) return faultP | (faultQ << 4);
  if (from === PROBS) {
    store<f64>(work, sumOf(a, n, dtype, PROBS), TOTAL_P);
    store<f64>(work, sumOf(b, n, dtype, PROBS), TOTAL_Q);
  } else {
    store<f64>(work, 0, TOTAL_P);
    store<f64>(work, 0, TOTAL_Q);
  }
  store<f64>(work, 0, EXCESS);
  const rangeP = (load<f64>(work, MAX_P) - load<f64>(work, SMALLEST_P)) / temperature;
  const rangeQ = (load<f64>(work, MAX_Q) - load<f64>(work, SMALLEST_Q)) / temperature;
  store<i32>(work, from !== PROBS && rangeP < WIDE && rangeQ < WIDE ? 1 : 0, ORDINARY);
  for (let start = 0; start < n; start += CHUNK) {
    fill(a, b, start, min(start + CHUNK, n), true, work);
  }
  // t = u − log E_p[e^u], and E_p[e^u] − 1 is a sum of numbers as small as u.
  const totalP = load<f64>(work, TOTAL_P);
  const totalQ = load<f64>(work, TOTAL_Q);
  const excess = load<f64>(work, EXCESS) / totalP;
  const mean = from === PROBS ? 1 + excess : totalQ / totalP;
  store<f64>(work, f64x2.extract_lane(log1p(f64x2.splat(excess), f64x2.splat(mean)), 0), CENTRE);
  store<f64>(work, f64x2.extract_lane(logPositive(f64x2.splat(totalP)), 0), LOG_TOTAL_P);
  store<f64>(work, f64x2.extract_lane(logPositive(f64x2.splat(totalQ)), 0), LOG_TOTAL_Q);
  if (n <= CHUNK) normalize(n, work);
  return 0;
}

/** Brings the classes from `start` on, at most a chunk, to the work area. Returns how many, made even. */
export function chunkOf(a: usize, b: usize, n: i32, start: i32, work: usize): i32 {
  const count = min(CHUNK, n - start);
  if (load<i32>(work, CHUNKS) > 1) {
    fill(a, b, start, start + count, false, work);
    normalize(count, work);
  }
  return (count + 1) & ~1;
}

/** Fills the columns of a chunk with unnormalised p and q, u = log q − log p + constant, and logarithms. */
function fill(a: usize, b: usize, start: i32, end: i32, totals: bool, work: usize): void {
  if (load<i32>(work, FROM) === PROBS) fillFromProbabilities(a, b, start, end, totals, work);
  else if (load<i32>(work, ORDINARY) !== 0) fillOrdinary(a, b, start, end, totals, work);
  else fillFromLogits(a, b, start, end, totals, work, work);
}
