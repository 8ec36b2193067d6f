import { setBackend } from "../src/kernels/index.js";

// The same tests on the plain TypeScript kernels.
setBackend("reference");
