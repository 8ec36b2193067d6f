import { data, F, nn, noGrad, optim, rand, type Tensor, tensor } from "kullback";
import type { CharacterTransformer } from "./model.js";

type Pieces = data.TensorDataset<readonly [Tensor, Tensor]>;

/** The loss of a network for pieces of text and the characters that follow. */
export type LossOf = (model: CharacterTransformer, text: Tensor, next: Tensor) => Tensor;

/** How to train. */
export interface Schedule {
  steps: number;
  batchSize: number;
  lr: number;
  /** What stands before the progress bar. */
  label?: string;
}

/** Cross-entropy: how surprised the network is by the characters that really follow. */
export const ofText: LossOf = (model, text, next) =>
  F.crossEntropy(model.forward(text).flatten(0, 1), next.flatten());

/**
 * How far the network's probabilities are from those of `teacher`, KL(teacher ‖ student). The logits of both are
 * never held as a whole: with an alphabet of 60 that hardly matters, with a vocabulary of 100,000 it does.
 */
export function ofTeacher(teacher: CharacterTransformer): LossOf {
  return (model, text) => {
    const hidden = noGrad(() => teacher.hidden(text));
    return F.linearDivergence(model.hidden(text), model.head.weight, hidden, teacher.head.weight.detach());
  };
}

/** Trains `model`, and returns the loss of every step. */
export function train(
  model: CharacterTransformer,
  pieces: Pieces,
  lossOf: LossOf,
  schedule: Schedule,
): number[] {
  const { steps, batchSize, lr, label } = schedule;
  const optimizer = new optim.AdamW(model.parameters(), { lr });
  const scheduler = new optim.lrScheduler.OneCycleLR(optimizer, { maxLr: lr, totalSteps: steps });
  const loader = new data.DataLoader(pieces, { batchSize, shuffle: true, dropLast: true });
  const losses: number[] = [];
  model.train();
  for (const [text, next] of data.progress(new Repeated(loader, steps), { label })) {
    optimizer.zeroGrad();
    const loss = lossOf(model, text, next);
    loss.backward();
    nn.utils.clipGradNorm(model.parameters(), 1);
    optimizer.step();
    scheduler.step();
    losses.push(loss.item());
  }
  return losses;
}

/** So many batches of a loader, which is gone through as often as it takes. */
class Repeated<Batch> {
  readonly loader: Iterable<Batch>;
  readonly length: number;

  constructor(loader: Iterable<Batch>, length: number) {
    this.loader = loader;
    this.length = length;
  }

  *[Symbol.iterator](): Iterator<Batch> {
    for (let given = 0; given < this.length; ) {
      for (const batch of this.loader) {
        if (given++ === this.length) return;
        yield batch;
      }
    }
  }
}

/** e to the mean cross-entropy: among how many equally likely characters the network hesitates. */
export function perplexity(model: CharacterTransformer, pieces: Pieces): number {
  model.eval();
  const [text, next] = pieces.tensors;
  return Math.exp(noGrad(() => ofText(model, text, next)).item());
}

/** Lets the network continue `start` by `count` characters, drawn as likely as it says. */
export function sample(model: CharacterTransformer, start: readonly number[], count: number): number[] {
  model.eval();
  const text = [...start];
  for (let i = 0; i < count; i++) {
    const logits = noGrad(() => model.forward(tensor([text.slice(-model.context)], { dtype: "int32" })));
    const last = logits.select(0, 0).select(0, -1);
    const below = last
      .softmax(-1)
      .cumsum(-1)
      .lt(rand([1]))
      .sum()
      .item();
    text.push(Math.min(below, last.numel - 1));
  }
  return text.slice(start.length);
}
