import { backend } from "../backend.js";
import * as reference from "../optimize.js";
import * as kernels from "../wasm/optimize.js";

/** See `sgdStep` in ../optimize.ts. */
export const sgdStep: typeof reference.sgdStep = (...args) => {
  if (!(backend() === "wasm" && kernels.sgdStep(...args))) reference.sgdStep(...args);
};

/** See `adamStep` in ../optimize.ts. */
export const adamStep: typeof reference.adamStep = (...args) => {
  if (!(backend() === "wasm" && kernels.adamStep(...args))) reference.adamStep(...args);
};
