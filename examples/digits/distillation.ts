// The networks and losses of distill-digits.ts, for Node and browsers alike.

import { data, F, nn, noGrad, type Tensor } from "kullback";
import type { Digits } from "./images.js";
import { type Checkpoints, type Run, type Task, train } from "./run.js";

export interface Settings {
  dtype: "float32" | "float64";
  seed: number;
  epochs: number;
  /** How many of the training images the students see. */
  images: number;
  /** Divides the logits of teacher and student: the higher, the more the small probabilities count. */
  temperature: number;
  /** The share of the teacher in the student's loss; the rest is the labels'. */
  alpha: number;
}

export const defaults: Settings = {
  dtype: "float32",
  seed: 0,
  epochs: 40,
  images: 100,
  temperature: 8,
  alpha: 0.9,
};

/** The three networks, trained. */
export interface Trained {
  teacher: Run<nn.Sequential>;
  /** The student that learned from the teacher. */
  student: Run<nn.Sequential>;
  /** The same student, which learned from the labels only. */
  alone: Run<nn.Sequential>;
}

/**
 * Trains a teacher on all images; then a student on few of them, from what the teacher says about each; and the
 * same student on the same few, alone.
 */
export async function distill(
  { training, testing }: { training: Digits; testing: Digits },
  settings: Settings,
  checkpoints?: Checkpoints,
): Promise<Trained> {
  const { dtype, seed, epochs, images, temperature, alpha } = settings;
  const ofLabels = (network: nn.Sequential, x: Tensor, labels: Tensor) =>
    F.crossEntropy(network.forward(x), labels);
  const score = (network: nn.Sequential) => accuracy(network, testing);

  const large: Task<nn.Sequential> = {
    make: () =>
      new nn.Sequential(
        new nn.Linear(64, 128, { dtype }),
        new nn.ReLU(),
        new nn.Dropout(0.2),
        new nn.Linear(128, 64, { dtype }),
        new nn.ReLU(),
        new nn.Dropout(0.2),
        new nn.Linear(64, 10, { dtype }),
      ),
    ...{ digits: training, lossOf: ofLabels, score, batchSize: 64, lr: 2e-3, seed, epochs },
  };
  const teacher = await train("teacher", large, checkpoints);
  teacher.network.eval();

  const few = new data.TensorDataset(
    training.tensors[0].narrow(0, 0, images),
    training.tensors[1].narrow(0, 0, images),
  );
  const small: Task<nn.Sequential> = {
    make: () =>
      new nn.Sequential(new nn.Linear(64, 32, { dtype }), new nn.ReLU(), new nn.Linear(32, 10, { dtype })),
    ...{ digits: few, lossOf: ofLabels, score, batchSize: 20, lr: 5e-3, seed, epochs },
  };
  const ofBoth = (network: nn.Sequential, x: Tensor, labels: Tensor) => {
    const logits = network.forward(x);
    const wanted = noGrad(() => teacher.network.forward(x));
    const soft = F.distillationLoss(logits, wanted, { temperature, temperatureSquared: true });
    return soft.mul(alpha).add(F.crossEntropy(logits, labels).mul(1 - alpha));
  };
  const student = await train("student", { ...small, lossOf: ofBoth }, checkpoints);
  const alone = await train("alone", small, checkpoints);
  return { teacher, student, alone };
}

/** The share of digits that the network tells right. */
function accuracy(network: nn.Sequential, { tensors: [images, labels] }: Digits): number {
  const right = noGrad(() => network.forward(images).argmax(-1).eq(labels));
  return right.sum().item() / labels.numel;
}
