// The matrix product C = A·B, with A m×k, B k×n and any strides of all three.
//
// B is first packed: k is cut into slabs of DEPTH, each slab into panels of 64 bytes of columns (16 float32,
// 8 float64), each panel row after row; missing columns are zero. A panel then fits the first-level cache. Each
// task packs its rows of A likewise, in pairs of rows, and multiplies pairs by panels: a tile of two rows by
// four vectors stays in registers over the whole depth (larger tiles spill). Sums are of T, in the order of k
// within a slab and slab after slab.
//
// K. Goto and R. A. van de Geijn, "Anatomy of high-performance matrix multiplication", ACM TOMS 34 (2008).

import { lanes, loadNextSplat, loadSplat } from "./simd";

/** Rows of B in a slab. */
const DEPTH: i32 = 256;

/** Bytes of a panel's row. */
const PANEL: usize = 64;

/** Columns in a panel. */
@inline
function columns<T>(): i32 {
  return 4 * lanes<T>();
}

/** How many bytes B takes when packed. */
@inline
function packedBytes<T>(k: i32, n: i32): usize {
  return <usize>k * <usize>((n + columns<T>() - 1) / columns<T>()) * PANEL;
}

/** Rows `first` to `last` − 1 of the panels of one slab, from columns that are contiguous. */
@inline
function packPanelOfRows<T>(b: usize, rowStep: usize, depth: i32, width: i32, to: usize): void {
  if (width == columns<T>()) {
    for (const end = to + depth * PANEL; to < end; to += PANEL, b += rowStep) {
      v128.store(to, v128.load(b));
      v128.store(to, v128.load(b, 16), 16);
      v128.store(to, v128.load(b, 32), 32);
      v128.store(to, v128.load(b, 48), 48);
    }
    return;
  }
  for (const end = to + depth * PANEL; to < end; to += PANEL, b += rowStep) {
    for (let j = 0; j < width; j++) store<T>(to + j * sizeof<T>(), load<T>(b + j * sizeof<T>()));
  }
}

/** A panel from columns that are `columnStep` bytes apart, `rowStep` from row to row. */
@inline
function packPanel<T>(b: usize, rowStep: usize, columnStep: usize, depth: i32, width: i32, to: usize): void {
  if (width < columns<T>()) memory.fill(to, 0, depth * PANEL);
  if (columnStep == sizeof<T>()) {
    packPanelOfRows<T>(b, rowStep, depth, width, to);
    return;
  }
  let j = 0;
  if (sizeof<T>() == 4 && rowStep == 4) {
    for (; j + 4 <= width; j += 4) transposeColumns(b + j * columnStep, columnStep, depth, to + j * 4);
  }
  for (; j < width; j++) {
    let from = b + j * columnStep;
    let at = to + j * sizeof<T>();
    for (const end = at + depth * PANEL; at < end; at += PANEL, from += rowStep) store<T>(at, load<T>(from));
  }
}

/** Four contiguous columns of float32, four rows at a time. */
@inline
function transposeColumns(b: usize, columnStep: usize, depth: i32, to: usize): void {
  let l = 0;
  for (; l + 4 <= depth; l += 4, b += 16, to += 4 * PANEL) {
    const w = v128.load(b);
    const x = v128.load(b + columnStep);
    const y = v128.load(b + 2 * columnStep);
    const z = v128.load(b + 3 * columnStep);
    const wx0 = v128.shuffle<u32>(w, x, 0, 4, 1, 5);
    const wx2 = v128.shuffle<u32>(w, x, 2, 6, 3, 7);
    const yz0 = v128.shuffle<u32>(y, z, 0, 4, 1, 5);
    const yz2 = v128.shuffle<u32>(y, z, 2, 6, 3, 7);
    v128.store(to, v128.shuffle<u64>(wx0, yz0, 0, 2));
    v128.store(to, v128.shuffle<u64>(wx0, yz0, 1, 3), PANEL);
    v128.store(to, v128.shuffle<u64>(wx2, yz2, 0, 2), 2 * PANEL);
    v128.store(to, v128.shuffle<u64>(wx2, yz2, 1, 3), 3 * PANEL);
  }
  for (; l < depth; l++, b += 4, to += PANEL) {
    store<f32>(to, load<f32>(b));
    store<f32>(to, load<f32>(b + columnStep), 4);
    store<f32>(to, load<f32>(b + 2 * columnStep), 8);
    store<f32>(to, load<f32>(b + 3 * columnStep), 12);
  }
}

