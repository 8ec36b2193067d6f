import type { ModelName } from "../training/models.js";

/** What a contender is asked to compute. */
export type Task =
  /** The mean over rows of KL(softmax(a) ‖ softmax(b)); inputs a, b are float32 [rows, classes]. */
  | "forward"
  /** The same, with its gradient in b. */
  | "backwardQ"
  /** The same, with its gradients in a and b. */
  | "backwardBoth"
  /** The mean over rows of KL(p ‖ q); inputs p, q are float64 probabilities [rows, classes]. */
  | "fromProbs"
  /** Over the last axis of a float32 [rows, classes]. */
  | "softmax"
  | "logSoftmax"
  /** The product of float32 [m, k] and [k, n]. */
  | "matmul"
  /** One training step of a model; the inputs are its first parameters and a batch. */
  | ModelName;

/** [rows, classes], or [m, k, n] of a matrix product, or what describes a model. */
export type Shape = readonly number[];

/** One computation: the task, its shape, and the files that hold its inputs as bare little-endian numbers. */
export interface Case {
  task: Task;
  shape: Shape;
  inputs: readonly string[];
}

/** A question to a contender's process; each is answered by one line of JSON, `{ result }` or `{ error }`. */
export type Request =
  /** Reads the inputs and gets ready; the result is false for a task that the contender cannot do. */
  | { op: "prepare"; case: Case }
  /** Computes once; the result is a list of numbers, see `reference.ts`. */
  | { op: "check" }
  /** Computes again and again for so many milliseconds; the result is the time of each, in nanoseconds. */
  | { op: "run"; ms: number }
  /** Lets go of the inputs. */
  | { op: "release" };

export type Reply = { result: unknown } | { error: string };
