// The models that the contenders train, all with Adam and the mean cross-entropy of class indices.

/** A parameter, which starts with numbers that are uniform in [low, high). */
export interface ParameterPlan {
  shape: readonly number[];
  low: number;
  high: number;
}

/** A model: its parameters in PyTorch's order, and what it learns from. */
export interface ModelPlan {
  parameters: readonly ParameterPlan[];
  /** A batch: this many numbers that go in, in [0, 1) or indices below `vocabulary`, and the classes that should come out. */
  inputs: number;
  vocabulary?: number;
  targets: number;
  classes: number;
}

const uniform = (shape: readonly number[], bound: number): ParameterPlan => ({
  shape,
  low: -bound,
  high: bound,
});
const weight = (...shape: number[]) =>
  uniform(shape, 1 / Math.sqrt(shape.slice(1).reduce((product, size) => product * size)));
const bias = (size: number) => uniform([size], 0.1);
const embedding = (...shape: number[]) => uniform(shape, 1);
const layerNorm = (size: number): ParameterPlan[] => [{ shape: [size], low: 0.9, high: 1.1 }, bias(size)];

/** A multilayer perceptron 784–256–10 with ReLU. */
const mlp: ModelPlan = {
  parameters: [weight(256, 784), bias(256), weight(10, 256), bias(10)],
  inputs: 64 * 784,
  targets: 64,
  classes: 10,
};

/** The sizes of the transformer. */
export const transformerSizes = { batch: 16, context: 64, width: 64, heads: 4, layers: 2, vocabulary: 65 };

const { batch, context, width, layers, vocabulary } = transformerSizes;

/**
 * A transformer that predicts characters: embeddings of characters and places; in each layer causal attention
 * of the normalised sum, added to it, and then a perceptron with ReLU, four times as wide, likewise; at the end
 * a LayerNorm and a Linear.
 */
const transformer: ModelPlan = {
  parameters: [
    embedding(vocabulary, width),
    embedding(context, width),
    ...Array.from({ length: layers }, () => [
      ...layerNorm(width),
      ...[weight(3 * width, width), bias(3 * width), weight(width, width), bias(width)],
      ...layerNorm(width),
      ...[weight(4 * width, width), bias(4 * width), weight(width, 4 * width), bias(width)],
    ]).flat(),
    ...layerNorm(width),
    ...[weight(vocabulary, width), bias(vocabulary)],
  ],
  inputs: batch * context,
  vocabulary,
  targets: batch * context,
  classes: vocabulary,
};

/** Twice a 3×3 convolution with padding 1, ReLU and 2×2 max-pooling, to 8 and to 16 channels; a Linear. */
const cnn: ModelPlan = {
  parameters: [weight(8, 1, 3, 3), bias(8), weight(16, 8, 3, 3), bias(16), weight(10, 784), bias(10)],
  inputs: 64 * 784,
  targets: 64,
  classes: 10,
};

export const models = { mlp, transformer, cnn };

/** The name of a model. */
export type ModelName = keyof typeof models;

/** Adam's learning rate. */
export const learningRate = 1e-3;

/** How many losses, from the first step on, are checked. */
export const checkedSteps = 3;
