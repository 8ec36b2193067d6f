/**
 * PyTorch's `torch.nn.init` under camelCase names. Every function changes its tensor in place, unrecorded, and
 * returns it; random ones draw the numbers that PyTorch draws from the same seed.
 *
 * @module
 */
export {
  calculateGain,
  type FanMode,
  type KaimingOptions,
  kaimingNormal_,
  kaimingUniform_,
  type Nonlinearity,
  type XavierOptions,
  xavierNormal_,
  xavierUniform_,
} from "./fan.js";
export { constant_, eye_, type InitOptions, normal_, ones_, uniform_, zeros_ } from "./fill.js";
export { type OrthogonalOptions, orthogonal_ } from "./orthogonal.js";
export { type TruncNormalOptions, truncNormal_ } from "./truncNormal.js";
