// A variational autoencoder learns what handwritten digits look like, and draws some of its own.
//
//   npx tsx examples/vae-digits.ts [--epochs 60] [--seed 0] [--out out/vae-digits] [--resume]
//
// Writes into the folder --out a checkpoint after every epoch, and in the end a picture: in the first row digits
// it has not learned from, in the second what it makes of them, and then what it makes of random numbers.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { encode } from "fast-png";
import { noGrad, randn } from "kullback";
import { defaults, gaussianKl, learn } from "./digits/autoencoder.js";
import { type CommandLine, run } from "./digits/commandLine.js";
import { checkpointsIn } from "./digits/folder.js";
import { readDigits } from "./digits/images.js";
import { sheet } from "./digits/sheet.js";

async function main({ epochs, seed, out, resume }: CommandLine): Promise<void> {
  const digits = await readDigits(fileURLToPath(new URL("data/", import.meta.url)));
  const checkpoints = await checkpointsIn(out, resume);
  const start = performance.now();
  const { network, losses, scores } = await learn(digits, { ...defaults, epochs, seed }, checkpoints);
  const seconds = (performance.now() - start) / 1000;

  const unseen = digits.testing.tensors[0];
  const { mean, logVariance } = noGrad(() => network.encode(unseen));
  const divergences = gaussianKl(mean, logVariance);
  console.log(`${losses.length} steps, in nats for each digit:`);
  console.log(`learned from   ${losses[0].toFixed(2)} at first, ${losses.at(-1)!.toFixed(2)} at last`);
  console.log(`unseen         ${scores.at(-1)!.toFixed(2)}`);
  console.log(`of which KL    ${divergences.sum(-1).mean().item().toFixed(2)}`);
  console.log("KL by number  ", [...divergences.mean(0).data].map((x) => x.toFixed(2)).join(" "));

  const columns = 16;
  const rows = [unseen.narrow(0, 0, columns), network.decode(mean.narrow(0, 0, columns))];
  for (let row = 0; row < 6; row++) rows.push(network.decode(randn([columns, network.latent])));
  const picture = join(out, "samples.png");
  await writeFile(picture, encode({ ...sheet(rows), channels: 1 }));

  if (!resume) {
    console.error(`${seconds.toFixed(1)} s, ${Math.round(losses.length / seconds)} steps a second`);
  }
  console.error(`the picture is in ${picture}`);
}

await run({ ...defaults, out: "out/vae-digits" }, main);
