// Where the parts of a row pair lie in the work area: scalars, then a chunk of each column.

/** Classes in a chunk. */
export const CHUNK = 2048;

export const DTYPE: usize = 0; // 0 float32, 1 float64
export const FROM: usize = 8; // LOGITS, PROBS
export const SCALE: usize = 16; // 1/T
export const MAX_P: usize = 24;
export const MAX_Q: usize = 32;
export const TOTAL_P: usize = 40; // Σ exp((a − max a)/T), or Σ P
export const TOTAL_Q: usize = 48;
export const EXCESS: usize = 56; // Σ P·(e^u − 1), see `fill`
export const CENTRE: usize = 64; // log E_p[e^u]
export const LOG_TOTAL_P: usize = 72;
export const LOG_TOTAL_Q: usize = 80;
export const CHUNKS: usize = 88; // how many chunks the row has
export const ORDINARY: usize = 96; // 1 for logits without masks and without distances above 600
export const SMALLEST_P: usize = 104;
export const SMALLEST_Q: usize = 112;
/** Σ ∂h/∂log p and Σ ∂h/∂log q, of those who compute slopes. */
export const SLOPES_P: usize = 128;
export const SLOPES_Q: usize = 136;
/** From here to the columns, what those who work on the columns keep: powers.ts and, behind it, all others. */
export const PARAMETERS: usize = 144;
const WORK_HEAD: usize = 768;
export const COLUMN: usize = CHUNK * 8;
/** p, q and t of a chunk; log p and log q. */
export const P: usize = WORK_HEAD;
export const Q: usize = P + COLUMN;
export const T: usize = Q + COLUMN;
export const LOG_P: usize = T + COLUMN;
export const LOG_Q: usize = LOG_P + COLUMN;
/** Behind the columns. */
export const FREE: usize = LOG_Q + COLUMN;

export const LOGITS: i32 = 0;
export const PROBS: i32 = 1;
export const LOG_PROBS: i32 = 2;
