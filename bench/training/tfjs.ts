// TensorFlow.js. The argument: the backend, "wasm" (SIMD; its threads do not start in Node) or "cpu" (JavaScript).
//
// The WebAssembly backend has no Conv2DBackpropFilter, so it cannot train the CNN, which the other does instead;
// and no UnsortedSegmentSum, the gradient of a gather, so embeddings are products with one-hot rows.
import { peer, peerVersion } from "../lib/peer.js";
import { readTraining } from "./inputs.js";
import { learningRate, type ModelName, transformerSizes } from "./models.js";
import { type Step, serveTraining } from "./serve-training.js";

interface Tensor {
  readonly shape: number[];
  dataSync(): Float32Array;
  dispose(): void;
  add(y: Tensor): Tensor;
  sub(y: Tensor): Tensor;
  mul(y: Tensor | number): Tensor;
  reshape(shape: number[]): Tensor;
  transpose(dims: number[]): Tensor;
  relu(): Tensor;
  rsqrt(): Tensor;
  maxPool(size: number, strides: number, padding: "valid"): Tensor;
  conv2d(filter: Tensor, strides: number, padding: "same"): Tensor;
}

/** What is used of `@tensorflow/tfjs`. */
interface Tfjs {
  setBackend(name: string): Promise<boolean>;
  tidy<T>(compute: () => T): T;
  keep(x: Tensor): Tensor;
  tensor(values: Float32Array | Int32Array, shape: readonly number[], dtype?: "int32"): Tensor;
  variable(value: Tensor): Tensor;
  matMul(x: Tensor, y: Tensor, transposeX: boolean, transposeY: boolean): Tensor;
  softmax(x: Tensor): Tensor;
  oneHot(indices: Tensor, depth: number): Tensor;
  cast(x: Tensor, dtype: "float32"): Tensor;
  moments(x: Tensor, axis: number, keepDims: boolean): { mean: Tensor; variance: Tensor };
  scalar(value: number): Tensor;
  losses: { softmaxCrossEntropy(labels: Tensor, logits: Tensor): Tensor };
  train: {
    adam(
      rate: number,
      beta1: number,
      beta2: number,
      epsilon: number,
    ): { minimize(loss: () => Tensor, returnCost: true): Tensor };
  };
}

console.warn = () => {}; // It greets, and asks to install its native backend.
const backend = process.argv[2];
const tf = await peer<Tfjs>("@tensorflow/tfjs");
if (backend === "wasm") await import("@tensorflow/tfjs-backend-wasm" as string);
await tf.setBackend(backend);

const { batch, context, width, heads, layers, vocabulary } = transformerSizes;

/** x·weight + bias. */
function linear(x: Tensor, weight: Tensor, bias: Tensor): Tensor {
  return tf.matMul(x, weight, false, false).add(bias);
}

/** Weight and bias, from PyTorch's; TensorFlow's own layers too have the weight's axes the other way round. */
function linearParameters(next: Next): readonly [Tensor, Tensor] {
  return [tf.variable(next().transpose([1, 0])), next()];
}

function layerNorm(x: Tensor, weight: Tensor, bias: Tensor): Tensor {
  const { mean, variance } = tf.moments(x, -1, true);
  return x
    .sub(mean)
    .mul(variance.add(tf.scalar(1e-5)).rsqrt())
    .mul(weight)
    .add(bias);
}

/** The first of the parameters, which are taken away. */
type Next = () => Tensor;

/** A model: its parameters from what PyTorch's hold, and a function of the batch. */
type Build = (next: Next, inputs: Float32Array) => () => Tensor;

function mlp(next: Next, inputs: Float32Array): () => Tensor {
  const x = tf.tensor(inputs, [64, 784]);
  const [first, second] = [linearParameters(next), linearParameters(next)];
  return () => linear(linear(x, ...first).relu(), ...second);
}

