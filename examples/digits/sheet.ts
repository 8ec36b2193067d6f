import type { Tensor } from "kullback";

const side = 8; // Pixels of a digit,
const zoom = 4; // each drawn as so many,
const gap = 4; // with so many between digits.
const cell = side * zoom + gap;

/** Rows of digits [count, 64] as the pixels of one picture, white with black ink. */
export function sheet(rows: readonly Tensor[]): { width: number; height: number; data: Uint8Array } {
  const width = Math.max(...rows.map((row) => row.shape[0])) * cell + gap;
  const height = rows.length * cell + gap;
  const data = new Uint8Array(width * height).fill(255);
  rows.forEach((row, r) => {
    row.data.forEach((ink, i) => {
      const pixel = i % side ** 2;
      const left = gap + Math.floor(i / side ** 2) * cell + (pixel % side) * zoom;
      const top = gap + r * cell + Math.floor(pixel / side) * zoom;
      for (let y = top; y < top + zoom; y++) {
        data.fill(Math.round(255 * (1 - ink)), y * width + left, y * width + left + zoom);
      }
    });
  });
  return { width, height, data };
}
