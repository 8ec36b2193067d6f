import { backend } from "../backend.js";
import * as reference from "../pool.js";
import { maxPool as kernel } from "../wasm/maxPool.js";

/** See `maxPool` in ../pool.ts. */
export const maxPool: typeof reference.maxPool = (...args) => {
  if (!(backend() === "wasm" && kernel(...args))) reference.maxPool(...args);
};
