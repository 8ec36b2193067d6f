// What one operation on the tape costs, in nanoseconds, by a chain of additions of four numbers. Prints JSON.
// Run: npx tsx bench/training/tape.ts
import { kullback } from "../lib/kullback.js";

const { noGrad, ones } = kullback;
type Tensor = ReturnType<typeof ones>;

/** What a chain of operations costs, in nanoseconds an operation. */
export interface TapeCost {
  /** Without a record. */
  plain: number;
  /** Recorded. */
  recorded: number;
  /** Recorded and walked back through. */
  both: number;
}

const operations = 500;
const [start, step, gradient] = [ones([4], { requiresGrad: true }), ones([4]), ones([4])];

function chain(): Tensor {
  let x: Tensor = start;
  for (let i = 0; i < operations; i++) x = x.add(step);
  return x;
}

/** The best of many runs. */
function nanoseconds(run: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (const end = performance.now() + 500; performance.now() < end; ) {
    const begin = process.hrtime.bigint();
    run();
    best = Math.min(best, Number(process.hrtime.bigint() - begin));
  }
  return best / operations;
}

const cost: TapeCost = {
  plain: nanoseconds(() => void noGrad(chain)),
  recorded: nanoseconds(() => void chain()),
  both: nanoseconds(() => {
    chain().backward(gradient);
    start.grad = null;
  }),
};
console.log(JSON.stringify(cost));
