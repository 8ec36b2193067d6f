// Divergences of rows by the backend in use; ../divergence says what they compute.

import { backend } from "../backend.js";
import * as reference from "../divergence/index.js";
import * as kernels from "../wasm/divergence.js";
import * as statistics from "../wasm/statistics.js";

export { rowMeasure, SAVED_NUMBERS } from "../wasm/divergence.js";

type Implementation = Pick<
  typeof kernels,
  "divergenceRows" | "divergenceRowsBackward" | "divergenceRowsHessian"
>;

function implementation(): Implementation {
  return backend() === "wasm" ? kernels : reference;
}

/** See `divergenceRows` in ../divergence; `saved` takes `SAVED_NUMBERS` numbers a row for the gradients. */
export const divergenceRows: Implementation["divergenceRows"] = (...args) =>
  implementation().divergenceRows(...args);

/** See `divergenceRowsBackward` in ../divergence; `saved` is what `divergenceRows` left, or NaN. */
export const divergenceRowsBackward: Implementation["divergenceRowsBackward"] = (...args) =>
  implementation().divergenceRowsBackward(...args);

/** See `divergenceRowsHessian` in ../divergence. */
export const divergenceRowsHessian: Implementation["divergenceRowsHessian"] = (...args) =>
  implementation().divergenceRowsHessian(...args);

/** See `rowStatistics` in ../divergence. */
export const rowStatistics: typeof statistics.rowStatistics = (...args) =>
  (backend() === "wasm" ? statistics : reference).rowStatistics(...args);
