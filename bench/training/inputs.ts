import { readFloats } from "../lib/reference.js";
import { type ModelName, type ModelPlan, models } from "./models.js";

const numelOf = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);

/** A model's first parameters one after the other, and a batch: what goes in, then the classes. */
export function trainingInputs(
  { parameters, inputs, vocabulary, targets, classes }: ModelPlan,
  uniforms: (seed: number) => () => number,
): [Float32Array, Float32Array] {
  const forParameters = uniforms(1);
  const start = parameters.flatMap(({ shape, low, high }) =>
    Array.from({ length: numelOf(shape) }, () => low + (high - low) * forParameters()),
  );
  const forBatch = uniforms(2);
  const batch = [
    ...Array.from({ length: inputs }, () =>
      vocabulary === undefined ? forBatch() : Math.floor(vocabulary * forBatch()),
    ),
    ...Array.from({ length: targets }, () => Math.floor(classes * forBatch())),
  ];
  return [Float32Array.from(start), Float32Array.from(batch)];
}

/** What `trainingInputs` made, from its files: the values of each parameter, and the batch. */
export function readTraining(model: ModelName, [parameters, batch]: readonly string[]) {
  const plan = models[model];
  const values = readFloats(parameters, "float32");
  let at = 0;
  const start = plan.parameters.map(({ shape }) => {
    const from = at;
    at += numelOf(shape);
    return { shape, values: values.subarray(from, at) };
  });
  const numbers = readFloats(batch, "float32");
  return {
    start,
    inputs: numbers.subarray(0, plan.inputs),
    targets: Int32Array.from(numbers.subarray(plan.inputs)),
  };
}
