import { KullbackError } from "../../errors.js";
import { allocate } from "../../kernels/index.js";
import { checkTensors } from "../check.js";
import { add } from "../ops/arithmetic.js";
import { to } from "../ops/cast.js";
import { add_ } from "../ops/inPlace.js";
import { clone } from "../ops/layout.js";
import { describeShape, sameShape } from "../shape.js";
import { Storage } from "../storage.js";
import { describeCall, isAnomalyDetected } from "../tape/anomaly.js";
import { withGradMode } from "../tape/gradMode.js";
import type { GradNode } from "../tape/node.js";
import { beginWalk } from "../tape/walks.js";
import { type Tensor, wrap } from "../tensor.js";
import { holdsNan } from "./record.js";

type Node = GradNode<Tensor>;

/** What to do with the graph that `backward` and `grad` walk. */
export interface BackwardOptions {
  /** Keeps what the graph saved, so that it can be walked again; default `createGraph`. */
  retainGraph?: boolean;
  /** Records the gradients themselves, so that they can be differentiated; default false. */
  createGraph?: boolean;
}

/** Options of {@link grad}. */
export interface GradOptions extends BackwardOptions {
  /** Gradients of the outputs, one each; default 1 for outputs with one element. */
  gradOutputs?: Tensor | readonly Tensor[];
  /** Gives `null` for inputs the outputs do not depend on, where it would throw; default false. */
  allowUnused?: boolean;
}

/** All nodes that gradients of `roots` can flow to, in the order of the walk: last made first. */
function reachable(roots: Iterable<Node>, walk: number): Node[] {
  const found: Node[] = [];
  let inOrder = true;
  const visit = (node: Node) => {
    if (node.walk === walk) return;
    node.walk = walk;
    if (found.length > 0 && found[found.length - 1].id < node.id) inOrder = false;
    found.push(node);
  };
  for (const root of roots) visit(root);
  for (let i = 0; i < found.length; i++) {
    for (const edge of found[i].edges) if (edge !== undefined) visit(edge);
  }
  return inOrder ? found : found.sort((a, b) => b.id - a.id);
}

/** Of `nodes` (last made first) those that lead to one of `targets`. */
function leadingTo(targets: ReadonlySet<Node>, nodes: readonly Node[]): Set<Node> {
  const needed = new Set<Node>();
  for (let i = nodes.length - 1; i >= 0; i--) {
    const node = nodes[i];
    if (targets.has(node) || node.edges.some((edge) => edge !== undefined && needed.has(edge)))
      needed.add(node);
  }
  return needed;
}

/** Calls the hooks in turn; what one returns goes to the next. Hooks may keep all that they see or make. */
function throughHooks(node: Node, gradient: Tensor): Tensor {
  if (node.hooks.length === 0) return gradient;
  let result = gradient;
  const witness = Storage.witness(undefined);
  for (const hook of node.hooks) {
    const replacement = hook(result) ?? result;
    checkTensors("registerHook", replacement);
    if (!sameShape(replacement.shape, result.shape) || replacement.dtype !== result.dtype) {
      throw new KullbackError(
        `registerHook: a hook returned a ${replacement.dtype} tensor of shape ${describeShape(replacement.shape)} ` +
          `for a gradient that is ${result.dtype} of shape ${describeShape(result.shape)}`,
      );
    }
    result.storage.kept = true;
    replacement.storage.kept = true;
    result = replacement;
  }
  Storage.witness(witness);
  gradient.storage.gradients--;
  result.storage.gradients++;
  return result;
}

/**
 * Walks the graph from `roots`, each with its gradient, towards the leaves. Gradients that arrive at a
 * node by several ways are added up before it is passed. `arrive` is called with the whole gradient of
 * each node among those selected (all, if undefined).
 *
 * Memory that the walk made, for gradients and on the way to them, is given back as soon as no gradient that is
 * still to be passed on lies in it, unless it was marked as kept: the walk is then the only one that held it. With
 * `createGraph` it is not, since the new graph may need whatever was computed.
 */
