// Kullback's public API. The argument: "divergence", "rows" (a call for each row) or "klDiv" (PyTorch's way).
import type { Case } from "../lib/cases.js";
import { kullback, kullbackVersion } from "../lib/kullback.js";
import { checked, readFloats } from "../lib/reference.js";
import { type Prepared, serve } from "../lib/serve.js";

const { divergence, F, matmul, noGrad, tensor } = kullback;
type Tensor = ReturnType<typeof tensor>;
type Values = Parameters<typeof tensor>[0];

const start = (x: Tensor) => Array.from(x.data.subarray(0, checked));

function viaKlDiv(p: Tensor, q: Tensor): Tensor {
  return F.klDiv(F.logSoftmax(q, -1), F.softmax(p, -1), { reduction: "batchmean" });
}

/** The loss and, for inputs that require it, their gradients. */
function withGradients(loss: (p: Tensor, q: Tensor) => Tensor, p: Tensor, q: Tensor): Prepared {
  const wanted = [p, q].filter((x) => x.requiresGrad);
  const run = () => {
    const value = loss(p, q);
    for (const x of wanted) x.grad = null;
    if (wanted.length > 0) value.backward();
    return value.item();
  };
  return { run: () => void run(), check: () => [run(), ...wanted.flatMap((x) => start(x.grad!))] };
}

function result(compute: () => Tensor): Prepared {
  return { run: () => void noGrad(compute), check: () => start(noGrad(compute)) };
}

/** One call a row. */
function byRows({ shape: [rows, classes], inputs }: Case): Prepared {
  const split = (file: string) => {
    const values = readFloats(file, "float64");
    return Array.from({ length: rows }, (_, row) =>
      tensor(values.subarray(row * classes, (row + 1) * classes)),
    );
  };
  const [p, q] = inputs.map(split);
  const run = () =>
    p.reduce((sum, x, row) => sum + divergence(x, q[row], { from: "probs" }).item(), 0) / rows;
  return { run: () => void run(), check: () => [run()] };
}

function prepare(wanted: Case, way: string): Prepared | undefined {
  const { task, shape, inputs } = wanted;
  if (task === "fromProbs" && way === "rows") return byRows(wanted);
  const dtype = task === "fromProbs" ? "float64" : "float32";
  const load = (file: string, dims: readonly number[]) => {
    const values: Values = dtype === "float64" ? readFloats(file, dtype) : readFloats(file, dtype);
    return tensor(values).reshape([...dims]);
  };
  const loss = way === "klDiv" ? viaKlDiv : divergence;
  const [rows, classes, columns] = shape;
  const a = load(inputs[0], [rows, classes]);
  if (task === "softmax") return result(() => F.softmax(a, -1));
  if (task === "logSoftmax") return result(() => F.logSoftmax(a, -1));
  const b = load(inputs[1], task === "matmul" ? [classes, columns] : [rows, classes]);
  if (task === "matmul") return result(() => matmul(a, b));
  if (task === "fromProbs") return withGradients((p, q) => divergence(p, q, { from: "probs" }), a, b);
  a.requiresGrad = task === "backwardBoth";
  b.requiresGrad = task !== "forward";
  return withGradients(loss, a, b);
}

const way = process.argv[2] ?? "divergence";
await serve({ version: kullbackVersion(), prepare: (wanted) => prepare(wanted, way) });
