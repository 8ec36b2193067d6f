import { KullbackError } from "../errors.js";
import {
  clamp,
  describeShape,
  expm1,
  mul,
  neg,
  noGrad,
  record,
  sameShape,
  sub,
  type Tensor,
} from "../tensor/index.js";
import { checkTensors } from "./loss.js";
import { type TokenOptions, Tokens } from "./tokens.js";

/** Options of {@link sampledKl}. */
export interface SampledKlOptions extends TokenOptions {
  /** With r = p/q: `"k1"` −log r, `"k2"` ½(log r)², `"k3"` (r − 1) − log r (default). */
  estimator?: "k1" | "k2" | "k3";
  /**
   * `"unbiased"` (default): the gradient of k2, whose mean over samples of q is the gradient of KL(q ‖ p),
   * whatever the estimator of the value. `"naive"`: the gradient of the estimator, as if samples did not depend
   * on q; that of k1 is 0 on average, that of k3 belongs to KL(p ‖ q).
   */
  gradient?: "unbiased" | "naive";
}

/** log r is limited to this in r, so that r is finite: below log of the largest float32 and float64. */
const LARGEST_LOG = { float32: 80, float64: 700 };

const estimators = {
  k1: neg,
  k2: (logRatio: Tensor) => mul(mul(logRatio, logRatio), 0.5),
  k3: (logRatio: Tensor) => {
    const largest = LARGEST_LOG[logRatio.dtype as "float32" | "float64"];
    return sub(expm1(clamp(logRatio, undefined, largest)), logRatio);
  },
};

/**
 * A Monte-Carlo estimate of KL(q ‖ p) from samples x ~ q, such as the tokens that a policy q has generated,
 * where only log q(x) and log p(x) are at hand. k1 and k3 are unbiased values, k2 has low variance and a small
 * bias; k2 and k3 are never negative. r beyond e⁸⁰ (float32) or e⁷⁰⁰ (float64) counts as that, so nothing
 * overflows.
 *
 * J. Schulman, "Approximating KL Divergence" (2020), http://joschu.net/blog/kl-approx.html. Gradients: Y. Tang
 * and R. Munos, "On a Few Pitfalls in KL Divergence Gradient Estimation for RL" (2025), arXiv:2506.09477.
 *
 * @param logProbs - log q of each sample, of any shape
 * @param refLogProbs - log p of each sample, of the same shape
 * @returns nats: a 0-d tensor, or with `reduction: "none"` one of the samples' shape
 * @throws KullbackError if shapes do not fit, or an option is unknown
 */
export function sampledKl(logProbs: Tensor, refLogProbs: Tensor, options: SampledKlOptions = {}): Tensor {
  const name = "sampledKl";
  checkTensors(name, logProbs, refLogProbs);
  const { estimator = "k3", gradient = "unbiased" } = options;
  if (!sameShape(logProbs.shape, refLogProbs.shape)) {
    throw new KullbackError(
      `${name}: wanted log-probabilities of one shape, got ${describeShape(logProbs.shape)} and ` +
        describeShape(refLogProbs.shape),
    );
  }
  if (!Object.hasOwn(estimators, estimator)) {
    throw new KullbackError(`${name}: estimator must be "k1", "k2" or "k3", got ${String(estimator)}`);
  }
  if (gradient !== "unbiased" && gradient !== "naive") {
    throw new KullbackError(`${name}: gradient must be "unbiased" or "naive", got ${String(gradient)}`);
  }
  const tokens = new Tokens(name, logProbs.shape, options);
  const logRatio = sub(tokens.pickEach(refLogProbs), tokens.pickEach(logProbs));
  if (gradient === "naive") return tokens.reduce(estimators[estimator](logRatio));
  const value = noGrad(() => estimators[estimator](logRatio));
  const ofK2 = (upstream: Tensor) => mul(upstream, logRatio);
  return tokens.reduce(record(value, "SampledKlBackward", [logRatio], [ofK2], [logRatio]));
}
