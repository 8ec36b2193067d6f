// The measures of test/oracle/divergence.json, made so that the kernels know their parameters.
import { rowMeasure } from "../../../src/kernels/wasm/divergence.js";
import { measures } from "../divergence/oracle.js";

export const known = measures.map(({ label, measure }) => {
  const [, order] = / of order (\S+)/.exec(label) ?? [];
  const [, weight] = / of weight (\S+)/.exec(label) ?? [];
  const params = { order: order && Number(order), weight: weight && Number(weight) };
  return { label, measure: rowMeasure(measure.name, params as { order?: number; weight?: number }) };
});
