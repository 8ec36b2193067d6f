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
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/buildKernels.js"],
    setupFiles: ["test/setup.ts"],
    testTimeout: 60_000,
  },
});