function walk(
  roots: ReadonlyMap<Node, Tensor>,
  options: BackwardOptions,
  select: (nodes: readonly Node[]) => ReadonlySet<Node> | undefined,
  arrive: (node: Node, gradient: Tensor) => void,
): void {
  const { createGraph = false, retainGraph = createGraph } = options;
  const nodes = reachable(roots.keys(), beginWalk());
  const needed = select(nodes);
  const gradients = new Map<Node, Tensor>(roots);
  for (const gradient of roots.values()) gradient.storage.gradients++;
  const made: Storage[] = [];
  const witness = Storage.witness(createGraph ? undefined : made);
  try {
    withGradMode(createGraph, () => {
      for (const node of nodes) {
        const incoming = gradients.get(node);
        if (incoming === undefined) continue;
        gradients.delete(node);
        if (needed !== undefined && !needed.has(node)) continue;
        const gradient = throughHooks(node, incoming);
        arrive(node, gradient);
        passOn(node, gradient, gradients, needed);
        gradient.storage.gradients--;
        if (made.length > 0) disposeUnused(made);
        if (!retainGraph) node.free();
      }
    });
  } finally {
    Storage.witness(witness);
  }
}

/** Gives back the memory among `made` that nothing needs; what is kept or still needed stays in the list, or not. */
function disposeUnused(made: Storage[]): void {
  let left = 0;
  for (const storage of made) {
    if (storage.kept) continue;
    if (storage.gradients > 0) made[left++] = storage;
    else storage.dispose();
  }
  made.length = left;
}

function passOn(
  node: Node,
  gradient: Tensor,
  gradients: Map<Node, Tensor>,
  needed: ReadonlySet<Node> | undefined,
): void {
  const wanted = (edge: Node | undefined): edge is Node =>
    edge !== undefined && (needed === undefined || needed.has(edge));
  if (node.edges.length === 0 || !node.edges.some(wanted)) return;
  if (node.vjps === undefined) {
    throw new KullbackError(
      `backward: trying to backward through the graph a second time (at ${node.name}): its saved tensors were ` +
        "freed; pass retainGraph: true the first time",
    );
  }
  const changed = node.modified();
  if (changed !== undefined) {
    throw failure(
      node,
      `backward: one of the variables needed for gradient computation has been modified by an inplace operation: ` +
        `${changed.tensor.dtype} tensor of shape ${describeShape(changed.tensor.shape)}, saved by ${node.name}, is at ` +
        `version ${changed.version}; expected version ${changed.expected} instead`,
    );
  }
  for (let i = 0; i < node.edges.length; i++) {
    const edge = node.edges[i];
    if (!wanted(edge)) continue;
    const part = isAnomalyDetected() ? watchedVjp(node, i, gradient) : node.vjps[i](gradient);
    const sum = gradients.get(edge);
    const total = sum === undefined ? part : add(sum, part);
    total.storage.gradients++;
    if (sum !== undefined) sum.storage.gradients--;
    gradients.set(edge, total);
  }
}

/** The error of a node, with the place of the operation's call if it is known. */
function failure({ trace }: Node, message: string): KullbackError {
  if (trace === undefined) return new KullbackError(message);
  return new KullbackError(`${message}${describeCall(trace)}`, { cause: trace.call });
}

/** The gradient of a node's input `i`; it is an error if there is NaN in it. */
function watchedVjp(node: Node, i: number, gradient: Tensor): Tensor {
  let part: Tensor;
  try {
    part = node.vjps![i](gradient);
  } catch (error) {
    if (node.trace === undefined || !(error instanceof Error)) throw error;
    throw failure(node, `backward: ${node.name} failed: ${error.message}`);
  }
  if (!holdsNan(part)) return part;
  const what = `input ${i}, ${part.dtype} of shape ${describeShape(part.shape)}`;
  const origin = holdsNan(gradient) ? " from a gradient that held NaN already" : "";
  throw failure(node, `backward: ${node.name} gave NaN as the gradient of its ${what}${origin}`);
}

/** Throws if an output from which gradients are to start is NaN, and says which operation was the first to give NaN. */
function refuseNan(name: string, output: Tensor): void {
  if (!holdsNan(output)) return;
  const nodes = reachable([rootNode(name, output)], beginWalk());
  const first = nodes.findLast(({ trace }) => trace?.gaveNan);
  const message = `${name}: the output is NaN`;
  throw first === undefined
    ? new KullbackError(message)
    : failure(first, `${message}; the first NaN came out of the operation of ${first.name}`);
}

/** The gradient to start from: the one given, checked, or 1 for a tensor of one element. */
function rootGradient(name: string, output: Tensor, gradient: Tensor | undefined): Tensor {
  if (gradient === undefined) {
    if (output.numel !== 1) {
      throw new KullbackError(
        `${name}: grad can be implicitly created only for scalar outputs, got shape ${describeShape(output.shape)}`,
      );
    }
    return wrap(allocate(output.dtype, 1).fill(1), output.dtype, output.shape);
  }
  checkTensors(name, gradient);
  if (!sameShape(gradient.shape, output.shape)) {
    throw new KullbackError(
      `${name}: mismatch in shape: the output has shape ${describeShape(output.shape)}, its gradient has ` +
        `${describeShape(gradient.shape)}`,
    );
  }
  return to(gradient, output.dtype);
}

