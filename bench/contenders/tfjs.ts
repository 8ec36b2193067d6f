// TensorFlow.js on its WebAssembly backend (SIMD; its threads do not start in Node).
import type { Case } from "../lib/cases.js";
import { peer, peerVersion } from "../lib/peer.js";
import { checked, readFloats } from "../lib/reference.js";
import { type Prepared, serve } from "../lib/serve.js";

interface Tensor {
  dataSync(): Float32Array;
  dispose(): void;
}

type Loss = (a: Tensor, b: Tensor) => Tensor;

/** What is used of `@tensorflow/tfjs`. */
interface Tfjs {
  setBackend(name: string): Promise<boolean>;
  tidy<T>(compute: () => T): T;
  tensor2d(values: Float32Array, shape: [number, number]): Tensor;
  softmax(x: Tensor): Tensor;
  logSoftmax(x: Tensor): Tensor;
  log(x: Tensor): Tensor;
  sub(x: Tensor, y: Tensor): Tensor;
  mul(x: Tensor, y: Tensor): Tensor;
  sum(x: Tensor, axis: number): Tensor;
  mean(x: Tensor): Tensor;
  matMul(x: Tensor, y: Tensor): Tensor;
  valueAndGrads(loss: Loss): (inputs: [Tensor, Tensor]) => { value: Tensor; grads: Tensor[] };
  valueAndGrad(loss: (b: Tensor) => Tensor): (b: Tensor) => { value: Tensor; grad: Tensor };
}

console.warn = () => {}; // It greets, and asks to install its native backend.
const tf = await peer<Tfjs>("@tensorflow/tfjs");
await import("@tensorflow/tfjs-backend-wasm" as string);
await tf.setBackend("wasm");

const start = (x: Tensor) => Array.from(x.dataSync().subarray(0, checked));

function prepare({ task, shape, inputs }: Case): Prepared | undefined {
  if (task === "fromProbs") return undefined;
  const [rows, n, columns] = shape;
  const a = tf.tensor2d(readFloats(inputs[0], "float32"), [rows, n]);
  const b = tf.tensor2d(readFloats(inputs[1], "float32"), task === "matmul" ? [n, columns] : [rows, n]);
  const timed = (compute: () => number[]): Prepared => ({
    run: () => void tf.tidy(compute),
    check: () => tf.tidy(compute),
    release() {
      a.dispose();
      b.dispose();
    },
  });
  if (task === "softmax") return timed(() => start(tf.softmax(a)));
  if (task === "logSoftmax") return timed(() => start(tf.logSoftmax(a)));
  if (task === "matmul") return timed(() => start(tf.matMul(a, b)));

  const loss: Loss = (x, y) => {
    const p = tf.softmax(x);
    // By rows first: one float32 sum over everything would be off by more than a thousandth.
    return tf.mean(tf.sum(tf.mul(p, tf.sub(tf.log(p), tf.logSoftmax(y))), -1));
  };
  const ofBoth = tf.valueAndGrads(loss);
  const ofB = tf.valueAndGrad((y) => loss(a, y));
  return timed(() => {
    if (task === "forward") return [loss(a, b).dataSync()[0]];
    if (task === "backwardQ") {
      const { value, grad } = ofB(b);
      return [value.dataSync()[0], ...start(grad)];
    }
    const { value, grads } = ofBoth([a, b]);
    return [value.dataSync()[0], ...grads.flatMap(start)];
  });
}

await serve({ version: peerVersion("@tensorflow/tfjs-backend-wasm"), prepare });
