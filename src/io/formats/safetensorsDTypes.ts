import type { FileDType } from "../dtype.js";

/** What safetensors calls the dtypes that Kullback reads and writes. */
export const safetensorsDTypes: Readonly<Record<FileDType, string>> = {
  bool: "BOOL",
  uint8: "U8",
  int8: "I8",
  uint16: "U16",
  int16: "I16",
  float16: "F16",
  bfloat16: "BF16",
  uint32: "U32",
  int32: "I32",
  float32: "F32",
  uint64: "U64",
  int64: "I64",
  float64: "F64",
};
