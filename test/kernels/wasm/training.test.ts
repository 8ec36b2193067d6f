import { expect, it } from "vitest";
import { divergence, F } from "../../../src/functional/index.js";
import { memoryStatistics } from "../../../src/kernels/wasm/memory.js";
import { Linear, ReLU, Sequential } from "../../../src/nn/index.js";
import { Adam } from "../../../src/optim/index.js";
import { randint, randn } from "../../../src/tensor/index.js";

it("divergences give back the memory of gradients that came along with their values", () => {
  const [p, q] = [randn([256, 1000]), randn([256, 1000], { requiresGrad: true })];
  const before = memoryStatistics().arrayBytes;
  for (let i = 0; i < 50; i++) divergence(p, q).backward();
  expect(memoryStatistics().arrayBytes - before).toBeLessThan(4 * 2 ** 20); // each gradient takes 1 MB
});

it("training makes do with the memory of a few steps, in a loop that never returns to the event loop", () => {
  const model = new Sequential(new Linear(64, 64), new ReLU(), new Linear(64, 64));
  const optimizer = new Adam(model.parameters());
  const [x, y] = [randn([512, 64]), randint(0, 64, [512])];
  // A step leaves about 800 kB behind: all of them would fill the memory up to its cap, 512 MiB.
  for (let i = 0; i < 1000; i++) {
    optimizer.zeroGrad();
    F.crossEntropy(model.forward(x), y).backward();
    optimizer.step();
  }
  const { arrayBytes, memoryBytes } = memoryStatistics();
  expect(arrayBytes).toBeLessThan(256 * 2 ** 20);
  expect(memoryBytes).toBeLessThan(288 * 2 ** 20);
});
