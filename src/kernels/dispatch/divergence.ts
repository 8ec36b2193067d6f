// Divergences of rows by the backend in use; ../divergence says what they compute.

import { backend } from "../backend.js";
import * as reference from "../divergence/index.js";
import * as kernels from "../wasm/divergence.js";
import * as statistics from "../wasm/statistics.js";

export { type RowGradients, rowMeasure } from "../wasm/divergence.js";

type Implementation = Pick<
  typeof kernels,
  "divergenceRows" | "divergenceRowsBackward" | "divergenceRowsHessian"
>;

function implementation(): Implementation {
  return backend() === "wasm" ? kernels : reference;
}

/** Whether `divergenceRows` can compute gradients along with values, for little more than the values alone cost. */
export const fusesGradients: typeof kernels.fusesGradients = (...args) =>
  backend() === "wasm" && kernels.fusesGradients(...args);

/** See `divergenceRows` in ../divergence; `slopes` gets the rows' gradients where {@link fusesGradients} says so. */
export const divergenceRows: Implementation["divergenceRows"] = (...args) =>
  implementation().divergenceRows(...args);

/** See `divergenceRowsBackward` in ../divergence; `slopes` is what `divergenceRows` computed of the same rows. */
export const divergenceRowsBackward: Implementation["divergenceRowsBackward"] = (...args) =>
  implementation().divergenceRowsBackward(...args);

/** See `divergenceRowsHessian` in ../divergence. */
export const divergenceRowsHessian: Implementation["divergenceRowsHessian"] = (...args) =>
  implementation().divergenceRowsHessian(...args);

/** See `rowStatistics` in ../divergence. */
export const rowStatistics: typeof statistics.rowStatistics = (...args) =>
  (backend() === "wasm" ? statistics : reference).rowStatistics(...args);
