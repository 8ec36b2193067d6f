// The k likeliest classes of a row, and ranks. Of classes with equal numbers the lower index comes first. See
// ../../../divergence/topOverlap.ts.

import { elementAt } from "./load";

/**
 * Puts the indices of the `count` largest numbers at `out`, as 32-bit integers, the largest first; returns how many
 * there are. A vector of numbers none of which exceeds the least of those found is passed over at once.
 */
export function likeliest<T>(row: usize, n: i32, count: i32, out: usize): i32 {
  const step: i32 = 16 / sizeof<T>();
  let found = 0;
  let i = 0;
  for (; i < n && found < count; i++) found = insert<T>(row, i, found, count, out);
  while (i < n) {
    const least = v128.splat<T>(load<T>(row + <usize>load<i32>(out + (<usize>(found - 1) << 2)) * sizeof<T>()));
    while (i + step <= n && !v128.any_true(v128.gt<T>(v128.load(row + <usize>i * sizeof<T>()), least))) i += step;
    const end = min(i + step, n);
    for (; i < end; i++) found = insert<T>(row, i, found, count, out);
  }
  return found;
}

/** Puts class `i` where it belongs among the `found` at `out`, of which at most `count` stay. */
@inline
function insert<T>(row: usize, i: i32, found: i32, count: i32, out: usize): i32 {
  const x = elementAt<T>(row, i);
  let place = found;
  while (place > 0 && elementAt<T>(row, load<i32>(out + (<usize>(place - 1) << 2))) < x) place--;
  if (place === count) return found;
  const last = found < count ? found : count - 1;
  for (let k = last; k > place; k--) {
    store<i32>(out + (<usize>k << 2), load<i32>(out + (<usize>(k - 1) << 2)));
  }
  store<i32>(out + (<usize>place << 2), i);
  return last + 1;
}

/** How many lanes a mask has. */
@inline
function lanesIn<T>(mask: v128): i32 {
  return popcnt(sizeof<T>() === 4 ? i32x4.bitmask(mask) : i64x2.bitmask(mask));
}

/** The rank of class `index`, 1 for the largest number. */
export function rankOf<T>(row: usize, n: i32, index: i32): i32 {
  const step: i32 = 16 / sizeof<T>();
  const x = load<T>(row + <usize>index * sizeof<T>());
  const wanted = v128.splat<T>(x);
  let before = 0;
  let i = 0;
  for (; i + step <= n; i += step) {
    const numbers = v128.load(row + <usize>i * sizeof<T>());
    const larger = v128.gt<T>(numbers, wanted);
    const equal = i + step <= index ? v128.eq<T>(numbers, wanted) : v128.splat<T>(0);
    before += lanesIn<T>(v128.or(larger, equal));
    if (i <= index && index < i + step) before += equalsBefore<T>(row, i, index, x);
  }
  for (; i < n; i++) {
    const number = load<T>(row + <usize>i * sizeof<T>());
    if (number > x || (number === x && i < index)) before++;
  }
  return before + 1;
}

@inline
function equalsBefore<T>(row: usize, first: i32, index: i32, x: T): i32 {
  let count = 0;
  for (let i = first; i < index; i++) if (load<T>(row + <usize>i * sizeof<T>()) === x) count++;
  return count;
}