/** Packs panels `first` to `last` − 1 of all slabs. Steps are in bytes. */
@inline
function packB<T>(
  b: usize, rowStep: usize, columnStep: usize, k: i32, n: i32, packed: usize, first: i32, last: i32,
): void {
  const panels = (n + columns<T>() - 1) / columns<T>();
  for (let top = 0; top < k; top += DEPTH) {
    const depth = min(DEPTH, k - top);
    const slab = packed + top * panels * PANEL;
    for (let panel = first; panel < last; panel++) {
      const left = panel * columns<T>();
      const from = b + top * rowStep + left * columnStep;
      packPanel<T>(from, rowStep, columnStep, depth, min(columns<T>(), n - left), slab + panel * depth * PANEL);
    }
  }
}

/** Pairs of rows of A, the two numbers of a column side by side; a missing row is zero. */
@inline
function packA<T>(a: usize, rowStep: usize, columnStep: usize, rows: i32, depth: i32, to: usize): void {
  for (let i = 0; i < rows; i += 2, a += 2 * rowStep) {
    const second = i + 1 < rows ? a + rowStep : 0;
    let l = 0;
    if (sizeof<T>() == 4 && columnStep == 4 && second) {
      for (; l + 4 <= depth; l += 4, to += 32) {
        const x = v128.load(a + l * 4);
        const y = v128.load(second + l * 4);
        v128.store(to, v128.shuffle<u32>(x, y, 0, 4, 1, 5));
        v128.store(to, v128.shuffle<u32>(x, y, 2, 6, 3, 7), 16);
      }
    }
    for (; l < depth; l++, to += 2 * sizeof<T>()) {
      store<T>(to, load<T>(a + l * columnStep));
      store<T>(to + sizeof<T>(), second ? load<T>(second + l * columnStep) : 0);
    }
  }
}

