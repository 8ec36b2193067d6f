// A divergence as a part of the loss: a network whose outputs should be distributed like the targets
// (KL) and also be near them (squared error). The losses are PyTorch's, number by number.

import { F, manualSeed, nn, optim, randn, type Tensor } from "kullback";

type Options = { dtype: "float32" | "float64" };

/** A network of our own: modules in fields are all it takes for `parameters()` to find them. */
class Net extends nn.Module {
  hidden: nn.Linear;
  relu = new nn.ReLU();
  out: nn.Linear;

  constructor(options: Options) {
    super();
    this.hidden = new nn.Linear(6, 8, options);
    this.out = new nn.Linear(8, 3, options);
  }

  forward(x: Tensor): Tensor {
    return this.out.forward(this.relu.forward(this.hidden.forward(x)));
  }
}

/** total = KL(softmax(output) ‖ softmax(target)) + 0.1 · squared error. */
class GuidedLoss extends nn.Module {
  kl = new nn.KLDivLoss({ reduction: "batchmean" });

  forward(output: Tensor, target: Tensor): Tensor {
    const kl = this.kl.forward(F.softmax(target, -1).log(), F.softmax(output, -1));
    const other = F.mseLoss(output, target);
    return kl.add(other.mul(0.1));
  }
}

/** The losses of 5 epochs of 3 batches. */
export function train(Optimizer: typeof optim.Adam | typeof optim.NAdam, options: Options): number[] {
  manualSeed(1);
  const X = randn([96, 6], options);
  const T = randn([96, 3], options);
  const model = new Net(options);
  const lossOf = new GuidedLoss();
  const optimizer = new Optimizer(model.parameters(), { lr: 0.01 });

  const losses: number[] = [];
  for (let epoch = 0; epoch < 5; epoch++) {
    for (let start = 0; start < 96; start += 32) {
      const x = X.narrow(0, start, 32);
      const t = T.narrow(0, start, 32);
      optimizer.zeroGrad();
      const total = lossOf.forward(model.forward(x), t);
      total.backward();
      optimizer.step();
      losses.push(total.item());
    }
  }
  return losses;
}

console.log(new Net({ dtype: "float32" }));

const losses = train(optim.Adam, { dtype: "float32" });
losses.forEach((loss, step) => {
  console.log(`Adam  step ${String(step + 1).padStart(2)}  total ${loss.toFixed(4)}`);
});

const inDouble = train(optim.NAdam, { dtype: "float64" });
console.log(`NAdam in float64, from ${inDouble[0].toFixed(10)} to ${inDouble[14].toFixed(10)}`);
