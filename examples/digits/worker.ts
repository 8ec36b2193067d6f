// The distillation in a web worker: it is sent the digits and settings, and sends back how it went.
//
//   const worker = new Worker("worker.js", { type: "module" });
//   worker.onmessage = ({ data }) => console.log(data.student.scores.at(-1));
//   const [images, labels] = await Promise.all(urls.map(async (url) => (await fetch(url)).blob()));
//   worker.postMessage({ files: { images, labels }, settings: { epochs: 40 } });

import { defaults, distill, type Settings } from "./distillation.js";
import { type DigitFiles, readDigits } from "./images.js";

/** What a worker is sent. */
export interface Order {
  files: DigitFiles;
  settings: Partial<Settings>;
}

/** What it sends back: the loss of every step and the score after every epoch, or what went wrong. */
export type Outcome =
  | Record<"teacher" | "student" | "alone", { losses: number[]; scores: number[] }>
  | { error: string };

const scope = globalThis as unknown as {
  onmessage: (message: { data: Order }) => void;
  postMessage: (outcome: Outcome) => void;
};

scope.onmessage = async ({ data: { files, settings } }) => {
  try {
    const digits = await readDigits(files, settings.dtype);
    const { teacher, student, alone } = await distill(digits, { ...defaults, ...settings });
    const curve = ({ losses, scores }: typeof teacher) => ({ losses, scores });
    scope.postMessage({ teacher: curve(teacher), student: curve(student), alone: curve(alone) });
  } catch (error) {
    scope.postMessage({ error: String(error) });
  }
};
