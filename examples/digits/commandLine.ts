import { parseArgs } from "node:util";

/** What the programs of this folder can be told. */
export interface CommandLine {
  epochs: number;
  seed: number;
  /** The folder for checkpoints and pictures. */
  out: string;
  resume: boolean;
}

/** Runs `main` with what the command line says; what is wrong with it, or goes wrong, is said in one line. */
export async function run(
  defaults: Omit<CommandLine, "resume">,
  main: (options: CommandLine) => Promise<void>,
): Promise<void> {
  try {
    const { values } = parseArgs({
      options: {
        epochs: { type: "string", default: String(defaults.epochs) },
        seed: { type: "string", default: String(defaults.seed) },
        out: { type: "string", default: defaults.out },
        resume: { type: "boolean", default: false },
      },
    });
    const { epochs, seed, ...rest } = values;
    await main({ epochs: integer("--epochs", epochs, 1), seed: integer("--seed", seed, 0), ...rest });
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 2;
  }
}

function integer(name: string, text: string, least: number): number {
  const value = Number(text);
  if (text !== "" && Number.isSafeInteger(value) && value >= least) return value;
  throw new Error(`${name}: wanted an integer from ${least} on, got ${text}`);
}
