import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { kullback } from "./harness.js";

describe("kullback", () => {
  it("prints the version of the package", async () => {
    const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
    expect(await kullback(["--version"])).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
  });

  it.each([["--help"], ["compare", "--help"], ["inspect", "--help"]])(
    "prints help with examples: %s %s",
    async (...args) => {
      const { code, stdout, stderr } = await kullback(args.filter((arg) => arg !== undefined));
      expect([code, stderr]).toEqual([0, ""]);
      expect(stdout).toMatch(/^Usage: kullback/);
      expect(stdout).toMatch(/Examples:\n {2}\$ kullback /);
      expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    },
  );
});
