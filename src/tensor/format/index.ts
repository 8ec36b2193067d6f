export { formatTensor, type Printable } from "./format.js";
export { type PrintOptions, type PrintProfile, setPrintOptions } from "./options.js";
