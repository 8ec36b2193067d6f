// The distillation of the digits in Chromium, in a worker, by the package as it was built. Runs in Node, which serves
// the files and steers the browser.

import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { defaults, distill, type Settings } from "../../examples/digits/distillation.js";
import { digitFiles } from "../../examples/digits/folder.js";
import { readDigits } from "../../examples/digits/images.js";
import type { Outcome } from "../../examples/digits/worker.js";
import { serve } from "./serve.js";

const executablePath = [process.env.CHROMIUM ?? "", "/usr/bin/chromium"].find(existsSync);
const quiet = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"];
const args = [...quiet, "--disable-component-update", "--disable-sync"];

let browser: Browser;
beforeAll(async () => {
  browser = await chromium.launch({ executablePath, args });
});
afterAll(() => browser.close());

/** What a page's worker answers, and what the page complained about. */
async function inWorker(isolated: boolean, settings: Partial<Settings>) {
  const { server, origin } = await serve(isolated);
  try {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(String(error)));
    await page.goto(origin);
    // As text, since the project's files must not have the DOM's types.
    const outcome = (await page.evaluate(`new Promise(async (resolve, reject) => {
      const blob = async (name) => (await fetch("/examples/data/digits_" + name + ".npy")).blob();
      const files = { images: await blob("images"), labels: await blob("labels") };
      const worker = new Worker("/examples/digits/worker.js", { type: "module" });
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(message ?? "the worker did not start"));
      worker.postMessage({ files, settings: ${JSON.stringify(settings)} });
    })`)) as Outcome;
    const shared = await page.evaluate("crossOriginIsolated");
    await page.close();
    return { outcome, shared, complaints };
  } finally {
    server.close();
  }
}

describe("the distillation of the digits in a worker in Chromium", () => {
  it.each([
    ["float32", "with threads", true],
    ["float32", "without", false],
    ["float64", "with threads", true],
  ] as const)(
    "in %s, %s, has the losses that it has in Node, to the last bit",
    async (dtype, _, isolated) => {
      const settings = { ...defaults, dtype, epochs: 10 };
      const { outcome, shared, complaints } = await inWorker(isolated, settings);
      expect(complaints).toEqual([]);
      expect(shared).toBe(isolated);

      const { teacher, student, alone } = await distill(await readDigits(digitFiles, dtype), settings);
      const curve = ({ losses, scores }: typeof teacher) => ({ losses, scores });
      expect(outcome).toEqual({ teacher: curve(teacher), student: curve(student), alone: curve(alone) });
    },
  );

  it("says what went wrong", async () => {
    const { outcome } = await inWorker(false, { epochs: 1, temperature: 0 });
    expect(outcome).toEqual({
      error: "KullbackError: distillationLoss: wanted a finite temperature > 0, got 0",
    });
  });
});
