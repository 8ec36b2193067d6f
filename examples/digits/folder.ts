import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { safetensors } from "kullback";
import type { Checkpoints } from "./run.js";

/** Checkpoints as safetensors files in a folder; without `resume` those that are there are deleted. */
export async function checkpointsIn(folder: string, resume: boolean): Promise<Checkpoints> {
  const fileOf = (name: string) => join(folder, `${name}.safetensors`);
  await mkdir(folder, { recursive: true });
  return {
    async load(name) {
      if (resume && existsSync(fileOf(name))) return safetensors.loadFile(fileOf(name));
      await rm(fileOf(name), { force: true });
      return undefined;
    },
    save: (name, tensors) => safetensors.saveFile(tensors, fileOf(name)),
  };
}
