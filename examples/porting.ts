import { tmpdir } from "node:os";
import { data, F, manualSeed, nn, noGrad, optim, randn, safetensors, type Tensor } from "kullback";

class Student extends nn.Module {
  hidden = new nn.Linear(16, 12);
  norm = new nn.LayerNorm(12);
  drop = new nn.Dropout(0.1);
  out = new nn.Linear(12, 5);

  forward(x: Tensor): Tensor {
    const h = F.gelu(this.norm.forward(this.hidden.forward(x)));
    return this.out.forward(this.drop.forward(h));
  }
}

manualSeed(0);
const teacher = new nn.Sequential(new nn.Linear(16, 64), new nn.Tanh(), new nn.Linear(64, 5));
for (const parameter of teacher.parameters()) {
  nn.init.normal_(parameter, 0, 0.5);
}
teacher.eval();

const x = randn([640, 16]);
const labels = noGrad(() => teacher.forward(x).argmax(-1));
const dataset = new data.TensorDataset(x, labels);
const [train, test] = data.randomSplit(dataset, [512, 128]);
const loader = new data.DataLoader(train, { batchSize: 32, shuffle: true });
const [[testX, testY]] = new data.DataLoader(test, { batchSize: 128 });

const student = new Student();
const optimizer = new optim.AdamW(student.parameters(), { lr: 0.02, weightDecay: 0.01 });
const scheduler = new optim.lrScheduler.OneCycleLR(optimizer, {
  maxLr: 0.02,
  totalSteps: 8 * loader.length,
});

function lossOf(x: Tensor, labels: Tensor, temperature = 2, alpha = 0.7): Tensor {
  const guide = noGrad(() => teacher.forward(x));
  const logits = student.forward(x);
  const soft = F.klDiv(F.logSoftmax(logits.div(temperature), -1), F.softmax(guide.div(temperature), -1), {
    reduction: "batchmean",
  });
  const hard = F.crossEntropy(logits, labels);
  return soft.mul(alpha * temperature ** 2).add(hard.mul(1 - alpha));
}

const path = `${tmpdir()}/student.safetensors`;
let best = Number.POSITIVE_INFINITY;
for (let epoch = 0; epoch < 8; epoch++) {
  student.train();
  let trainLoss = Number.NaN;
  for (const [inputs, targets] of loader) {
    optimizer.zeroGrad();
    const loss = lossOf(inputs, targets);
    loss.backward();
    nn.utils.clipGradNorm(student.parameters(), 1);
    optimizer.step();
    scheduler.step();
    trainLoss = loss.item();
  }

  student.eval();
  const testLoss = noGrad(() => lossOf(testX, testY).item());
  console.log(`epoch ${epoch}: ${trainLoss.toFixed(4)}, test ${testLoss.toFixed(4)}`);
  if (testLoss < best) {
    best = testLoss;
    await safetensors.saveFile(student.stateDict(), path);
  }
}

student.loadStateDict(await safetensors.loadFile(path));
const right = noGrad(() => student.forward(testX).argmax(-1).eq(testY));
console.log(`accuracy ${right.to("float32").mean().item().toFixed(4)}`);
