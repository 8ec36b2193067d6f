import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const page = read("docs/from-pytorch.md");

/** The code of the page's program in one language, put together from the rows of its table. */
function program(language: string): string {
  const [table] = page.match(/<table>.*<\/table>/s)!;
  const blocks = table.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\n\`\`\``, "gs"));
  return `${Array.from(blocks, ([, code]) => code).join("\n\n")}\n`;
}

// That porting.ts prints what examples/README.md shows is a test of examples.test.ts.
describe("the program of docs/from-pytorch.md", () => {
  it("is examples/porting.ts beside examples/porting.py", () => {
    expect(program("ts")).toBe(read("examples/porting.ts"));
    expect(program("python")).toBe(read("examples/porting.py"));
  });

  it.each(["docs/from-pytorch.md", "examples/README.md"])("prints in %s what PyTorch printed", (path) => {
    // Made by: python examples/porting.py > test/examples/porting.txt (torch 2.13, safetensors)
    expect(read(path)).toContain(`\`\`\`text\n${read("test/examples/porting.txt")}\`\`\``);
  });
});