/** Adds eight vectors to, or puts them into, two rows that are `step` bytes apart. */
@inline
function putTile<T>(
  c: usize, step: usize, add: bool,
  c00: v128, c01: v128, c02: v128, c03: v128, c10: v128, c11: v128, c12: v128, c13: v128,
): void {
  const d = c + step;
  if (add) {
    c00 = v128.add<T>(v128.load(c), c00);
    c01 = v128.add<T>(v128.load(c, 16), c01);
    c02 = v128.add<T>(v128.load(c, 32), c02);
    c03 = v128.add<T>(v128.load(c, 48), c03);
    c10 = v128.add<T>(v128.load(d), c10);
    c11 = v128.add<T>(v128.load(d, 16), c11);
    c12 = v128.add<T>(v128.load(d, 32), c12);
    c13 = v128.add<T>(v128.load(d, 48), c13);
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(c, c02, 32);
  v128.store(c, c03, 48);
  v128.store(d, c10);
  v128.store(d, c11, 16);
  v128.store(d, c12, 32);
  v128.store(d, c13, 48);
}

/**
 * The product of a packed pair of rows and a panel, put into (or added to) C's two rows. Each vector is loaded where
 * it is first needed and the last row and column come first: so V8 emits loads between the arithmetic, as a
 * processor needs them, where it would otherwise move them all to the front.
 */
@inline
function multiplyTile<T>(pa: usize, pb: usize, depth: i32, c: usize, step: usize, add: bool): void {
  const zero = v128.splat<T>(0);
  let c00 = zero, c01 = zero, c02 = zero, c03 = zero;
  let c10 = zero, c11 = zero, c12 = zero, c13 = zero;
  for (const end = pb + depth * PANEL; pb < end; pa += 2 * sizeof<T>(), pb += PANEL) {
    let a = loadNextSplat<T>(pa);
    const b3 = v128.load(pb, 48);
    c13 = v128.add<T>(c13, v128.mul<T>(a, b3));
    const b2 = v128.load(pb, 32);
    c12 = v128.add<T>(c12, v128.mul<T>(a, b2));
    const b1 = v128.load(pb, 16);
    c11 = v128.add<T>(c11, v128.mul<T>(a, b1));
    const b0 = v128.load(pb);
    c10 = v128.add<T>(c10, v128.mul<T>(a, b0));
    a = loadSplat<T>(pa);
    c03 = v128.add<T>(c03, v128.mul<T>(a, b3));
    c02 = v128.add<T>(c02, v128.mul<T>(a, b2));
    c01 = v128.add<T>(c01, v128.mul<T>(a, b1));
    c00 = v128.add<T>(c00, v128.mul<T>(a, b0));
  }
  putTile<T>(c, step, add, c00, c01, c02, c03, c10, c11, c12, c13);
}

/** Copies, or adds, `height` × `width` of a tile to C. */
function spillTile<T>(
  tile: usize, c: usize, rowStep: usize, columnStep: usize, height: i32, width: i32, add: bool,
): void {
  for (let i = 0; i < height; i++, c += rowStep, tile += PANEL) {
    for (let j = 0; j < width; j++) {
      const at = c + j * columnStep;
      const value = load<T>(tile + j * sizeof<T>());
      store<T>(at, add ? load<T>(at) + value : value);
    }
  }
}

/**
 * Rows `first` to `last` − 1 of the product of A and a packed B. Steps are in bytes. `scratch` has room for
 * a tile and for these rows of A at the depth of a slab.
 */
@inline
function multiply<T>(
  a: usize, aRow: usize, aColumn: usize, packed: usize, c: usize, cRow: usize, cColumn: usize,
  k: i32, n: i32, first: i32, last: i32, scratch: usize,
): void {
  const panels = (n + columns<T>() - 1) / columns<T>();
  const tile = scratch;
  const ofA = scratch + 2 * PANEL;
  a += first * aRow;
  c += first * cRow;
  const rows = last - first;
  for (let top = 0; top < k; top += DEPTH) {
    const depth = min(DEPTH, k - top);
    packA<T>(a + top * aColumn, aRow, aColumn, rows, depth, ofA);
    let pb = packed + top * panels * PANEL;
    for (let left = 0; left < n; left += columns<T>(), pb += depth * PANEL) {
      const width = min(columns<T>(), n - left);
      let pa = ofA;
      for (let i = 0; i < rows; i += 2, pa += depth * 2 * sizeof<T>()) {
        const at = c + i * cRow + left * cColumn;
        const height = min(2, rows - i);
        const direct = cColumn == sizeof<T>() && width == columns<T>() && height == 2;
        multiplyTile<T>(pa, pb, depth, direct ? at : tile, direct ? cRow : PANEL, direct && top > 0);
        if (!direct) spillTile<T>(tile, at, cRow, cColumn, height, width, top > 0);
      }
    }
  }
}

export function packB32(
  b: usize, rowStep: usize, columnStep: usize, k: i32, n: i32, packed: usize, first: i32, last: i32,
): void {
  packB<f32>(b, rowStep, columnStep, k, n, packed, first, last);
}

export function packB64(
  b: usize, rowStep: usize, columnStep: usize, k: i32, n: i32, packed: usize, first: i32, last: i32,
): void {
  packB<f64>(b, rowStep, columnStep, k, n, packed, first, last);
}

export function matmul32(
  a: usize, aRow: usize, aColumn: usize, packed: usize, c: usize, cRow: usize, cColumn: usize,
  k: i32, n: i32, first: i32, last: i32, scratch: usize,
): void {
  multiply<f32>(a, aRow, aColumn, packed, c, cRow, cColumn, k, n, first, last, scratch);
}

export function matmul64(
  a: usize, aRow: usize, aColumn: usize, packed: usize, c: usize, cRow: usize, cColumn: usize,
  k: i32, n: i32, first: i32, last: i32, scratch: usize,
): void {
  multiply<f64>(a, aRow, aColumn, packed, c, cRow, cColumn, k, n, first, last, scratch);
}
