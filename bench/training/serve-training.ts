import type { Case } from "../lib/cases.js";
import { type Prepared, serve } from "../lib/serve.js";
import { checkedSteps, type ModelName, models } from "./models.js";

/** A function that trains a model for one step and returns what its loss was before. */
export type Step = () => number;

/** Answers the harness's requests to train; `trainer` is undefined for a model that the contender cannot train. */
export async function serveTraining(
  version: string,
  trainer: (model: ModelName, files: readonly string[]) => Step | undefined,
): Promise<void> {
  const prepare = ({ task, inputs }: Case): Prepared | undefined => {
    const name = task as ModelName;
    const step = name in models ? trainer(name, inputs) : undefined;
    if (step === undefined) return undefined;
    return { run: () => void step(), check: () => Array.from({ length: checkedSteps }, step) };
  };
  await serve({ version, prepare });
}
