import { KullbackError } from "../errors.js";
import {
  add,
  cat,
  describeShape,
  enableGrad,
  grad,
  isGradEnabled,
  linear,
  narrow,
  noGrad,
  once,
  record,
  type Shape,
  sameShape,
  type Tensor,
} from "../tensor/index.js";
import { type DistillationMeasure, rowLosses, temperatureFactor } from "./distillationLoss.js";
import { checkTensors } from "./loss.js";
import { type TokenOptions, Tokens } from "./tokens.js";

/** Options of {@link linearDivergence}. */
export interface LinearDivergenceOptions extends DistillationMeasure, TokenOptions {
  /** [classes], added to the student's logits. */
  studentBias?: Tensor;
  /** [classes], added to the teacher's logits. */
  teacherBias?: Tensor;
  /** How many tokens' logits are held at once; default: as many as make 2²² logits of each side. */
  chunkSize?: number;
}

const LOGITS_AT_ONCE = 2 ** 22;

/** A linear head: hidden states [rows, features], weight and bias. */
type Head = readonly [hidden: Tensor, weight: Tensor, bias: Tensor | undefined];

/**
 * `distillationLoss(linear(studentHidden, studentWeight), linear(teacherHidden, teacherWeight))` without ever
 * holding the logits of more than `chunkSize` tokens: forward keeps one number a token, backward computes the
 * logits of each chunk anew. Memory is that of the arguments, their gradients, and a chunk.
 *
 * The idea: P.-L. Hsu et al., "Liger Kernel" (2024), arXiv:2410.10989; E. Wijmans et al., "Cut Your Losses in
 * Large-Vocabulary Language Models" (2024), arXiv:2411.09009.
 *
 * @param studentHidden - [tokens…, student features]
 * @param studentWeight - [classes, student features]
 * @param teacherHidden - [tokens…, teacher features]
 * @param teacherWeight - [classes, teacher features]
 * @returns nats: a 0-d tensor, or with `reduction: "none"` one of the tokens' shape; differentiable once in
 * hidden states, weights and biases of both sides
 * @throws KullbackError if shapes or dtypes do not fit, a row that counts holds NaN, or an option is out of range
 */
export function linearDivergence(
  studentHidden: Tensor,
  studentWeight: Tensor,
  teacherHidden: Tensor,
  teacherWeight: Tensor,
  options: LinearDivergenceOptions = {},
): Tensor {
  const name = "linearDivergence";
  const { studentBias, teacherBias } = options;
  checkTensors(name, studentHidden, studentWeight, teacherHidden, teacherWeight);
  const shape = checkHead(name, "student", studentHidden, studentWeight, studentBias);
  const other = checkHead(name, "teacher", teacherHidden, teacherWeight, teacherBias);
  const classes = studentWeight.shape[0];
  if (!sameShape(shape, other) || teacherWeight.shape[0] !== classes) {
    throw new KullbackError(
      `${name}: wanted the same tokens and classes on both sides, got ${describeShape([...shape, classes])} and ` +
        describeShape([...other, teacherWeight.shape[0]]),
    );
  }
  const chunkSize = options.chunkSize ?? Math.max(1, Math.floor(LOGITS_AT_ONCE / Math.max(classes, 1)));
  if (!(Number.isInteger(chunkSize) && chunkSize > 0)) {
    throw new KullbackError(`${name}: wanted a whole chunkSize > 0, got ${chunkSize}`);
  }
  const factor = temperatureFactor(name, options);
  const tokens = new Tokens(name, shape, options);
  const student: Head = [tokens.pick(studentHidden), studentWeight, studentBias];
  const teacher: Head = [tokens.pick(teacherHidden), teacherWeight, teacherBias];
  const losses = (p: Head, q: Head) => rowLosses(linear(...p), linear(...q), options, factor);
  return tokens.reduce(chunkedRows(losses, teacher, student, chunkSize));
}

