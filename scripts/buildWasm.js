// Compiles src/kernels/wasm/assembly to one WebAssembly binary and writes it, as base64, into
// src/kernels/wasm/binary.ts, so that the package needs no file to fetch and no bundler's help.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const root = fileURLToPath(new URL("..", import.meta.url));
const sources = `${root}src/kernels/wasm/assembly`;
const target = `${root}src/kernels/wasm/binary.ts`;

const options = [
  "-O3",
  "--converge",
  "--noAssert",
  "--runtime=stub",
  "--enable=simd",
  "--enable=threads",
  "--importMemory",
  "--sharedMemory",
  "--initialMemory=1",
  "--maximumMemory=65536",
  "--use=abort=",
  "--bindings=raw",
  "--disableWarning=201", // that pointer arithmetic mixes i32 and usize
];

/** A digest of everything the binary is made from. */
function fingerprint() {
  const hash = createHash("sha256").update(options.join(" ")).update(asc.version);
  for (const file of readdirSync(sources, { recursive: true }).sort()) {
    if (file.endsWith(".ts")) hash.update(file).update(readFileSync(`${sources}/${file}`));
  }
  return hash.digest("hex");
}

/** The signatures of the exports, from the declarations that the compiler gives out. */
function signatures(declarations) {
  const functions = declarations.matchAll(/export function (\w+)(\([^)]*\): (?:number|void));/g);
  return Array.from(functions, ([, name, type]) => `  ${name}${type};`).join("\n");
}

/** Compiles the kernels, unless binary.ts already holds what the sources give. */
export async function buildWasm() {
  const heading = `// Made by scripts/buildWasm.js from assembly/ (${fingerprint().slice(0, 16)}).`;
  if (existsSync(target) && readFileSync(target, "utf8").startsWith(heading)) return;
  const outputs = new Map();
  const entry = relative(process.cwd(), `${sources}/index.ts`);
  const { error, stderr } = await asc.main([entry, "--outFile=kernels.wasm", ...options], {
    writeFile: (name, contents) => outputs.set(name, contents),
  });
  if (error) throw new Error(`${stderr.toString()}${error.message}`);
  const binary = outputs.get("kernels.wasm");
  const text = `${heading}

/** The functions that the binary exports. */
export interface WasmKernels {
${signatures(outputs.get("kernels.d.ts"))}
}

/** The binary, ${binary.length} bytes, as base64. */
export const binary =
  "${Buffer.from(binary).toString("base64")}";
`;
  const draft = `${target}.${process.pid}.tmp`;
  writeFileSync(draft, text);
  renameSync(draft, target);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildWasm();
