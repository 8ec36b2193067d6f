/**
 * What training loops do to parameters, as `torch.nn.utils`.
 *
 * @module
 */
export { type ClipGradNormOptions, clipGradNorm, clipGradValue } from "./clipGrad.js";
