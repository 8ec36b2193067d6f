// A small transformer learns to continue Shakespeare, character by character; then a much smaller one learns from
// it: not which character came next, but how likely the large one thinks each to be.
// Run: npx tsx examples/distill-transformer.ts

import { argv } from "node:process";
import { pathToFileURL } from "node:url";
import { manualSeed } from "kullback";
import { CharacterTransformer } from "./transformer/model.js";
import { pieces, readCoriolanus } from "./transformer/text.js";
import { type LossOf, ofTeacher, ofText, perplexity, sample, train } from "./transformer/training.js";

/** Trains the teacher for so many steps, and two students, one with and one without it. */
export function distill(steps: number): void {
  const text = readCoriolanus();
  const context = 32;
  const characters = text.alphabet.length;
  const cut = Math.floor(0.9 * text.codes.length);
  const trainingSet = pieces(text.codes.subarray(0, cut), context, 16);
  const testSet = pieces(text.codes.subarray(cut), context, context);
  console.log(`${text.codes.length} characters, ${characters} different; the last tenth is for testing`);

  const learn = (name: string, model: CharacterTransformer, lossOf: LossOf, lr: number) => {
    const losses = train(model, trainingSet, lossOf, { steps, batchSize: 16, lr, label: name });
    const parameters = model.parameters().reduce((sum, { numel }) => sum + numel, 0);
    console.log(
      `${name.padEnd(14)} ${String(parameters).padStart(6)} parameters   loss ${losses[0].toFixed(3)} → ` +
        `${losses[steps - 1].toFixed(3)}   perplexity ${perplexity(model, testSet).toFixed(2)}`,
    );
    return model;
  };

  manualSeed(0);
  const large = new CharacterTransformer({ characters, context, width: 64, heads: 4, blocks: 2 });
  const teacher = learn("teacher", large, ofText, 1e-2);

  // Both students start with the same weights and see the same pieces in the same order.
  const newStudent = () => {
    manualSeed(1);
    return new CharacterTransformer({ characters, context, width: 16, heads: 2, blocks: 1 });
  };
  learn("student alone", newStudent(), ofText, 2e-2);
  const student = learn("student taught", newStudent(), ofTeacher(teacher), 2e-2);

  const start = "CORIOLANUS:\n";
  for (const [name, model] of Object.entries({ teacher, student })) {
    manualSeed(2);
    console.log(`\nThe ${name} goes on:\n${start}${text.decode(sample(model, text.encode(start), 200))}`);
  }
}

if (import.meta.url === pathToFileURL(argv[1]).href) distill(400);
