import type { ByteSource } from "../byteSource.js";
import { readBytes } from "../byteSource.js";
import { FileError } from "../fileError.js";
import type { ArrayFormat, Entry } from "./format.js";
import { parseUniqueJson } from "./json.js";
import { safetensors } from "./safetensors.js";

/**
 * safetensors spread over several files, by the index that Hugging Face's libraries write beside them
 * (`model.safetensors.index.json`): its `weight_map` says which file has which tensor.
 *
 * Reference: https://huggingface.co/docs/huggingface_hub/package_reference/serialization
 */
export const shardedSafetensors: ArrayFormat = {
  name: "safetensors",
  kind: "arrays",
  extension: ".safetensors.index.json",
  recognises(head, name) {
    const text = new TextDecoder().decode(head);
    if (name.endsWith(".safetensors.index.json") && /^\s*\{/.test(text)) return true;
    return /^\s*\{\s*"(metadata"\s*:\s*\{[^}]*"total_size|weight_map")/.test(text);
  },
  async readHeader(source) {
    const map = await readWeightMap(source);
    const shards = new Map<string, ByteSource>();
    const close = async () => {
      for (const shard of shards.values()) await shard.close();
    };
    try {
      const arrays: Entry[] = [];
      for (const file of new Set(map.values())) {
        const shard = await openShard(source, file);
        shards.set(file, shard);
        const header = await safetensors.readHeader(shard);
        for (const entry of header.arrays) {
          if (map.get(entry.name!) === file) arrays.push({ ...entry, source: shard });
        }
      }
      const found = new Set(arrays.map(({ name }) => name));
      const missing = [...map].find(([tensor]) => !found.has(tensor));
      if (missing) {
        throw new FileError(
          source.name,
          `says that ${missing[1]} holds ${JSON.stringify(missing[0])}, which it does not`,
        );
      }
      return { arrays, close };
    } catch (error) {
      await close();
      throw error;
    }
  },
};

/** An index has about 100 bytes a tensor. */
const MAX_INDEX = 100_000_000;

async function readWeightMap(source: ByteSource): Promise<Map<string, string>> {
  const { name, size } = source;
  if (size > MAX_INDEX)
    throw new FileError(name, `the index has ${size} bytes, at most ${MAX_INDEX} are allowed`);
  const bytes = await readBytes(source, 0, size);
  const index = parseUniqueJson(name, "bad safetensors index", bytes);
  const map = isObject(index) && "weight_map" in index ? index.weight_map : undefined;
  if (!isObject(map)) throw new FileError(name, "bad safetensors index: wanted an object with weight_map");
  const entries = Object.entries(map);
  for (const [tensor, file] of entries) {
    // A file beside the index, and no way out of its folder.
    if (typeof file !== "string" || !/^[^/\\:\p{Cc}]+$/u.test(file) || file === "." || file === "..") {
      throw new FileError(
        name,
        `bad safetensors index: tensor ${JSON.stringify(tensor)} must name a file beside it`,
      );
    }
  }
  return new Map(entries as [string, string][]);
}

async function openShard(source: ByteSource, file: string): Promise<ByteSource> {
  if (!source.sibling) {
    throw new FileError(
      source.name,
      `is an index of other files: give its path or URL, so that ${file} can be found`,
    );
  }
  return source.sibling(file);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
