/** What values look like, and so what they are: logits, probabilities or log-probabilities. */

export { type Glance, glanceAt, glanceAtRows } from "./glance.js";
export { guessFrom, sumTolerance } from "./guessFrom.js";
export { lookAt } from "./look.js";
