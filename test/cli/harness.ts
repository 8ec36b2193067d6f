import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../../src/cli/run.js";

/** A file of examples/data. */
export const example = (name: string) =>
  fileURLToPath(new URL(`../../examples/data/${name}`, import.meta.url));

/** Runs the command and gives what it printed. */
export async function kullback(
  args: string[],
  { tty = false, env = {}, signal = new AbortController().signal } = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  let stdout = "";
  let stderr = "";
  const code = await run(args, {
    stdout: { isTTY: tty, write: (text) => (stdout += text) },
    stderr: { isTTY: tty, write: (text) => (stderr += text) },
    env,
    signal,
  });
  return { code, stdout, stderr };
}

/** A folder for files of a test, with `write`, and `remove` for the end. */
export function temporaryFolder() {
  const path = mkdtempSync(join(tmpdir(), "kullback-"));
  return {
    path,
    write(name: string, content: Uint8Array | string): string {
      writeFileSync(join(path, name), content);
      return join(path, name);
    },
    remove: () => rmSync(path, { recursive: true }),
  };
}

/** A `.npy` file of version 1.0 with this header and these bytes of data. */
export function npy(header: string, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  const text = `${header}\n`;
  const length = [text.length & 255, text.length >> 8];
  return Uint8Array.of(0x93, ...Buffer.from("NUMPY"), 1, 0, ...length, ...Buffer.from(text), ...data);
}

/** A safetensors file with this header, and these bytes of data. */
export function safetensors(header: unknown, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, data]);
}