function rootNode(name: string, output: Tensor): Node {
  checkTensors(name, output);
  const node = output.edge();
  if (node === undefined) {
    throw new KullbackError(
      `${name}: a tensor of shape ${describeShape(output.shape)} does not require grad and does not have a gradFn`,
    );
  }
  return node;
}

function collectRoots(
  name: string,
  outputs: readonly Tensor[],
  gradients: readonly (Tensor | undefined)[],
): Map<Node, Tensor> {
  const roots = new Map<Node, Tensor>();
  outputs.forEach((output, i) => {
    const node = rootNode(name, output);
    if (isAnomalyDetected()) refuseNan(name, output);
    const gradient = rootGradient(name, output, gradients[i]);
    const sum = roots.get(node);
    roots.set(node, sum === undefined ? gradient : add(sum, gradient));
  });
  return roots;
}

/** Whether a gradient's memory was made after storage `latest` and is looked at by that gradient alone. */
function isOnlyHeldHere(gradient: Tensor, latest: number): boolean {
  const { id, kept, gradients } = gradient.storage;
  return gradient.isContiguous && !gradient.isView && id > latest && !kept && gradients === 1;
}

/**
 * Adds the gradient of `output` with respect to every leaf it was computed from to the leaf's `grad`.
 *
 * Reverse-mode differentiation: A. Griewank and A. Walther, Evaluating Derivatives (2008), ch. 3.
 *
 * @param gradient - Gradient of `output`, of its shape; may be left out if it has one element.
 */
export function backward(output: Tensor, gradient?: Tensor, options: BackwardOptions = {}): void {
  const latest = Storage.latestId();
  const { createGraph = false } = options;
  const accumulate = (target: Tensor, part: Tensor) => {
    if (createGraph) {
      const { grad } = target;
      target.grad = grad === null ? clone(part) : add(grad, part);
      return;
    }
    const before = target.peekGradient();
    if (before !== null && !target.hasOwnGradient) {
      add_(before, part);
      return;
    }
    const gradient = before !== null ? add(before, part) : isOnlyHeldHere(part, latest) ? part : clone(part);
    gradient.storage.kept = true;
    target.putGradient(gradient, true);
  };
  walk(
    collectRoots("backward", [output], [gradient]),
    options,
    () => undefined,
    (node, part) => {
      const receiver = node.leaf ?? node.retained;
      if (receiver !== undefined) accumulate(receiver, part);
    },
  );
}

/**
 * The gradients of `outputs` (summed) with respect to `inputs`, without touching any `grad`.
 *
 * @returns One tensor for each input; `null` for an unused one if `allowUnused`.
 */
export function grad(
  outputs: Tensor | readonly Tensor[],
  inputs: Tensor | readonly Tensor[],
  options: GradOptions & { allowUnused: true },
): (Tensor | null)[];
export function grad(
  outputs: Tensor | readonly Tensor[],
  inputs: Tensor | readonly Tensor[],
  options?: GradOptions,
): Tensor[];
export function grad(
  outputs: Tensor | readonly Tensor[],
  inputs: Tensor | readonly Tensor[],
  options: GradOptions = {},
): (Tensor | null)[] {
  const listed = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? value : [value as T]);
  const from = listed(outputs);
  const gradOutputs = options.gradOutputs === undefined ? [] : listed(options.gradOutputs);
  if (gradOutputs.length > 0 && gradOutputs.length !== from.length) {
    throw new KullbackError(`grad: got ${from.length} outputs and ${gradOutputs.length} gradOutputs`);
  }
  const targets = listed(inputs).map((input) => rootNode("grad", input));
  const wanted = new Set(targets);
  const arrived = new Map<Node, Tensor>();
  const latest = Storage.latestId();
  walk(
    collectRoots("grad", from, gradOutputs),
    options,
    (nodes) => leadingTo(wanted, nodes),
    (node, part) => {
      if (!wanted.has(node)) return;
      part.storage.gradients++;
      arrived.set(node, part);
    },
  );
  for (const { storage } of arrived.values()) {
    storage.gradients--;
    storage.handOver(latest);
  }
  return targets.map((node, i) => {
    const gradient = arrived.get(node);
    if (gradient === undefined && options.allowUnused !== true) {
      throw new KullbackError(
        `grad: input ${i} appears to not have been used in the graph; pass allowUnused: true if this is the desired behavior`,
      );
    }
    return gradient ?? null;
  });
}
