// js-pytorch, with its own ReLU, which leaks, and Adam, which corrects no bias: so its losses are near the others',
// not the same, and are not checked. It has no convolution.

import type { Case } from "../lib/cases.js";
import { peer, peerVersion } from "../lib/peer.js";
import { serve } from "../lib/serve.js";
import { readTraining } from "./inputs.js";
import { learningRate, transformerSizes } from "./models.js";

interface Tensor {
  _data: unknown;
  readonly data: number[];
  add(y: Tensor): Tensor;
  backward(): void;
}

interface Layer {
  forward(x: Tensor): Tensor;
}

interface Module extends Layer {
  parameters(): Tensor[];
}

type Class<Args extends unknown[], T> = new (...args: Args) => T;

/** What is used of `js-pytorch`. */
interface JsPytorch {
  torch: {
    tensor(values: unknown): Tensor;
    nn: {
      Module: Class<[], Module>;
      Linear: Class<[inputs: number, outputs: number], Layer>;
      ReLU: Class<[], Layer>;
      LayerNorm: Class<[size: number], Layer>;
      Embedding: Class<[count: number, size: number], Layer>;
      PositionalEmbedding: Class<[count: number, size: number], Layer>;
      MultiHeadSelfAttention: Class<
        [inputs: number, outputs: number, heads: number, context: number, dropout: number],
        Layer
      >;
      CrossEntropyLoss: Class<[], { forward(x: Tensor, target: Tensor): Tensor }>;
    };
    optim: { Adam: Class<[params: Tensor[], lr: number], { step(): void; zero_grad(): void }> };
  };
}

const { torch } = await peer<JsPytorch>("js-pytorch");
const { nn, optim } = torch;
const { context, width, heads, vocabulary } = transformerSizes;

class Perceptron extends nn.Module {
  first: Layer;
  relu = new nn.ReLU();
  second: Layer;

  constructor(inputs: number, hidden: number, outputs: number) {
    super();
    this.first = new nn.Linear(inputs, hidden);
    this.second = new nn.Linear(hidden, outputs);
  }

  override forward(x: Tensor): Tensor {
    return this.second.forward(this.relu.forward(this.first.forward(x)));
  }
}

class Block extends nn.Module {
  before = new nn.LayerNorm(width);
  attention = new nn.MultiHeadSelfAttention(width, width, heads, context, 0);
  between = new nn.LayerNorm(width);
  perceptron = new Perceptron(width, 4 * width, width);

  override forward(x: Tensor): Tensor {
    const sum = x.add(this.attention.forward(this.before.forward(x)));
    return sum.add(this.perceptron.forward(this.between.forward(sum)));
  }
}

class Transformer extends nn.Module {
  characters = new nn.Embedding(vocabulary, width);
  places = new nn.PositionalEmbedding(context, width);
  first = new Block();
  second = new Block();
  norm = new nn.LayerNorm(width);
  head = new nn.Linear(width, vocabulary);

  override forward(x: Tensor): Tensor {
    const embedded = this.characters.forward(x).add(this.places.forward(x));
    return this.head.forward(this.norm.forward(this.second.forward(this.first.forward(embedded))));
  }
}

/** Numbers as rows in nested arrays. */
function rowsOf(values: ArrayLike<number>, length: number): number[][] {
  const all = Array.from(values);
  return Array.from({ length: all.length / length }, (_, row) => all.slice(row * length, (row + 1) * length));
}

function prepare({ task, inputs: files }: Case) {
  if (task !== "mlp" && task !== "transformer") return undefined;
  const { inputs, targets } = readTraining(task, files);
  const model = task === "mlp" ? new Perceptron(784, 256, 10) : new Transformer();
  const length = task === "mlp" ? 784 : context;
  const x = torch.tensor(rowsOf(inputs, length));
  const y = torch.tensor(task === "mlp" ? Array.from(targets) : rowsOf(targets, context));
  const criterion = new nn.CrossEntropyLoss();
  const optimizer = new optim.Adam(model.parameters(), learningRate);
  const run = () => {
    const loss = criterion.forward(model.forward(x), y);
    loss.backward();
    optimizer.step();
    optimizer.zero_grad();
    return loss.data[0];
  };
  return { run: () => void run(), check: () => null };
}

await serve({ version: peerVersion("js-pytorch"), prepare });
