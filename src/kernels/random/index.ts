export { fillBernoulli } from "./bernoulli.js";
export { defaultGenerator, Generator } from "./generator.js";
export { fillNormal } from "./normal.js";
export { randomPermutation } from "./permutation.js";
export { fillRandint } from "./randint.js";
export { fillUniform } from "./uniform.js";
