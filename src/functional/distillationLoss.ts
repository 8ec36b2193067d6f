import { KullbackError } from "../errors.js";
import type { Measure } from "../kernels/index.js";
import { describeShape, mul, sameShape, sum, type Tensor } from "../tensor/index.js";
import { divergence } from "./divergence.js";
import { checkTensors } from "./loss.js";
import { type TokenOptions, Tokens } from "./tokens.js";

/** Which divergence a distillation loss is, and at which temperature. */
export interface DistillationMeasure {
  /**
   * The divergence of P = teacher and Q = student; default `"kl"`, the forward KL(teacher ‖ student).
   * `"reverse-kl"` seeks modes, `"jeffreys"` is both, `"gjs"` is the generalised Jensen–Shannon divergence of
   * `weight` β, `"skew-kl"` the skewed KL of `weight` λ, `"tv"` total variation.
   */
  measure?: Measure;
  /** β of `gjs`, λ of `skew-kl`, from 0 to 1. */
  weight?: number;
  /** α of `renyi` and `alpha`. */
  order?: number;
  /** Divides both logits before the softmax; default 1. */
  temperature?: number;
  /**
   * Whether to multiply the loss by temperature², so that its gradients keep their size beside a loss of hard
   * labels as the temperature grows (Hinton et al. 2015, section 2); default false.
   */
  temperatureSquared?: boolean;
}

/** Options of {@link distillationLoss} and `nn.DistillationLoss`. */
export interface DistillationOptions extends DistillationMeasure, TokenOptions {}

/** What the loss is multiplied by. */
export function temperatureFactor(
  name: string,
  { temperature = 1, temperatureSquared = false }: DistillationMeasure,
): number {
  if (!(temperature > 0 && temperature < Number.POSITIVE_INFINITY)) {
    throw new KullbackError(`${name}: wanted a finite temperature > 0, got ${temperature}`);
  }
  return temperatureSquared ? temperature ** 2 : 1;
}

/**
 * The divergence of packed rows of logits [rows, classes], one number each, times `factor`. A batch in which no
 * row counts has no rows.
 */
export function rowLosses(
  teacher: Tensor,
  student: Tensor,
  { measure, weight, order, temperature }: DistillationMeasure,
  factor: number,
): Tensor {
  // No row is no call for an error, and keeps the result on the tape.
  if (student.shape[0] === 0) return mul(sum(student, -1), 0);
  const values = divergence(teacher, student, { measure, weight, order, temperature, reduction: "none" });
  return factor === 1 ? values : mul(values, factor);
}

/**
 * The divergence of a student from its teacher, token by token: D(softmax(teacher/T) ‖ softmax(student/T)).
 *
 * Never negative, exactly 0 where both agree, differentiable in both arguments (detach the teacher if it is
 * not to learn). Tokens that do not count, by `mask` or `labels`, are not even looked at, so padding may hold
 * anything.
 *
 * Temperature: G. Hinton, O. Vinyals and J. Dean, "Distilling the Knowledge in a Neural Network" (2015),
 * arXiv:1503.02531. β: R. Agarwal et al., "On-Policy Distillation of Language Models" (2023), arXiv:2306.13649
 * (β = 0 stands for the forward KL, β = 1 for the reverse). λ: J. Ko et al., "DistiLLM" (2024),
 * arXiv:2402.03898.
 *
 * @param student - logits, [tokens…, classes]
 * @param teacher - logits of the same shape
 * @returns nats: a 0-d tensor, or with `reduction: "none"` one of the tokens' shape
 * @throws KullbackError if shapes or dtypes do not fit, a row that counts holds NaN, or an option is out of range
 */
export function distillationLoss(
  student: Tensor,
  teacher: Tensor,
  options: DistillationOptions = {},
): Tensor {
  const name = "distillationLoss";
  checkTensors(name, student, teacher);
  if (student.ndim === 0 || !sameShape(student.shape, teacher.shape)) {
    throw new KullbackError(
      `${name}: wanted logits of one shape [tokens…, classes], got student ${describeShape(student.shape)} and ` +
        `teacher ${describeShape(teacher.shape)}`,
    );
  }
  const factor = temperatureFactor(name, options);
  const tokens = new Tokens(name, student.shape.slice(0, -1), options);
  return tokens.reduce(rowLosses(tokens.pick(teacher), tokens.pick(student), options, factor));
}
