// The largest elements of windows, plane by plane; the function of ../../pool.ts. `windows` holds three int32 for
// every row of windows and then for every column: where they start and end, and the step.

@inline
function maxPool<T>(
  x: usize, out: usize, places: usize, height: i32, width: i32, windows: usize, rows: i32, columns: i32,
  first: i32, last: i32,
): void {
  const across = windows + 12 * rows;
  let at = <usize>(first * rows * columns);
  for (let plane = first; plane < last; plane++) {
    const start = x + <usize>(plane * height * width) * sizeof<T>();
    for (let i = 0; i < rows; i++) {
      const row = windows + 12 * i;
      const top = load<i32>(row);
      const bottom = load<i32>(row, 4);
      const down = load<i32>(row, 8);
      for (let j = 0; j < columns; j++) {
        const column = across + 12 * j;
        const left = load<i32>(column);
        const right = load<i32>(column, 4);
        const step = load<i32>(column, 8);
        let place = top * width + left;
        let best = load<T>(start + <usize>place * sizeof<T>());
        for (let y = top; y < bottom; y += down) {
          for (let here = y * width + left, end = y * width + right; here < end; here += step) {
            const value = load<T>(start + <usize>here * sizeof<T>());
            if (value > best || value != value) {
              best = value;
              place = here;
            }
          }
        }
        store<T>(out + at * sizeof<T>(), best);
        store<i32>(places + at * 4, place);
        at++;
      }
    }
  }
}

export function maxPool32(
  x: usize, out: usize, places: usize, height: i32, width: i32, windows: usize, rows: i32, columns: i32,
  first: i32, last: i32,
): void {
  maxPool<f32>(x, out, places, height, width, windows, rows, columns, first, last);
}

export function maxPool64(
  x: usize, out: usize, places: usize, height: i32, width: i32, windows: usize, rows: i32, columns: i32,
  first: i32, last: i32,
): void {
  maxPool<f64>(x, out, places, height, width, windows, rows, columns, first, last);
}