/** Images are [batch, height, width, channels], filters [height, width, in, out]. */
function cnn(next: Next, inputs: Float32Array): () => Tensor {
  const x = tf.tensor(inputs, [64, 28, 28, 1]);
  const [w1, b1, w2, b2] = [next(), next(), next(), next()];
  const head = linearParameters(next);
  const stage = (x: Tensor, filter: Tensor, bias: Tensor) =>
    x.conv2d(filter, 1, "same").add(bias).relu().maxPool(2, 2, "valid");
  // The last weight's rows are in PyTorch's order: channels first.
  const flat = (x: Tensor) => x.transpose([0, 3, 1, 2]).reshape([64, 784]);
  return () => linear(flat(stage(stage(x, w1, b1), w2, b2)), ...head);
}

function block(next: Next, mask: Tensor): (x: Tensor) => Tensor {
  const before = [next(), next()] as const;
  const [query, key, value] = splitProjection(next(), next());
  const out = linearParameters(next);
  const between = [next(), next()] as const;
  const [wide, narrow] = [linearParameters(next), linearParameters(next)];
  const split = (y: Tensor) => y.reshape([batch, context, heads, width / heads]).transpose([0, 2, 1, 3]);
  return (x) => {
    const y = layerNorm(x, ...before);
    const q = split(linear(y, ...query)).mul(Math.sqrt(heads / width));
    const scores = tf.matMul(q, split(linear(y, ...key)), false, true).add(mask);
    const seen = tf.matMul(tf.softmax(scores), split(linear(y, ...value)), false, false);
    const sum = x.add(linear(seen.transpose([0, 2, 1, 3]).reshape([-1, width]), ...out));
    return sum.add(linear(linear(layerNorm(sum, ...between), ...wide).relu(), ...narrow));
  };
}

/** Variables for query, key and value of those that hold them together. */
function splitProjection(weight: Tensor, bias: Tensor) {
  const [weights, biases] = [weight.dataSync(), bias.dataSync()];
  return [0, 1, 2].map(
    (i) =>
      [
        tf.variable(
          tf
            .tensor(weights.slice(i * width * width, (i + 1) * width * width), [width, width])
            .transpose([1, 0]),
        ),
        tf.variable(tf.tensor(biases.slice(i * width, (i + 1) * width), [width])),
      ] as const,
  );
}

function transformer(next: Next, inputs: Float32Array): () => Tensor {
  const indices = tf.tensor(Int32Array.from(inputs), [batch * context], "int32");
  const oneHot = tf.cast(tf.oneHot(indices, vocabulary), "float32");
  const above = Float32Array.from({ length: context * context }, (_, i) =>
    i % context > Math.floor(i / context) ? -1e9 : 0,
  );
  const mask = tf.tensor(above, [context, context]);
  const [characters, places] = [next(), next()];
  const blocks = Array.from({ length: layers }, () => block(next, mask));
  const norm = [next(), next()] as const;
  const head = linearParameters(next);
  return () => {
    const embedded = tf.matMul(oneHot, characters, false, false).reshape([batch, context, width]);
    const start = embedded.add(places).reshape([-1, width]);
    const hidden = blocks.reduce((x, layer) => layer(x), start);
    return linear(layerNorm(hidden, ...norm), ...head);
  };
}

const build: Record<ModelName, Build> = { mlp, transformer, cnn };

/** A parameter's values; a filter's axes in the order that TensorFlow has them in. */
function parameter(shape: readonly number[], values: Float32Array): Tensor {
  const x = tf.tensor(values, shape);
  return tf.variable(shape.length === 4 ? x.transpose([2, 3, 1, 0]) : x);
}

function trainer(name: ModelName, files: readonly string[]): Step | undefined {
  if (backend === "cpu" && name !== "cnn") return undefined;
  const { start, inputs, targets } = readTraining(name, files);
  let taken = 0;
  const next = () => {
    const { shape, values } = start[taken++];
    return parameter(shape, values);
  };
  const forward = build[name](next, inputs);
  const classes = start[start.length - 1].shape[0];
  const labels = tf.oneHot(tf.tensor(targets, [targets.length], "int32"), classes);
  const optimizer = tf.train.adam(learningRate, 0.9, 0.999, 1e-8);
  return () => {
    const cost = optimizer.minimize(() => tf.losses.softmaxCrossEntropy(labels, forward()), true);
    const [loss] = cost.dataSync();
    cost.dispose();
    return loss;
  };
}

await serveTraining(peerVersion(`@tensorflow/tfjs-backend-${backend}`), trainer);
