/** `_logits_`. */
export const MAGIC: readonly number[] = [0x5f, 0x6c, 0x6f, 0x67, 0x69, 0x74, 0x73, 0x5f];

/** How many codes 16 bits have. */
export const CODES = 1 << 16;

/** Where things lie in a `_logits_` file. */
export interface LogitsLayout {
  /** Tokens of a chunk, of the vocabulary, and chunks: n_ctx, n_vocab, n_chunk. */
  context: number;
  classes: number;
  chunks: number;
  /** The position in its chunk of a chunk's first row: predictions of the second half alone are kept. */
  first: number;
  /** Rows of a chunk, and in all. */
  chunkRows: number;
  rows: number;
  /** Bytes of a row: float32 scale and minimum, codes of 2 bytes each, and one more if they are odd. */
  rowBytes: number;
  /** Where the rows begin. */
  dataStart: number;
  /** Bytes of the whole file. */
  size: number;
}

/** The layout that follows from the header's three numbers. */
export function layoutOf(context: number, classes: number, chunks: number): LogitsLayout {
  const first = Math.floor(context / 2);
  const chunkRows = context - 1 - first;
  const rows = chunkRows * chunks;
  const rowBytes = 2 * (2 * Math.floor((classes + 1) / 2) + 4);
  const dataStart = 20 + 4 * context * chunks;
  return {
    context,
    classes,
    chunks,
    first,
    chunkRows,
    rows,
    rowBytes,
    dataStart,
    size: dataStart + rows * rowBytes,
  };
}
