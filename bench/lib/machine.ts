import { arch, cpus, platform, totalmem } from "node:os";

/** The machine, the date and the versions, as lines of Markdown. */
export function describeRun(versions: readonly string[]): string {
  const processors = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return [
    `- ${new Date().toISOString().slice(0, 10)}`,
    `- ${processors.length} × ${processors[0].model.trim()}, ${memory} GiB, ${platform()} ${arch()}, Node ${process.version}`,
    `- ${[...new Set(versions)].join("; ")}`,
  ].join("\n");
}
