// The last step of a chunk: from weights to probabilities.

import { one, select } from "../../../math64";
import { MINUS_INFINITY, number, TINIEST } from "./elements";
import {
  CENTRE,
  LOG_P,
  LOG_Q,
  LOG_TOTAL_P,
  LOG_TOTAL_Q,
  ORDINARY,
  P,
  Q,
  T,
  TOTAL_P,
  TOTAL_Q,
} from "./layout";
import { logRatio } from "./ratio";

/** Brings the columns to p, q, t, log p and log q; what underflows is held at the smallest positive number. */
export function normalize(count: i32, work: usize): void {
  const totalP = v128.load64_splat(work, TOTAL_P);
  const totalQ = v128.load64_splat(work, TOTAL_Q);
  const logTotalP = v128.load64_splat(work, LOG_TOTAL_P);
  const logTotalQ = v128.load64_splat(work, LOG_TOTAL_Q);
  const centre = v128.load64_splat(work, CENTRE);
  const end = work + (<usize>count << 3);
  if (load<i32>(work, ORDINARY) !== 0 && (count & 1) === 0) {
    const shareP = f64x2.div(one(), totalP);
    const shareQ = f64x2.div(one(), totalQ);
    for (; work < end; work += 16) {
      v128.store(work, f64x2.mul(v128.load(work, P), shareP), P);
      v128.store(work, f64x2.mul(v128.load(work, Q), shareQ), Q);
      v128.store(work, f64x2.sub(v128.load(work, T), centre), T);
      v128.store(work, f64x2.sub(v128.load(work, LOG_P), logTotalP), LOG_P);
      v128.store(work, f64x2.sub(v128.load(work, LOG_Q), logTotalQ), LOG_Q);
    }
    return;
  }
  for (; work < end; work += 16) {
    const logP = v128.load(work, LOG_P);
    const logQ = v128.load(work, LOG_Q);
    const inP = f64x2.gt(logP, number(MINUS_INFINITY));
    const inQ = f64x2.gt(logQ, number(MINUS_INFINITY));
    const p = f64x2.pmax(number(TINIEST), f64x2.div(v128.load(work, P), totalP));
    const q = f64x2.pmax(number(TINIEST), f64x2.div(v128.load(work, Q), totalQ));
    v128.store(work, v128.and(p, inP), P);
    v128.store(work, v128.and(q, inQ), Q);
    v128.store(work, logRatio(f64x2.sub(v128.load(work, T), centre), inP, inQ), T);
    v128.store(work, f64x2.sub(logP, logTotalP), LOG_P);
    v128.store(work, f64x2.sub(logQ, logTotalQ), LOG_Q);
  }
}
