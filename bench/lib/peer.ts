import { readFileSync } from "node:fs";

/**
 * An optional package of `bench/package.json`, which may not be installed: hence imported by a name that
 * the type checker does not follow, and typed by the few members that a contender uses.
 */
export async function peer<T>(name: string): Promise<T> {
  const module = (await import(name)) as T & { default?: T };
  return module.default ?? module;
}

/** The version of a package that is installed in `bench/node_modules`, with its name. */
export function peerVersion(name: string): string {
  const file = new URL(`../node_modules/${name}/package.json`, import.meta.url);
  const { version } = JSON.parse(readFileSync(file, "utf8")) as { version: string };
  return `${name} ${version}`;
}
