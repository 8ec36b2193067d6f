import { KullbackError } from "../errors.js";
import {
  cat,
  describeShape,
  div,
  gather,
  leaf,
  logsumexp,
  numelOf,
  reshape,
  sameShape,
  type Tensor,
  tensor,
  to,
  where,
} from "../tensor/index.js";
import { type DistillationMeasure, rowLosses, temperatureFactor } from "./distillationLoss.js";
import { checkTensors } from "./loss.js";
import { type TokenOptions, Tokens } from "./tokens.js";

/** Options of {@link topkDistillationLoss}. */
export interface TopkDistillationOptions extends DistillationMeasure, TokenOptions {}

/** How far the teacher's k probabilities may exceed 1 together, as stored log-probabilities do. */
const TOLERANCE = 1e-3;

/**
 * The divergence of a student from a teacher of whom only the k likeliest classes are known: both are compared
 * on k + 1 buckets, the k classes and one for all others, so that no probability is dropped. It is a lower
 * bound of the divergence of the whole distributions (data processing), and equal to it for k = classes.
 *
 * @param student - logits, [tokens…, classes]
 * @param teacherClasses - the classes, int32 [tokens…, k], all different within a token
 * @param teacherLogProbs - their log-probabilities at the temperature of the loss, of the same shape; the student
 * alone is divided by it here
 * @returns nats: a 0-d tensor, or with `reduction: "none"` one of the tokens' shape; differentiable in the student
 * @throws KullbackError if shapes or dtypes do not fit, a class is none or named twice, or probabilities exceed 1
 */
export function topkDistillationLoss(
  student: Tensor,
  teacherClasses: Tensor,
  teacherLogProbs: Tensor,
  options: TopkDistillationOptions = {},
): Tensor {
  const name = "topkDistillationLoss";
  checkTensors(name, student, teacherClasses, teacherLogProbs);
  const shape = student.shape.slice(0, -1);
  const fits =
    student.ndim > 0 &&
    sameShape(teacherClasses.shape, teacherLogProbs.shape) &&
    sameShape(teacherClasses.shape.slice(0, -1), shape);
  if (!fits) {
    const shapes = [student, teacherClasses, teacherLogProbs].map((x) => describeShape(x.shape)).join(", ");
    throw new KullbackError(`${name}: wanted [tokens…, classes] and twice [tokens…, k], got ${shapes}`);
  }
  if (teacherClasses.dtype !== "int32") {
    throw new KullbackError(`${name}: wanted int32 classes, got ${teacherClasses.dtype}`);
  }
  const factor = temperatureFactor(name, options);
  const tokens = new Tokens(name, shape, options);
  const classes = tokens.pick(teacherClasses);
  const logits = tokens.pick(student);
  const known = to(tokens.pick(teacherLogProbs), student.dtype).detach();
  const warm = div(logits, options.temperature ?? 1);
  // With all classes known nothing is left for a bucket of others, but for rounding.
  const complete = classes.shape[1] === student.shape[student.ndim - 1];
  const teacher = complete ? known : cat([known, tailOf(name, known)], -1);
  const named = namedClasses(name, logits, classes);
  const mine = gather(warm, -1, classes);
  const buckets = complete ? mine : cat([mine, othersOf(warm, named)], -1);
  return tokens.reduce(rowLosses(teacher, buckets, { ...options, temperature: 1 }, factor));
}

/** The log-probability of all classes but those of `logProbs` [rows, k], [rows, 1]. */
function tailOf(name: string, logProbs: Tensor): Tensor {
  const [rows, k] = logProbs.shape;
  const { data } = logProbs;
  const tails = Float64Array.from({ length: rows }, (_, row) => {
    let total = 0;
    for (let i = row * k; i < (row + 1) * k; i++) total += Math.exp(data[i]);
    if (!(total <= 1 + TOLERANCE)) {
      throw new KullbackError(
        `${name}: wanted log-probabilities of the teacher, but those of row ${row} sum to a probability of ${total}`,
      );
    }
    return Math.log1p(-Math.min(total, 1));
  });
  return reshape(to(tensor(tails), logProbs.dtype), [rows, 1]);
}

/** A logit with the weight of all classes that are not `named` together, [rows, 1]. */
function othersOf(logits: Tensor, named: Tensor): Tensor {
  return logsumexp(where(named, Number.NEGATIVE_INFINITY, logits), -1, true);
}

/** Which classes are named, `bool` [rows, classes]. */
function namedClasses(name: string, { shape }: Tensor, classes: Tensor): Tensor {
  const [size, k] = [shape[1], classes.shape[1]];
  const named = new Uint8Array(numelOf(shape));
  classes.data.forEach((index, i) => {
    const place = Math.floor(i / k) * size + index;
    if (named[place] === 1) {
      throw new KullbackError(`${name}: class ${index} is named twice in row ${Math.floor(i / k)}`);
    }
    named[place] = 1;
  });
  return leaf(named, "bool", shape);
}
