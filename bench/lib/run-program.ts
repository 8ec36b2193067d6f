import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";

/** A program that ran to its end. */
export interface ProgramRun {
  /** From its start to its end. */
  seconds: number;
  /** Seconds to its first output. */
  firstOutput: number;
  /** The most memory it had resident, in bytes; undefined where `/proc` does not tell. */
  peak: number | undefined;
  stdout: string;
}

/** The most memory a process has had resident so far, in bytes; undefined where `/proc` does not tell. */
export async function peakMemory(pid: number | undefined): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const kilobytes = /VmHWM:\s+(\d+) kB/.exec(status)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

/** Runs a program and measures it; rejects if it fails. Its output is thrown away with `discard`. */
export async function runProgram(
  command: string,
  args: readonly string[],
  { env = {}, discard = false }: { env?: Record<string, string>; discard?: boolean } = {},
): Promise<ProgramRun> {
  const begin = performance.now();
  const since = () => (performance.now() - begin) / 1000;
  const child = spawn(command, args, {
    env: { ...process.env, ...env },
    stdio: ["ignore", discard ? "ignore" : "pipe", "pipe"],
  });
  let [stdout, stderr, firstOutput] = ["", "", 0];
  let peak: number | undefined;
  child.stdout?.on("data", (data: Buffer) => {
    if (stdout === "") firstOutput = since();
    stdout += data.toString();
  });
  child.stderr?.on("data", (data: Buffer) => {
    stderr += data.toString();
  });
  const watch = setInterval(async () => {
    peak = (await peakMemory(child.pid)) ?? peak;
  }, 20);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("close", resolve);
    child.on("error", reject);
  }).finally(() => clearInterval(watch));
  if (code !== 0) throw new Error(`${command} ended with ${code}: ${stderr.trim().split("\n").at(-1)}`);
  return { seconds: since(), firstOutput, peak, stdout };
}