function checkHead(
  name: string,
  side: string,
  hidden: Tensor,
  weight: Tensor,
  bias: Tensor | undefined,
): Shape {
  if (bias !== undefined) checkTensors(name, bias);
  const fits = hidden.ndim > 0 && weight.ndim === 2 && hidden.shape[hidden.ndim - 1] === weight.shape[1];
  if (!fits || (bias !== undefined && !sameShape(bias.shape, [weight.shape[0]]))) {
    const found = [hidden, weight, ...(bias ? [bias] : [])].map((x) => describeShape(x.shape)).join(", ");
    throw new KullbackError(
      `${name}: wanted the ${side}'s hidden states [tokens…, features], weight [classes, features] and bias ` +
        `[classes], got ${found}`,
    );
  }
  return hidden.shape.slice(0, -1);
}

/** The losses of the rows, [rows]: one node on the tape, whatever the number of chunks. */
function chunkedRows(
  losses: (teacher: Head, student: Head) => Tensor,
  teacher: Head,
  student: Head,
  chunkSize: number,
): Tensor {
  const rows = student[0].shape[0];
  const count = Math.max(1, Math.ceil(rows / chunkSize));
  const chunks = Array.from({ length: count }, (_, i) => {
    const start = i * chunkSize;
    return { start, size: Math.min(chunkSize, rows - start) };
  });
  const values = chunks.map((chunk) => noGrad(() => losses(rowsOf(teacher, chunk), rowsOf(student, chunk))));
  const inputs = [...teacher, ...student].filter((tensor) => tensor !== undefined);

  const gradients = once((upstream: Tensor) => {
    if (isGradEnabled()) {
      throw new KullbackError(
        "linearDivergence: second derivatives are not supported; use distillationLoss of the logits",
      );
    }
    const sums = inputs.map(() => [] as Tensor[]);
    for (const chunk of chunks) {
      const heads = [leavesOf(teacher, chunk), leavesOf(student, chunk)] as const;
      const value = enableGrad(() => losses(...heads));
      const leaves = [...heads[0], ...heads[1]].filter((tensor) => tensor !== undefined);
      const wanted = leaves.filter((leaf) => leaf.requiresGrad);
      const gradOutputs = narrow(upstream, 0, chunk.start, chunk.size);
      const parts = new Map(grad(value, wanted, { gradOutputs }).map((part, i) => [wanted[i], part]));
      leaves.forEach((leaf, i) => {
        const part = parts.get(leaf);
        if (part === undefined) return;
        // Rows of hidden states are each in one chunk; weights and biases are in all of them.
        const isHidden = inputs[i] === teacher[0] || inputs[i] === student[0];
        if (isHidden || sums[i].length === 0) {
          sums[i].push(part);
          return;
        }
        const total = add(sums[i][0], part);
        for (const summand of [sums[i][0], part]) summand.dispose();
        sums[i][0] = total;
      });
    }
    return sums.map((parts) => (parts.length > 1 ? cat(parts) : parts[0]));
  });
  const vjps = inputs.map((_, i) => (upstream: Tensor) => gradients(upstream)[i]);
  return record(cat(values), "LinearDivergenceBackward", inputs, vjps, inputs);
}

/** The head with some of its rows. */
function rowsOf([hidden, weight, bias]: Head, { start, size }: { start: number; size: number }): Head {
  return [narrow(hidden, 0, start, size), weight, bias];
}

/** The head with some of its rows, as leaves that require a gradient where the head's tensors do. */
function leavesOf(head: Head, chunk: { start: number; size: number }): Head {
  const [hidden, weight, bias] = rowsOf(head, chunk);
  const leaf = (tensor: Tensor, { requiresGrad }: Tensor) => {
    const own = tensor.detach();
    own.requiresGrad = requiresGrad;
    return own;
  };
  return [leaf(hidden, head[0]), leaf(weight, head[1]), bias && leaf(bias, head[2]!)];
}
