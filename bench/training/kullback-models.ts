// The models by Kullback's public API, as a user of PyTorch would write them.
import { kullback } from "../lib/kullback.js";
import { readTraining } from "./inputs.js";
import { learningRate, type ModelName, transformerSizes } from "./models.js";

const { arange, F, lt, nn, optim, tensor } = kullback;
type Tensor = ReturnType<typeof arange>;

const { batch, context, width, heads, layers, vocabulary } = transformerSizes;

class Block extends nn.Module {
  before = new nn.LayerNorm(width);
  attention = new nn.MultiheadAttention(width, heads, { batchFirst: true });
  between = new nn.LayerNorm(width);
  perceptron = new nn.Sequential(
    new nn.Linear(width, 4 * width),
    new nn.ReLU(),
    new nn.Linear(4 * width, width),
  );

  forward(x: Tensor, attnMask: Tensor): Tensor {
    const y = this.before.forward(x);
    const [seen] = this.attention.forward(y, y, y, { needWeights: false, attnMask, isCausal: true });
    const sum = x.add(seen);
    return sum.add(this.perceptron.forward(this.between.forward(sum)));
  }
}

class Transformer extends nn.Module {
  characters = new nn.Embedding(vocabulary, width);
  places = new nn.Embedding(context, width);
  blocks = new nn.ModuleList(Array.from({ length: layers }, () => new Block()));
  norm = new nn.LayerNorm(width);
  head = new nn.Linear(width, vocabulary);
  readonly #places = arange(context, { dtype: "int32" });
  readonly #mask = lt(this.#places.reshape([-1, 1]), this.#places);

  forward(x: Tensor): Tensor {
    let hidden = this.characters.forward(x).add(this.places.forward(this.#places));
    for (const block of this.blocks) hidden = block.forward(hidden, this.#mask);
    return this.head.forward(this.norm.forward(hidden)).reshape([-1, vocabulary]);
  }
}

const build = {
  mlp: () => new nn.Sequential(new nn.Linear(784, 256), new nn.ReLU(), new nn.Linear(256, 10)),
  transformer: () => new Transformer(),
  cnn: () =>
    new nn.Sequential(
      new nn.Conv2d(1, 8, 3, { padding: 1 }),
      new nn.ReLU(),
      new nn.MaxPool2d(2),
      new nn.Conv2d(8, 16, 3, { padding: 1 }),
      new nn.ReLU(),
      new nn.MaxPool2d(2),
      new nn.Flatten(),
      new nn.Linear(784, 10),
    ),
};

/** The batch as the model takes it. */
const batchOf: Record<ModelName, (values: Float32Array) => Tensor> = {
  mlp: (values) => tensor(values).reshape([-1, 784]),
  transformer: (values) => tensor(Int32Array.from(values)).reshape([batch, context]),
  cnn: (values) => tensor(values).reshape([-1, 1, 28, 28]),
};

/** A function that trains the model for one step and returns its loss before. */
export function trainer(name: ModelName, files: readonly string[]): () => number {
  const { start, inputs, targets } = readTraining(name, files);
  const model = build[name]();
  const parameters = model.parameters();
  for (const [i, parameter] of parameters.entries()) parameter.data.set(start[i].values);
  const x = batchOf[name](inputs);
  const y = tensor(targets);
  const optimizer = new optim.Adam(parameters, { lr: learningRate });
  return () => {
    optimizer.zeroGrad();
    const loss = F.crossEntropy(model.forward(x), y);
    loss.backward();
    optimizer.step();
    return loss.item();
  };
}
