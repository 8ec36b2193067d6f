import type { ByteSource } from "../byteSource.js";
import { FileError } from "../fileError.js";
import { deflatedPart, storedPart } from "../sources/slice.js";
import { type Member, readDirectory } from "../zip/directory.js";
import type { ArrayFormat, Entry } from "./format.js";
import { npy } from "./npy.js";

/**
 * NumPy's `.npz`: a zip archive of `.npy` files, stored (`np.savez`) or deflated (`np.savez_compressed`). An
 * array is named by its member, without `.npy`. Checksums are checked where a member is read whole, in order.
 *
 * Reference: https://numpy.org/doc/stable/reference/generated/numpy.savez.html
 */
export const npz: ArrayFormat = {
  name: "npz",
  kind: "arrays",
  recognises: (head, name) => isZip(head) && (name.endsWith(".npz") || firstMember(head).endsWith(".npy")),
  async readHeader(source) {
    const members = (await readDirectory(source)).filter(({ path }) => path.endsWith(".npy"));
    const arrays: Entry[] = [];
    const parts: ByteSource[] = [];
    for (const member of members) {
      const part = (member.deflated ? deflatedPart : storedPart)(source, member);
      parts.push(part);
      arrays.push(await readMember(member, part));
    }
    const close = async () => {
      for (const part of parts) await part.close();
    };
    return { arrays, close };
  },
};

/** One member that is not a plain array does not keep the others from being read. */
async function readMember(member: Member, part: ByteSource): Promise<Entry> {
  const name = member.path.replace(/\.npy$/, "");
  const unreadable = (problem: FileError): Entry => {
    const nothing = { offset: 0, byteLength: member.size, byteOrder: "little", fortranOrder: false } as const;
    return { name, dtype: "unreadable", shape: [], ...nothing, source: part, problem };
  };
  if (member.problem) return unreadable(new FileError(member.name, member.problem));
  try {
    const { arrays } = await npy.readHeader(part);
    return { ...arrays[0]!, name, source: part };
  } catch (error) {
    if (error instanceof FileError) return unreadable(error);
    throw error;
  }
}

function isZip(head: Uint8Array): boolean {
  return head[0] === 0x50 && head[1] === 0x4b && head[2] === 3 && head[3] === 4;
}

/** The name in the first local header. */
function firstMember(head: Uint8Array): string {
  const length = (head[26] ?? 0) + 256 * (head[27] ?? 0);
  return new TextDecoder().decode(head.subarray(30, 30 + length));
}
