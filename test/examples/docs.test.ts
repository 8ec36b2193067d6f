import { readFileSync } from "node:fs";
import { transformSync } from "esbuild";
import { describe, expect, it } from "vitest";
import * as kullback from "../../src/index.js";

/** The TypeScript blocks of a page that import from the main entry point. */
function blocksOf(path: string): string[] {
  const page = readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
  const blocks = Array.from(page.matchAll(/^```ts\n(.*?)^```/gms), ([, code]) => code);
  return blocks.filter((code) => code.includes('from "kullback"'));
}

/** Runs a block that imports from `kullback` alone. */
async function run(block: string): Promise<void> {
  const names: string[] = [];
  const body = block.replace(/^import \{([^}]*)\} from "kullback";$/gm, (_, list: string) => {
    names.push(
      ...list
        .split(",")
        .map((name) => name.trim())
        .filter((name) => !name.startsWith("type ")),
    );
    return "";
  });
  for (const name of names) expect(kullback, `kullback has ${name}`).toHaveProperty(name);
  const { code } = transformSync(`(async () => {${body}})()`, { loader: "ts" });
  const values = names.map((name) => Reflect.get(kullback, name));
  await new Function(...names, `return ${code}`)(...values);
}

describe.each([
  ["README.md", 1],
  ["docs/losses.md", 4],
] as const)("the code of %s", (path, count) => {
  const blocks = blocksOf(path);

  it.each(blocks.map((block, i) => [i + 1, block] as const))("runs: block %d", async (_, block) => {
    await run(block);
  });

  it("is all there", () => expect(blocks).toHaveLength(count));
});

describe("docs/losses.md", () => {
  const { F, nn, randn } = kullback;
  const page = readFileSync(new URL("../../docs/losses.md", import.meta.url), "utf8");

  it("quotes an error as it is", () => {
    const wrong = () => F.distillationLoss(randn([2, 3, 50]), randn([2, 3, 49]));
    expect(wrong).toThrow(page.match(/KullbackError: (.*)/)![1]);
  });

  it("names every measure, reduction and distillation loss", () => {
    const rows = page.split("\n").filter((line) => line.startsWith("| "));
    const named = (name: string) => rows.some((row) => row.includes(name));
    const measures = ["kl", "reverse-kl", "jeffreys", "js", "gjs", "skew-kl", "tv"];
    for (const measure of [...measures, "hellinger", "chi2", "renyi", "alpha", "js-distance"]) {
      expect(named(`"${measure}"`), measure).toBe(true);
    }
    for (const reduction of ["token-mean", "sequence-mean", "batchmean", "sum", "none"]) {
      expect(named(`\`"${reduction}"\``), reduction).toBe(true);
    }
    for (const name of [
      "DistillationLoss",
      "TopkDistillationLoss",
      "LinearDivergenceLoss",
      "SampledKlLoss",
    ]) {
      expect(named(`\`nn.${name}\``) && name in nn, name).toBe(true);
    }
  });

  it("tells the truth about batchmean and the token mean", () => {
    const [student, teacher] = [randn([2, 3, 5]), randn([2, 3, 5])];
    const loss = (reduction: "batchmean" | "token-mean") =>
      F.distillationLoss(student, teacher, { reduction }).item();
    expect(loss("batchmean") / loss("token-mean")).toBeCloseTo(3, 5);
  });
});
