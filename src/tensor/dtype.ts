import { KullbackError } from "../errors.js";
import type { DType } from "../kernels/index.js";

/** Checks a dtype that comes from outside. @internal */
export function checkDType(name: string, dtype: DType): DType {
  if (!["float32", "float64", "int32", "bool"].includes(dtype)) {
    throw new KullbackError(
      `${name}: wanted dtype "float32", "float64", "int32" or "bool", got ${String(dtype)}`,
    );
  }
  return dtype;
}
