/** The inputs of a comparison: opened, told apart by fingerprints, of one shape, settled in what they hold. */

export {
  type CompareInput,
  closeInputs,
  type Input,
  type Inputs,
  type MemoryArray,
  openInput,
  openInputs,
} from "./inputs.js";
export { type SettledFrom, settleFrom } from "./settleFrom.js";
export { type CommonShape, compareShapes } from "./shapes.js";
