import { createInterface } from "node:readline";
import type { Case, Reply, Request } from "./cases.js";

/** A case made ready: inputs in the contender's own arrays, code compiled where it is. */
export interface Prepared {
  /** Computes the result once, completely. */
  run(): void | Promise<void>;
  /** Computes once and gives the numbers that `referenceValues` lists; null if they are not to be checked. */
  check(): number[] | null | Promise<number[] | null>;
  /** Frees what the garbage collector does not. */
  release?(): void;
}

export interface Contender {
  /** Name and version of what is measured. */
  version: string;
  /** Undefined for a task that it cannot do. */
  prepare(wanted: Case): Prepared | undefined | Promise<Prepared | undefined>;
}

async function timeRuns(prepared: Prepared, ms: number): Promise<number[]> {
  const times: number[] = [];
  const end = performance.now() + ms;
  do {
    const start = process.hrtime.bigint();
    await prepared.run();
    times.push(Number(process.hrtime.bigint() - start));
  } while (performance.now() < end);
  return times;
}

/**
 * Answers the harness's requests on standard input, a line of JSON each, until it ends. The first answer,
 * without a question, is the version.
 */
export async function serve(contender: Contender): Promise<void> {
  const reply = (message: Reply) => process.stdout.write(`${JSON.stringify(message)}\n`);
  let prepared: Prepared | undefined;
  const answer = async (request: Request): Promise<unknown> => {
    if (request.op === "prepare") {
      prepared = await contender.prepare(request.case);
      return prepared !== undefined;
    }
    if (request.op === "release") {
      prepared?.release?.();
      prepared = undefined;
      globalThis.gc?.();
      return true;
    }
    if (prepared === undefined) throw new Error(`${request.op}: nothing is prepared`);
    return request.op === "check" ? prepared.check() : timeRuns(prepared, request.ms);
  };
  reply({ result: contender.version });
  for await (const line of createInterface({ input: process.stdin })) {
    try {
      reply({ result: await answer(JSON.parse(line) as Request) });
    } catch (error) {
      reply({ error: error instanceof Error ? error.message : String(error) });
    }
  }
  process.exit(0);
}
