// Four rows of float32 numbers as columns, so that each is in a lane of its own, and back.

/**
 * Writes column j of `count` ≤ 4 rows of `bytes` to columns + 16·j, the last row in the lanes that are left, and
 * their maxima and minima to `extremes`.
 */
export function transpose(x0: usize, count: i32, bytes: usize, columns: usize, extremes: usize): void {
  const x1 = x0 + <usize>min(1, count - 1) * bytes;
  const x2 = x0 + <usize>min(2, count - 1) * bytes;
  const x3 = x0 + <usize>min(3, count - 1) * bytes;
  let high = f32x4.splat(-Infinity);
  let low = f32x4.splat(Infinity);
  let j: usize = 0;
  for (const whole = bytes & ~15; j < whole; j += 16, columns += 64) {
    const r0 = v128.load(x0 + j);
    const r1 = v128.load(x1 + j);
    const r2 = v128.load(x2 + j);
    const r3 = v128.load(x3 + j);
    const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
    const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
    const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
    const high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
    const c0 = v128.shuffle<f32>(low01, low23, 0, 1, 4, 5);
    const c1 = v128.shuffle<f32>(low01, low23, 2, 3, 6, 7);
    const c2 = v128.shuffle<f32>(high01, high23, 0, 1, 4, 5);
    const c3 = v128.shuffle<f32>(high01, high23, 2, 3, 6, 7);
    v128.store(columns, c0);
    v128.store(columns, c1, 16);
    v128.store(columns, c2, 32);
    v128.store(columns, c3, 48);
    high = f32x4.pmax(high, f32x4.pmax(f32x4.pmax(c0, c1), f32x4.pmax(c2, c3)));
    low = f32x4.pmin(low, f32x4.pmin(f32x4.pmin(c0, c1), f32x4.pmin(c2, c3)));
  }
  for (; j < bytes; j += 4, columns += 16) {
    let column = v128.load32_zero(x0 + j);
    column = v128.load_lane<f32>(x1 + j, column, 1);
    column = v128.load_lane<f32>(x2 + j, column, 2);
    column = v128.load_lane<f32>(x3 + j, column, 3);
    v128.store(columns, column);
    high = f32x4.pmax(high, column);
    low = f32x4.pmin(low, column);
  }
  v128.store(extremes, high);
  v128.store(extremes, low, 16);
}

/** The rows in the lanes among `lanes`, back from columns. */
export function transposeBack(columns: usize, lanes: i32, x0: usize, count: i32, bytes: usize): void {
  if (lanes !== 15) {
    for (let lane: usize = 0; lane < <usize>count; lane++) {
      if (((lanes >> <i32>lane) & 1) === 0) continue;
      const x = x0 + lane * bytes;
      for (let j: usize = 0; j < bytes; j += 4) store<f32>(x + j, load<f32>(columns + (j << 2) + (lane << 2)));
    }
    return;
  }
  const x1 = x0 + <usize>min(1, count - 1) * bytes;
  const x2 = x0 + <usize>min(2, count - 1) * bytes;
  const x3 = x0 + <usize>min(3, count - 1) * bytes;
  let j: usize = 0;
  for (const whole = bytes & ~15; j < whole; j += 16, columns += 64) {
    const c0 = v128.load(columns);
    const c1 = v128.load(columns, 16);
    const c2 = v128.load(columns, 32);
    const c3 = v128.load(columns, 48);
    const low01 = v128.shuffle<f32>(c0, c1, 0, 4, 1, 5);
    const low23 = v128.shuffle<f32>(c2, c3, 0, 4, 1, 5);
    const high01 = v128.shuffle<f32>(c0, c1, 2, 6, 3, 7);
    const high23 = v128.shuffle<f32>(c2, c3, 2, 6, 3, 7);
    v128.store(x0 + j, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
    v128.store(x1 + j, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7));
    v128.store(x2 + j, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5));
    v128.store(x3 + j, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7));
  }
  for (; j < bytes; j += 4, columns += 16) {
    const column = v128.load(columns);
    v128.store32_lane(x0 + j, column, 0);
    v128.store32_lane(x1 + j, column, 1);
    v128.store32_lane(x2 + j, column, 2);
    v128.store32_lane(x3 + j, column, 3);
  }
}
