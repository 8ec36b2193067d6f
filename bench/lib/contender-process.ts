import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { ContenderSpec } from "../contenders/index.js";
import type { Reply, Request } from "./cases.js";
import { peakMemory } from "./run-program.js";

/** No request takes this long unless something hangs. */
const patience = 300_000;

/** A running contender, which answers one request at a time. */
export class ContenderProcess {
  readonly spec: ContenderSpec;
  /** Its name and version, as it says itself. */
  version = "";
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly replies: AsyncIterator<string>;
  private errors = "";

  private constructor(spec: ContenderSpec) {
    this.spec = spec;
    this.child = spawn(spec.command, spec.args, { env: { ...process.env, ...spec.env } });
    this.child.stderr.on("data", (data: Buffer) => {
      this.errors = (this.errors + data.toString()).slice(-2000);
    });
    this.child.stdin.on("error", () => {}); // It has ended, which `receive` reports.
    this.child.on("error", (error) => {
      this.errors += error.message;
    });
    this.replies = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
  }

  /** Starts a contender; rejects with the reason if it cannot run. */
  static async start(spec: ContenderSpec): Promise<ContenderProcess> {
    const contender = new ContenderProcess(spec);
    contender.version = (await contender.receive()) as string;
    return contender;
  }

  /** The result of a request; rejects with the contender's own words if it fails. */
  ask(request: Request): Promise<unknown> {
    this.child.stdin.write(`${JSON.stringify(request)}\n`);
    return this.receive();
  }

  /** The most memory it has had resident so far, in bytes; undefined where the system does not tell. */
  peakMemory(): Promise<number | undefined> {
    return peakMemory(this.child.pid);
  }

  stop(): void {
    this.child.kill();
  }

  private async receive(): Promise<unknown> {
    const timer = setTimeout(() => this.stop(), patience);
    const line = await this.replies.next().finally(() => clearTimeout(timer));
    if (line.done) throw new Error(this.lastError());
    const reply = JSON.parse(line.value) as Reply;
    if ("error" in reply) throw new Error(reply.error);
    return reply.result;
  }

  private lastError(): string {
    const lines = this.errors.split("\n").filter((line) => /error/i.test(line));
    return lines.at(-1)?.trim() ?? "it ended without an answer";
  }
}
