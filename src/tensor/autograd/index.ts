export { type BackwardOptions, backward, type GradOptions, grad } from "./engine.js";
export { type Differentiable, type GradcheckOptions, gradcheck, gradgradcheck } from "./gradcheck.js";
export { once, record } from "./record.js";
