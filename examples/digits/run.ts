import {
  data,
  KullbackError,
  manualSeed,
  type nn,
  optim,
  type safetensors,
  type Tensor,
  tensor,
} from "kullback";
import type { Digits } from "./images.js";

/** A network, what it learns from, and how. */
export interface Task<Network extends nn.Module> {
  /** Makes the network, from random numbers. */
  make: () => Network;
  digits: Digits;
  /** What is to become small, for a batch. */
  lossOf: (network: Network, images: Tensor, labels: Tensor) => Tensor;
  /** How good the network is at the end of an epoch, on images that it did not learn from. */
  score: (network: Network) => number;
  batchSize: number;
  lr: number;
  seed: number;
  /** How often to go through the digits. */
  epochs: number;
}

/** The training of one network: all that is needed to stop at the end of any epoch and to go on later. */
export class Run<Network extends nn.Module> {
  readonly network: Network;
  /** The loss of every step. */
  losses: number[] = [];
  /** The score after every epoch. */
  scores: number[] = [];

  readonly #task: Task<Network>;
  readonly #generator: ReturnType<typeof manualSeed>;
  readonly #optimizer: optim.Adam;
  readonly #loader: data.DataLoader<readonly [Tensor, Tensor]>;

  constructor(task: Task<Network>) {
    const { make, digits, batchSize, lr, seed } = task;
    this.#task = task;
    // The weights, the order of the images and what dropout drops all come from here.
    this.#generator = manualSeed(seed);
    this.network = make();
    this.#optimizer = new optim.Adam(this.network.parameters(), { lr });
    this.#loader = new data.DataLoader(digits, { batchSize, shuffle: true });
  }

  /** How many epochs are done. */
  get epochs(): number {
    return this.scores.length;
  }

  /** Learns from every image once. */
  epoch(): void {
    const { lossOf, score } = this.#task;
    this.network.train();
    for (const [images, labels] of this.#loader) {
      this.#optimizer.zeroGrad();
      const loss = lossOf(this.network, images, labels);
      loss.backward();
      this.#optimizer.step();
      this.losses.push(loss.item());
    }
    this.network.eval();
    this.scores.push(score(this.network));
  }

  /** Everything that the next epoch depends on, as tensors by name. */
  checkpoint(): safetensors.TensorDict {
    const tensors: safetensors.TensorDict = {
      seed: tensor(this.#task.seed, { dtype: "float64" }),
      epochs: tensor(this.#task.epochs, { dtype: "float64" }),
      generator: tensor(new Int32Array(this.#generator.getState().buffer as ArrayBuffer)),
      losses: tensor(this.losses, { dtype: "float64" }),
      scores: tensor(this.scores, { dtype: "float64" }),
    };
    for (const [name, x] of Object.entries(this.network.stateDict())) tensors[`network.${name}`] = x;
    for (const [i, { step, ...moments }] of Object.entries(this.#optimizer.stateDict().state)) {
      tensors[`optimizer.${i}.step`] = tensor(step, { dtype: "float64" });
      for (const [name, x] of Object.entries(moments)) tensors[`optimizer.${i}.${name}`] = x;
    }
    return tensors;
  }

  /** Goes on from a checkpoint, to the same bits as if there had been no pause. */
  resume(tensors: safetensors.TensorDict): void {
    const { seed, epochs } = this.#task;
    const [savedSeed, savedEpochs] = [tensors.seed?.item(), tensors.epochs?.item()];
    if (savedSeed !== seed || savedEpochs !== epochs) {
      throw new KullbackError(
        `resume: wanted a checkpoint of seed ${seed} and ${epochs} epochs, got seed ${savedSeed} and ${savedEpochs} epochs`,
      );
    }
    const below = (prefix: string) =>
      Object.fromEntries(
        Object.entries(tensors).flatMap(([name, x]) =>
          name.startsWith(prefix) ? [[name.slice(prefix.length), x]] : [],
        ),
      );
    this.network.loadStateDict(below("network."));
    const { paramGroups } = this.#optimizer.stateDict();
    const state = paramGroups[0].params.map((i) => {
      const { step, expAvg, expAvgSq } = below(`optimizer.${i}.`);
      return { step: step.item(), expAvg, expAvgSq };
    });
    this.#optimizer.loadStateDict({ paramGroups, state });
    this.#generator.setState(new Uint8Array(tensors.generator.data.slice().buffer));
    this.losses = [...tensors.losses.data];
    this.scores = [...tensors.scores.data];
  }
}

/** Where checkpoints are kept, by name. */
export interface Checkpoints {
  load(name: string): Promise<safetensors.TensorDict | undefined>;
  save(name: string, tensors: safetensors.TensorDict): Promise<void>;
}

/** Trains a network, from the checkpoint of that name if there is one, with a checkpoint after every epoch. */
export async function train<Network extends nn.Module>(
  name: string,
  task: Task<Network>,
  checkpoints?: Checkpoints,
): Promise<Run<Network>> {
  const run = new Run(task);
  const saved = await checkpoints?.load(name);
  if (saved !== undefined) run.resume(saved);
  const left = Array.from({ length: task.epochs - run.epochs });
  for (const _ of data.progress(left, { label: name })) {
    run.epoch();
    await checkpoints?.save(name, run.checkpoint());
  }
  return run;
}
