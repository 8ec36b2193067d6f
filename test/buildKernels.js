import { buildWasm } from "../scripts/buildWasm.js";

/** Brings the WebAssembly binary up to date with its sources before any test runs. */
export const setup = buildWasm;
