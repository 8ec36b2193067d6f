// A network that has learned 1400 handwritten digits teaches one a seventh of its size, which sees only 100 of
// them. What a teacher says about an image (a 3, perhaps an 8, surely no 1) tells more than the label does.
//
//   npx tsx examples/distill-digits.ts [--epochs 40] [--seed 0] [--out out/distill-digits] [--resume]
//
// Writes into the folder --out a checkpoint of each network after every epoch, and in the end the curves of the
// training. With --resume it goes on from there, to the same bits as if it had never stopped.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type CommandLine, run } from "./digits/commandLine.js";
import { drawCurves } from "./digits/curves.js";
import { defaults, distill, type Trained } from "./digits/distillation.js";
import { checkpointsIn } from "./digits/folder.js";
import { readDigits } from "./digits/images.js";

async function main({ epochs, seed, out, resume }: CommandLine): Promise<void> {
  const digits = await readDigits(fileURLToPath(new URL("data/", import.meta.url)));
  const checkpoints = await checkpointsIn(out, resume);
  console.log(
    `${digits.training.length} digits to learn from, ${digits.testing.length} to test on; ` +
      `the students see ${defaults.images}`,
  );

  const start = performance.now();
  const trained = await distill(digits, { ...defaults, epochs, seed }, checkpoints);
  const seconds = (performance.now() - start) / 1000;

  print("teacher", trained.teacher);
  print("student with teacher", trained.student);
  print("student alone", trained.alone);
  const picture = join(out, "curves.svg");
  await writeFile(picture, drawCurves(trained));

  const steps = Object.values(trained).reduce((sum, { losses }) => sum + losses.length, 0);
  if (!resume)
    console.error(`${steps} steps in ${seconds.toFixed(1)} s, ${Math.round(steps / seconds)} a second`);
  console.error(`the curves are in ${picture}`);
}

function print(name: string, { network, losses, scores }: Trained["teacher"]): void {
  const parameters = network.parameters().reduce((sum, { numel }) => sum + numel, 0);
  const columns = [
    name.padEnd(20),
    `${parameters} parameters`.padStart(16),
    `${losses.length} steps`.padStart(9),
    `last loss ${losses.at(-1)!.toFixed(4)}`,
    `${(100 * scores.at(-1)!).toFixed(1)} % right`,
  ];
  console.log(columns.join("   "));
}

await run({ ...defaults, out: "out/distill-digits" }, main);
