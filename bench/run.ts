// npm run bench -- [--quick] [--only divergence|softmax|matmul|small|training|compare] [--write]
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { findPython, type GroupName } from "./contenders/index.js";
import { groups } from "./lib/groups.js";
import { kullbackVersion } from "./lib/kullback.js";
import { describeRun } from "./lib/machine.js";
import { measureCompare } from "./lib/measure-compare.js";
import { measureGroup, type Section, type Setting } from "./lib/measure-group.js";
import { writeSection } from "./lib/results.js";
import { measureTraining } from "./training/measure-training.js";

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    only: { type: "string" },
    write: { type: "boolean" },
  },
});
const names = [...(Object.keys(groups) as GroupName[]), "compare"] as const;
const chosen = names.filter((name) => options.only === undefined || options.only === name);
if (chosen.length === 0) {
  console.error(`bench: --only wants one of ${names.join(", ")}, got ${options.only}`);
  process.exit(2);
}
if (options.write && options.quick) {
  console.error("bench: --write wants the whole measurement, without --quick");
  process.exit(2);
}
if (!existsSync(new URL("node_modules", import.meta.url))) {
  console.error("bench: going on without peers; to install them: npm ci --prefix bench --ignore-scripts");
}
const python = findPython();
if (python === undefined) {
  console.error("bench: going on without PyTorch; name a Python that has it in KULLBACK_BENCH_PYTHON");
} else if (options.quick) {
  console.error("bench: --quick leaves out torch.compile, which compiles for minutes");
}

const folder = mkdtempSync(join(tmpdir(), "kullback-bench-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
process.on("SIGINT", () => process.exit(130));

const setting: Setting = {
  quick: options.quick,
  python,
  folder,
  plan: options.quick ? { rounds: 3, turn: 30, warmUp: 60 } : { rounds: 7, turn: 150, warmUp: 500 },
};
const measurements: Record<(typeof names)[number], (setting: Setting) => Promise<Section>> = {
  divergence: (setting) => measureGroup("divergence", setting),
  softmax: (setting) => measureGroup("softmax", setting),
  matmul: (setting) => measureGroup("matmul", setting),
  small: (setting) => measureGroup("small", setting),
  training: measureTraining,
  compare: measureCompare,
};

console.error(`bench: ${kullbackVersion()}`);
for (const name of chosen) {
  const { text, versions } = await measurements[name](setting);
  const description = describeRun(versions);
  console.log(`${description}\n`);
  if (options.write) writeSection(name, `${description}\n\n${text}`, names);
}
