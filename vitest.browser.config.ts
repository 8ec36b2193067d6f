import { existsSync } from "node:fs";
import { playwright } from "@vitest/browser-playwright";
import { defineConfig, mergeConfig } from "vitest/config";
import base from "./vitest.config.js";

// The floors that run in browsers, tested in a real one: Debian's Chromium, or the one that CHROMIUM names.
const executablePath = [process.env.CHROMIUM ?? "", "/usr/bin/chromium"].find(existsSync);
const quiet = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"];
const args = [...quiet, "--disable-component-update", "--disable-sync"];

const browser = defineConfig({
  // Shared memory, and so threads, need a page that is isolated from other origins.
  server: {
    headers: {
      "Cross-Origin-Opener-Policy": "same-origin",
      "Cross-Origin-Embedder-Policy": "require-corp",
    },
  },
  test: {
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({ launchOptions: { executablePath, args } }),
      instances: [{ browser: "chromium" }],
    },
  },
});

const merged = mergeConfig(base, browser);
merged.test.projects = undefined;
merged.test.include = ["test/{functional,kernels,nn,optim,tensor}/**/*.test.ts", "test/report/*.chromium.ts"];
// These watch Node's garbage collector and processes, and load modules afresh.
merged.test.exclude = [
  "test/tensor/memory.test.ts",
  "test/functional/warnings.test.ts",
  "test/kernels/wasm/{memory,threads,module,training}.test.ts",
];

// These run in Node: they serve the built package, and drive Chromium themselves.
const driving = mergeConfig(base, {});
driving.test.projects = undefined;
driving.test.include = ["test/examples/*.chromium.ts"];

export default {
  ...merged,
  test: {
    projects: [
      { ...merged, test: { ...merged.test, name: "in Chromium" } },
      { ...driving, test: { ...driving.test, name: "driving Chromium" } },
    ],
  },
};
