// jax-js on its WebAssembly backend, compiled by its `jit` (one thread: Node has no Web Workers).
import type { Case, Task } from "../lib/cases.js";
import { peer, peerVersion } from "../lib/peer.js";
import { checked, readFloats } from "../lib/reference.js";
import { type Prepared, serve } from "../lib/serve.js";

/** An array counts its references: each use of it as an argument takes one, `ref` adds one. */
interface Ref {
  readonly ref: Ref;
  sub(y: Ref): Ref;
  mul(y: Ref): Ref;
  sum(axis: number): Ref;
  mean(): Ref;
  reshape(shape: readonly number[]): Ref;
  data(): Promise<Float32Array>;
  dispose(): void;
}

type Loss = (b: Ref, a: Ref) => Ref;

/** What is used of `@jax-js/jax`. */
interface Jax {
  init(...devices: string[]): Promise<string[]>;
  defaultDevice(device: string): string;
  jit<Args extends Ref[], Result>(compute: (...args: Args) => Result): (...args: Args) => Result;
  valueAndGrad(loss: Loss): (b: Ref, a: Ref) => [Ref, Ref];
  valueAndGrad(loss: Loss, options: { argnums: number[] }): (b: Ref, a: Ref) => [Ref, Ref[]];
  blockUntilReady(arrays: Ref[]): Promise<Ref[]>;
  numpy: { array(values: Float32Array): Ref; exp(x: Ref): Ref; matmul(x: Ref, y: Ref): Ref };
  nn: { softmax(x: Ref, axis: number): Ref; logSoftmax(x: Ref, axis: number): Ref };
}

// It asks the browser's `navigator` how many cores there are; Node 20 has none.
if (!("navigator" in globalThis)) {
  Object.assign(globalThis, { navigator: { hardwareConcurrency: 1, userAgent: "" } });
}
const jax = await peer<Jax>("@jax-js/jax");
await jax.init("wasm");
jax.defaultDevice("wasm");
const { numpy: np, nn } = jax;

/** What a computation gives: a number where there is one, and arrays. */
interface Computed {
  value?: Ref;
  arrays: Ref[];
}

function compile(task: Task): (a: Ref, b: Ref) => Computed {
  if (task === "softmax" || task === "logSoftmax") {
    const compiled = jax.jit((x: Ref) => nn[task](x, -1));
    return (a) => ({ arrays: [compiled(a)] });
  }
  if (task === "matmul") {
    const compiled = jax.jit((x: Ref, y: Ref) => np.matmul(x, y));
    return (a, b) => ({ arrays: [compiled(a, b)] });
  }
  const loss: Loss = (y, x) => {
    const logQ = nn.logSoftmax(y, -1);
    const logP = nn.logSoftmax(x, -1);
    // By rows first: one float32 sum over everything would be off by more than a thousandth.
    return np.exp(logP.ref).mul(logP.sub(logQ)).sum(-1).mean();
  };
  if (task === "forward") {
    const compiled = jax.jit(loss);
    return (a, b) => ({ value: compiled(b, a), arrays: [] });
  }
  if (task === "backwardQ") {
    const compiled = jax.jit(jax.valueAndGrad(loss));
    return (a, b) => {
      const [value, gradB] = compiled(b, a);
      return { value, arrays: [gradB] };
    };
  }
  const compiled = jax.jit(jax.valueAndGrad(loss, { argnums: [0, 1] }));
  return (a, b) => {
    const [value, [gradB, gradA]] = compiled(b, a);
    return { value, arrays: [gradA, gradB] };
  };
}

function prepare({ task, shape, inputs }: Case): Prepared | undefined {
  if (task === "fromProbs") return undefined;
  const [rows, n, columns] = shape;
  const load = (file: string, dims: number[]) => np.array(readFloats(file, "float32")).reshape(dims);
  const a = load(inputs[0], [rows, n]);
  const b = load(inputs[1], task === "matmul" ? [n, columns] : [rows, n]);
  const compute = compile(task);
  const computeReady = async () => {
    const { value, arrays } = compute(a.ref, b.ref);
    await jax.blockUntilReady(arrays);
    return { numbers: value === undefined ? [] : [(await value.data())[0]], arrays };
  };
  return {
    async run() {
      for (const x of (await computeReady()).arrays) x.dispose();
    },
    async check() {
      const { numbers, arrays } = await computeReady();
      for (const x of arrays) numbers.push(...(await x.data()).subarray(0, checked));
      return numbers;
    },
    release() {
      a.dispose();
      b.dispose();
    },
  };
}

await serve({ version: peerVersion("@jax-js/jax"), prepare });
