// The network and the loss of vae-digits.ts.

import { F, nn, noGrad, randn, type Tensor } from "kullback";
import type { Digits } from "./images.js";
import { type Checkpoints, type Run, train } from "./run.js";

type Options = { dtype: "float32" | "float64" };

/**
 * A variational autoencoder: an image becomes a normal distribution over `latent` numbers, and a draw from it an
 * image again. D. P. Kingma and M. Welling, "Auto-Encoding Variational Bayes" (2013), arXiv:1312.6114.
 */
export class VariationalAutoencoder extends nn.Module {
  readonly latent = 8;
  encoder: nn.Sequential;
  decoder: nn.Sequential;

  constructor(options: Options) {
    super();
    this.encoder = new nn.Sequential(
      new nn.Linear(64, 128, options),
      new nn.ReLU(),
      new nn.Linear(128, 2 * this.latent, options),
    );
    this.decoder = new nn.Sequential(
      new nn.Linear(this.latent, 128, options),
      new nn.ReLU(),
      new nn.Linear(128, 64, options),
    );
  }

  /** Means and logarithms of variances, [images, latent] each. */
  encode(images: Tensor): { mean: Tensor; logVariance: Tensor } {
    const [mean, logVariance] = this.encoder.forward(images).chunk(2, -1);
    return { mean, logVariance };
  }

  /** Images of the latent numbers `z`. */
  decode(z: Tensor): Tensor {
    return noGrad(() => this.decoder.forward(z).sigmoid());
  }

  /** How far the images that come out are from those that go in, and the latent distributions from N(0, 1). */
  forward(images: Tensor): { reconstruction: Tensor; divergence: Tensor } {
    const { mean, logVariance } = this.encode(images);
    // Noise that does not depend on the parameters, so that gradients reach mean and variance.
    const noise = randn(mean.shape, { dtype: mean.dtype as Options["dtype"] });
    const z = mean.add(logVariance.mul(0.5).exp().mul(noise));
    const logits = this.decoder.forward(z);
    return {
      reconstruction: F.binaryCrossEntropyWithLogits(logits, images, { reduction: "sum" }),
      divergence: gaussianKl(mean, logVariance).sum(),
    };
  }
}

/** KL(N(m, s²) ‖ N(0, 1)) = ½(m² + s² − 1 − log s²), element by element: never negative, as expm1(x) ≥ x. */
export function gaussianKl(mean: Tensor, logVariance: Tensor): Tensor {
  return mean.pow(2).add(logVariance.expm1().sub(logVariance)).mul(0.5);
}

/** The negative evidence lower bound in nats for each image: an upper bound of −log p(image). */
export function negativeElbo(network: VariationalAutoencoder, images: Tensor): Tensor {
  const { reconstruction, divergence } = network.forward(images);
  return reconstruction.add(divergence).div(images.shape[0]);
}

export interface Settings extends Options {
  seed: number;
  epochs: number;
}

export const defaults: Settings = { dtype: "float32", seed: 0, epochs: 60 };

/** Trains the autoencoder; its scores are negative lower bounds for the images it has not seen. */
export function learn(
  { training, testing }: { training: Digits; testing: Digits },
  { dtype, ...settings }: Settings,
  checkpoints?: Checkpoints,
): Promise<Run<VariationalAutoencoder>> {
  const task = {
    make: () => new VariationalAutoencoder({ dtype }),
    digits: training,
    lossOf: negativeElbo,
    score: (network: VariationalAutoencoder) =>
      noGrad(() => negativeElbo(network, testing.tensors[0])).item(),
    ...{ batchSize: 64, lr: 2e-3, ...settings },
  };
  return train("autoencoder", task, checkpoints);
}
