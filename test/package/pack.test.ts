import { execFileSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "./root.js";

const program = `
import { data, divergence, F, KullbackError, nn, optim, tensor, type Tensor } from "kullback";
import { compare } from "kullback/measure";
import { openArray, writeNpy } from "kullback/io";

const p: Tensor = tensor([[0, 1, 2]], { requiresGrad: true });
const value: number = divergence(p, tensor([[0.5, 1, 1]])).item();
const layer = new nn.Linear(3, 2);
const [part] = data.randomSplit(new data.TensorDataset(p), [1]);
if (part !== undefined) for (const [x] of new data.DataLoader(part)) x.sum();
const step = new optim.Adam(layer.parameters(), { lr: 1e-3 });
step.zeroGrad();
const values: Tensor = p.max(1).values.add(1).softmax(-1);
const all: Tensor = p.max();
if (!(value > 0) || values.shape.length !== 1 || all.item() !== 2) throw new KullbackError("wrong");
if (typeof compare !== "function" || F.klDiv.length < 2) throw new Error("wrong");
const bytes: Uint8Array = writeNpy(new Float32Array(2), [2]);
const array = await openArray(bytes);
console.log(array.shape.join());
// @ts-expect-error a misspelt reduction is a type error
F.klDiv(p, p, { reduction: "avg" });
`;

const { dependencies: direct, exports: exported } = JSON.parse(
  readFileSync(join(root, "package.json"), "utf8"),
) as Record<"dependencies" | "exports", Record<string, unknown>>;
/** The dependencies with theirs. */
const dependencies = [...Object.keys(direct), "fzstd", "hysnappy"];

describe("the package as npm packs it", () => {
  let project = "";
  let files: string[] = [];

  beforeAll(() => {
    project = realpathSync(mkdtempSync(join(tmpdir(), "kullback-")));
    const listing = execFileSync(
      "npm",
      ["pack", "--json", "--ignore-scripts", "--pack-destination", project],
      {
        cwd: root,
        encoding: "utf8",
      },
    );
    const [packed] = JSON.parse(listing) as { filename: string; files: { path: string }[] }[];
    files = packed.files.map((file) => file.path);
    execFileSync("tar", ["-xzf", packed.filename], { cwd: project });
    mkdirSync(join(project, "node_modules/@types"), { recursive: true });
    cpSync(join(project, "package"), join(project, "node_modules/kullback"), { recursive: true });
    for (const dependency of [...dependencies, "typescript", "@types/node", "undici-types"]) {
      symlinkSync(join(root, "node_modules", dependency), join(project, "node_modules", dependency));
    }
    writeFileSync(join(project, "package.json"), JSON.stringify({ type: "module" }));
    writeFileSync(join(project, "index.ts"), program);
  });

  afterAll(() => rmSync(project, { recursive: true, force: true }));

  it("holds the build, the licence and the README, and nothing else", () => {
    expect(files).toContain("dist/cli/main.js");
    expect(files).toContain("dist/index.d.ts");
    const allowed =
      /^(package\.json|README\.md|LICENSE|dist\/.+\.(js|d\.ts)|dist\/THIRD_PARTY_NOTICES\.txt|schema\/.+\.json)$/;
    expect(files.filter((file) => !allowed.test(file))).toEqual([]);
  });

  it.each(["nodenext", "bundler"])(
    "type-checks in a scratch project with moduleResolution %s",
    (resolution) => {
      const module = resolution === "bundler" ? "esnext" : "nodenext";
      const config = {
        strict: true,
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
        module,
        moduleResolution: resolution,
        target: "es2022",
        noEmit: true,
        types: ["node"],
      };
      writeFileSync(
        join(project, "tsconfig.json"),
        JSON.stringify({ compilerOptions: config, files: ["index.ts"] }),
      );
      const tsc = join(project, "node_modules/typescript/bin/tsc");
      expect(execFileSync(process.execPath, [tsc, "-p", "."], { cwd: project, encoding: "utf8" })).toBe("");
    },
    180_000,
  );

  it("runs in a scratch project", () => {
    const tsc = join(project, "node_modules/typescript/bin/tsc");
    const options = ["--module", "nodenext", "--target", "es2022", "--skipLibCheck", "index.ts"];
    execFileSync(process.execPath, [tsc, ...options, "--ignoreConfig"], { cwd: project });
    expect(() => execFileSync(process.execPath, ["index.js"], { cwd: project, stdio: "pipe" })).toThrow(
      /avg is not a valid value for reduction/,
    );
  });

  it.each(["compare-2", "explain-1"])("has the schema %s, for import and for require", (name) => {
    const path = `kullback/schema/${name}.json`;
    const code = `
      import { createRequire } from "node:module";
      import imported from "${path}" with { type: "json" };
      const required = createRequire(import.meta.url)("${path}");
      console.log(JSON.stringify([imported, required]));`;
    writeFileSync(join(project, "schema.js"), code);
    const printed = execFileSync(process.execPath, ["--no-warnings", "schema.js"], {
      cwd: project,
      encoding: "utf8",
    });
    const schema = JSON.parse(readFileSync(join(root, `schema/${name}.json`), "utf8"));
    expect(schema.properties.schema.const).toBe(`kullback.${name.replace("-", "/")}`);
    expect(JSON.parse(printed)).toEqual([schema, schema]);
  });

  it("exports every schema that it holds", () => {
    const schemas = files.filter((file) => file.startsWith("schema/")).map((file) => `./${file}`);
    expect(schemas.length).toBeGreaterThan(1);
    expect(Object.keys(exported)).toEqual(expect.arrayContaining(schemas));
  });

  it("has a command that runs", () => {
    const main = join(project, "node_modules/kullback/dist/cli/main.js");
    expect(execFileSync(process.execPath, [main, "--version"], { encoding: "utf8" })).toMatch(
      /^\d+\.\d+\.\d+\n$/,
    );
  });
});
