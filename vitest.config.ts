import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (path: string) => fileURLToPath(new URL(`./src/${path}`, import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: /^kullback$/, replacement: source("index.ts") },
      { find: /^kullback\/measure$/, replacement: source("measure/index.ts") },
      { find: /^kullback\/io$/, replacement: source("io/index.ts") },
    ],
  },
  test: {
    globalSetup: ["test/buildKernels.js"],
    setupFiles: ["test/setup.ts"],
    testTimeout: 60_000,
    maxWorkers: Math.min(4, availableParallelism()),
    projects: [
      { extends: true, test: { name: "wasm", include: ["test/**/*.test.ts"] } },
      {
        extends: true,
        test: {
          name: "reference",
          include: ["test/{functional,kernels,measure,nn,optim,tensor}/**/*.test.ts"],
          exclude: ["test/kernels/{backend.test.ts,wasm/**}"],
          setupFiles: ["test/setupReference.ts"],
        },
      },
    ],
  },
});
