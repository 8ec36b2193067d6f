// The scratch memory of a row pair: scalars, then columns of the row.

/** What the row's first pass finds of P, and, 64 bytes on, of Q: its largest and smallest number. */
export const MAX: usize = 0;
export const MIN: usize = 8;
/** Z = Σ w with w = exp(x − max), and Σ w·(max − x). */
export const TOTAL: usize = 16;
export const SPREAD: usize = 24;
/** What is beside the likeliest class: Z − 1, and log Z. */
export const REST: usize = 32;
export const LOG_TOTAL: usize = 40;
export const SIDE_BYTES: usize = 64;

/** The sums of `sums.ts`, two lanes each. */
export const KL: usize = 128;
export const REVERSE: usize = 144;
export const MIDDLE: usize = 160;
export const VARIATION: usize = 176;
export const LEANING: usize = 192;
export const EXCESS: usize = 208;
export const SUMS_END: usize = 224;

/** The likeliest classes of P and of Q. */
export const LIKELIEST: usize = 256;
export const LIKELIEST_BYTES: usize = 128;

/** Row pairs are gone through in chunks of so many classes, of which these columns are in a first-level cache. */
export const CHUNK: i32 = 256;
export const T: usize = 512; // log q − log p
export const CHANGE: usize = 2560; // q − p
export const PART: usize = 4608; // the class's summand of KL
export const BETWEEN: usize = 6656; // log cosh(t/2)

/** Before the sums: the tables of a coded row. */
export const TABLES: usize = 512;

/** The columns of a row: w of P and of Q in float64; then the rows themselves, where they are decoded. */
export const COLUMNS: usize = 8704;

/** Bytes of a column of `n` numbers of `size` bytes, with room for whole vectors. */
@inline
export function columnBytes(n: i32, size: usize): usize {
  return (<usize>n * size + 127) & ~63;
}
