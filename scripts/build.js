// Builds dist/ from src/: the WebAssembly binary, one declaration file for each source file, and the modules
// bundled in a few chunks, because Node reads one file of 100 kB much faster than a hundred of 1 kB.
import { execFileSync } from "node:child_process";
import { chmodSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { buildWasm } from "./buildWasm.js";
import { notices } from "./notices.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
const { dependencies } = JSON.parse(readFileSync(`${root}/package.json`, "utf8"));

await buildWasm();
rmSync(`${root}/dist`, { recursive: true, force: true });
execFileSync(process.execPath, [tsc, "-p", "tsconfig.build.json"], { cwd: root, stdio: "inherit" });
// What package.json lists as a dependency stays one. Development dependencies that the sources import are
// large libraries of which little is used: that part goes into a chunk, with its licence.
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: ["src/index.ts", "src/measure/index.ts", "src/io/index.ts", "src/cli/main.ts"],
  outbase: "src",
  outdir: "dist",
  chunkNames: "chunks/[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "neutral",
  mainFields: ["module", "main"],
  conditions: ["module", "import", "default"],
  target: "es2022",
  external: ["node:*", ...Object.keys(dependencies)],
  metafile: true,
  logLevel: "warning",
});
writeFileSync(`${root}/dist/THIRD_PARTY_NOTICES.txt`, notices(Object.keys(metafile.inputs), root));
chmodSync(`${root}/dist/cli/main.js`, 0o755);
