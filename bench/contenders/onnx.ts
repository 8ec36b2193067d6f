// onnxruntime-node: a graph of operations on its native CPU provider; forward only. Threads: the first argument.
import type { Case } from "../lib/cases.js";
import { type OnnxNode, type OnnxValue, onnxModel } from "../lib/onnx-model.js";
import { peer, peerVersion } from "../lib/peer.js";
import { checked, readFloats } from "../lib/reference.js";
import { type Prepared, serve } from "../lib/serve.js";

interface Session {
  run(inputs: Record<string, unknown>): Promise<{ y: { data: Float32Array } }>;
  release(): Promise<void>;
}

/** What is used of `onnxruntime-node`. */
interface OnnxRuntime {
  Tensor: new (type: "float32", data: Float32Array, shape: readonly number[]) => unknown;
  InferenceSession: { create(model: Uint8Array, options: Record<string, number>): Promise<Session> };
}

const ort = await peer<OnnxRuntime>("onnxruntime-node");
const threads = Number(process.argv[2]);

const logSoftmaxOf = (input: string, output: string): OnnxNode => ({
  op: "LogSoftmax",
  inputs: [input],
  output,
  attributes: { axis: -1 },
});

/** The sum over all rows of Σ exp(log p)·(log p − log q). */
const divergence: OnnxNode[] = [
  logSoftmaxOf("a", "logP"),
  logSoftmaxOf("b", "logQ"),
  { op: "Exp", inputs: ["logP"], output: "p" },
  { op: "Sub", inputs: ["logP", "logQ"], output: "t" },
  { op: "Mul", inputs: ["p", "t"], output: "terms" },
  { op: "ReduceSum", inputs: ["terms"], output: "y", attributes: { keepdims: 0 } },
];

/** The graph of a task, and the shape of its result. */
function graphOf({ task, shape }: Case): { nodes: OnnxNode[]; result: readonly number[] } | undefined {
  switch (task) {
    case "forward":
      return { nodes: divergence, result: [] };
    case "softmax":
      return {
        nodes: [{ op: "Softmax", inputs: ["a"], output: "y", attributes: { axis: -1 } }],
        result: shape,
      };
    case "logSoftmax":
      return { nodes: [logSoftmaxOf("a", "y")], result: shape };
    case "matmul":
      return { nodes: [{ op: "MatMul", inputs: ["a", "b"], output: "y" }], result: [shape[0], shape[2]] };
    default:
      return undefined;
  }
}

async function prepare(wanted: Case): Promise<Prepared | undefined> {
  const graph = graphOf(wanted);
  if (graph === undefined) return undefined;
  const { task, shape, inputs } = wanted;
  const [rows, n, columns] = shape;
  const values: OnnxValue[] = [{ name: "a", shape: [rows, n] }];
  if (task === "forward") values.push({ name: "b", shape: [rows, n] });
  if (task === "matmul") values.push({ name: "b", shape: [n, columns] });
  const session = await ort.InferenceSession.create(
    onnxModel(graph.nodes, values, { name: "y", shape: graph.result }),
    { intraOpNumThreads: threads, interOpNumThreads: 1 },
  );
  const feeds = Object.fromEntries(
    values.map(({ name, shape }, i) => [
      name,
      new ort.Tensor("float32", readFloats(inputs[i], "float32"), shape),
    ]),
  );
  return {
    run: async () => void (await session.run(feeds)),
    async check() {
      const { data } = (await session.run(feeds)).y;
      return task === "forward" ? [data[0] / rows] : Array.from(data.subarray(0, checked));
    },
    release: () => void session.release(),
  };
}

await serve({ version: peerVersion("onnxruntime-node"), prepare });
