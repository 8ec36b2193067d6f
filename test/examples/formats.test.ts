import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as io from "../../src/io/index.js";
import { example, kullback, temporaryFolder } from "../cli/harness.js";

const page = readFileSync(new URL("../../docs/formats.md", import.meta.url), "utf8");

/** The commands of the page's sessions with what they print. */
const steps = Array.from(page.matchAll(/^```console\n(.*?)^```/gms), ([, session]) =>
  session
    .split(/^\$ /m)
    .slice(1)
    .map((step) => {
      const [command, ...output] = step.split("\n");
      return [command, output.join("\n")] as const;
    }),
).flat();

describe("docs/formats.md", () => {
  const folder = temporaryFolder();
  const home = process.cwd();
  beforeAll(() => {
    for (const name of ["digits_teacher.npy", "lm_base.npy"])
      copyFileSync(example(name), join(folder.path, name));
    process.chdir(folder.path);
  });
  afterAll(() => {
    process.chdir(home);
    folder.remove();
  });

  it.each(steps)("$ %s prints what the page shows", async (command, output) => {
    const [program, ...args] = command.split(" ");
    if (program === "cat") {
      folder.write(args[0], output);
      return;
    }
    expect(program).toBe("kullback");
    const { stdout, stderr } = await kullback(args);
    expect(stdout + stderr).toBe(output);
  });

  it("has a program that reads what the sessions wrote", async () => {
    const [, names, program] = page.match(/^```ts\nimport \{([^}]*)\} from "kullback\/io";\n(.*?)^```/ms)!;
    const imports = names.split(",").map((name) => name.trim());
    for (const name of imports) expect(io).toHaveProperty(name);
    const code = `(async () => {${program}; return [file.shape, file.reader.rows]})()`;
    const values = imports.map((name) => Reflect.get(io, name));
    expect(await new Function(...imports, `return ${code}`)(...values)).toEqual([[1797, 10], 1797]);
  });

  it("has not lost its sessions", () => expect(steps.length).toBeGreaterThan(9));
});
