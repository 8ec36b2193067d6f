// The kernels that the floors above see: each is done by the backend in use.

export { allocate, allocateUnset } from "./allocate.js";
export { type Convolution, convolve, convolveInput, convolveWeight } from "./convolution.js";
export * from "./divergence.js";
export * as elementwise from "./elementwise.js";
export { matmul } from "./matmul.js";
export { adamStep, sgdStep } from "./optimize.js";
export { maxPool } from "./pool.js";
export * as reductions from "./reductions.js";
export * from "./softmax.js";
