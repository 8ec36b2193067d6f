import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cli } from "./compare-programs.js";
import { median } from "./measure.js";
import { type ProgramRun, runProgram } from "./run-program.js";
import { digits, markdownTable } from "./table.js";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Measures how long the library takes to import, and the command to its first output. */
export async function measureStart(rounds: number): Promise<string> {
  const digitsOf = (name: string) => join(root, `examples/data/digits_${name}.npy`);
  const importing = `const start = performance.now(); await import(${JSON.stringify(join(root, "dist/index.js"))}); console.log(performance.now() - start)`;
  const measured: [string, string[], (run: ProgramRun) => number][] = [
    ["import of the library", ["--input-type=module", "-e", importing], ({ stdout }) => Number(stdout)],
    ["node, nothing else", ["-e", "console.log()"], ({ firstOutput }) => firstOutput * 1000],
    ["kullback --version", [cli, "--version"], ({ firstOutput }) => firstOutput * 1000],
    [
      "kullback compare of small files, to its first output",
      [cli, "compare", digitsOf("teacher"), digitsOf("int8")],
      ({ firstOutput }) => firstOutput * 1000,
    ],
  ];
  const times = measured.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [i, [, args, milliseconds]] of measured.entries()) {
      times[i].push(milliseconds(await runProgram(process.execPath, args)));
    }
  }
  const rows = measured.map(([name], i) => [
    name,
    `${digits(Math.min(...times[i]))} / ${digits(median(times[i]))}`,
  ]);
  return `### Start\n\nms: best / median\n\n${markdownTable(["", "ms"], rows)}\n`;
}
