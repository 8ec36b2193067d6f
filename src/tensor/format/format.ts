import type { DType, TypedArray } from "../../kernels/dtype.js";
import { bodyText } from "./body.js";
import { printOptions } from "./options.js";

/** What printing needs to know of a tensor. */
export interface Printable {
  /** The elements, packed in C order. */
  data: TypedArray;
  shape: readonly number[];
  dtype: DType;
  requiresGrad: boolean;
  /** The operation that made the tensor, such as `"MulBackward"`. */
  gradFn?: string;
}

const PREFIX = "tensor(";

/** What follows the numbers: whatever they do not tell themselves. */
function suffixes({ shape, dtype, requiresGrad, gradFn }: Printable, edgeitems: number): string[] {
  const empty = shape.includes(0);
  const size = `size=(${shape.join(", ")}${shape.length === 1 ? "," : ""})`;
  const list: string[] = [];
  if (empty ? shape.length !== 1 : edgeitems === 0) list.push(size);
  if (dtype !== "float32" && (empty || dtype !== "bool")) list.push(`dtype=${dtype}`);
  if (gradFn !== undefined) list.push(`gradFn=<${gradFn}>`);
  else if (requiresGrad) list.push("requiresGrad=true");
  return list;
}

/**
 * The tensor as PyTorch prints it, with the suffixes in Kullback's spelling:
 *
 * ```
 * tensor([[1.0000, 2.5000],
 *         [   nan, 0.0000]], dtype=float64, gradFn=<MulBackward>)
 * ```
 *
 * Numbers share one format, chosen from the elements shown; more than 1000 elements are summarised, which
 * costs no more than the elements shown. `setPrintOptions` changes precision and lengths.
 */
export function formatTensor(t: Printable): string {
  const options = printOptions();
  const indent = PREFIX.length;
  let text = PREFIX + bodyText(t.data, t.shape, t.dtype, indent, options);
  let lineLength = text.length - text.lastIndexOf("\n") + 1;
  for (const suffix of suffixes(t, options.edgeitems)) {
    if (lineLength + suffix.length + 2 > options.linewidth) {
      text += `,\n${" ".repeat(indent)}${suffix}`;
      lineLength = indent + suffix.length;
    } else {
      text += `, ${suffix}`;
      lineLength += suffix.length + 2;
    }
  }
  return `${text})`;
}
