import {
  type ContenderSpec,
  describe,
  type GroupName,
  contenders as listContenders,
} from "../contenders/index.js";
import type { Shape } from "./cases.js";
import { ContenderProcess } from "./contender-process.js";
import { groups, type TablePlan } from "./groups.js";
import { inputFiles } from "./inputs.js";
import { measure, type Plan, relativeErrors, type Timing, type Timings } from "./measure.js";
import { digits, markdownTable, ratio } from "./table.js";

/** What a run of the benchmark is made with. */
export interface Setting {
  quick: boolean;
  /** A Python with torch. */
  python: string | undefined;
  /** A folder for inputs. */
  folder: string;
  plan: Plan;
}

/** What was measured, for people. */
export interface Section {
  text: string;
  /** The versions of the contenders. */
  versions: string[];
}

async function startAll(specs: readonly ContenderSpec[]): Promise<ContenderProcess[]> {
  const started = await Promise.allSettled(specs.map((spec) => ContenderProcess.start(spec)));
  return started.flatMap((outcome, i) => {
    if (outcome.status === "fulfilled") return [outcome.value];
    const { message } = outcome.reason as Error;
    console.error(`${describe(specs[i])}: skipped: ${message}`);
    return [];
  });
}

/** The time of the group's first contender, on as many threads if it was measured so. */
function baseline({ spec }: ContenderProcess, column: Timings, first: string): Timing | undefined {
  const namesakes = [...column].filter(([other]) => other.spec.name === first);
  const sameThreads = namesakes.find(([other]) => other.spec.threads === spec.threads);
  return (sameThreads ?? namesakes[0])?.[1];
}

function describeTiming(timing: Timing, base: Timing | undefined, { unit }: TablePlan, shape: Shape): string {
  const times = `${digits(unit.of(timing.min, shape))} / ${digits(unit.of(timing.median, shape))}`;
  const compared = base === undefined ? "" : ` (${ratio(timing.min / base.min)})`;
  return `${times}${compared}${timing.right ? "" : " wrong"}`;
}

function describeError(error: number | undefined): string {
  if (error === undefined) return "–";
  return `${Math.abs(error).toExponential(0)}${error < -1 ? ", negative" : ""}`;
}

async function measureTable(
  table: TablePlan,
  running: readonly ContenderProcess[],
  first: string,
  { quick, folder, plan }: Setting,
): Promise<string | undefined> {
  const shapes = quick ? table.quick : table.shapes;
  if (shapes.length === 0) return undefined;
  const { task, inputs, nearEqual, unit } = table;
  const columns: Timings[] = [];
  for (const shape of shapes) {
    console.error(`measuring: ${table.title}, ${shape.join("×")}`);
    columns.push(await measure(running, { task, shape, inputs: inputFiles(folder, inputs, shape) }, plan));
  }
  const near = nearEqual && {
    ...nearEqual,
    errors: await relativeErrors(
      running,
      { task, shape: nearEqual.shape, inputs: inputFiles(folder, nearEqual.inputs, nearEqual.shape) },
      nearEqual.kl,
    ),
  };
  const taking = running.filter((contender) => columns.some((column) => column.has(contender)));
  const head = ["", "threads", ...shapes.map((shape) => shape.join("×"))];
  if (near) head.push("error, near-equal");
  const rows = taking.map((contender) => {
    const cells = columns.map((column, i) => {
      const timing = column.get(contender);
      if (timing === undefined) return "–";
      return describeTiming(timing, baseline(contender, column, first), table, shapes[i]);
    });
    if (near) cells.push(describeError(near.errors.get(contender)));
    return [contender.spec.name, String(contender.spec.threads), ...cells];
  });
  const legend = `${unit.name}${unit.isRate ? ", more is better" : ""}: best / median (time relative to Kullback's)`;
  return `### ${table.title}\n\n${legend}\n\n${markdownTable(head, rows)}\n`;
}

/** Starts the contenders of a group, measures its tables and prints each when it is done. */
export async function measureGroup(name: GroupName, setting: Setting): Promise<Section> {
  const specs = listContenders(setting).filter(({ groups: taken }) => taken.includes(name));
  const running = await startAll(specs);
  try {
    const texts: string[] = [];
    for (const table of groups[name]) {
      const text = await measureTable(table, running, specs[0].name, setting);
      if (text === undefined) continue;
      console.log(text);
      texts.push(text);
    }
    return { text: texts.join("\n"), versions: running.map(({ version }) => version) };
  } finally {
    for (const contender of running) contender.stop();
  }
}
