import { readFileSync } from "node:fs";

const root = new URL("../../", import.meta.url);

/** The library as `npm run build` made it, not its sources, whatever paths a loader maps. */
export const kullback = (await import(new URL("dist/index.js", root).href)) as typeof import("kullback");

/** Whether this version of the library runs on several threads (`KULLBACK_THREADS` says how many). */
export const hasThreads = "setThreads" in kullback;

/** Name and version, with the kernels in use where the library says which. */
export function kullbackVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL("package.json", root), "utf8")) as { version: string };
  const { backend } = kullback as { backend?: () => string };
  return `kullback ${version} (${backend?.() ?? "TypeScript"} kernels)`;
}
