import { isText } from "../text/lines.js";

const text = (s: string) => Array.from(s, (c) => c.charCodeAt(0));

const SAVE_NPY = 'save the numbers with np.save("a.npy", x)';
const SAVE_TORCH =
  'save the tensor with safetensors.torch.save_file({"x": x}, "a.safetensors") or np.save("a.npy", x.float().numpy())';

/** The first bytes of files that people have at hand, with what the file is and what to do instead. */
const signatures: readonly [bytes: number[], what: string][] = [
  [text("version https://git-lfs"), "a Git LFS pointer and not the file itself; run git lfs pull"],
  [text("GGUF"), "a GGUF model, wanted the outputs of a model"],
  [text("\x89HDF\r\n\x1a\n"), `an HDF5 file; ${SAVE_NPY}`],
  [text("ARROW1"), `an Arrow file; ${SAVE_NPY}`],
  [text("MATLAB"), `a MATLAB file; ${SAVE_NPY}`],
  [[0x1f, 0x8b], "gzip-compressed data; decompress it first"],
  [[0x28, 0xb5, 0x2f, 0xfd], "zstd-compressed data; decompress it first"],
  ...[2, 3, 4, 5].map((protocol): [number[], string] => [
    [0x80, protocol],
    `a Python pickle, such as an old .pt file; ${SAVE_TORCH}`,
  ]),
];

/** What a file that begins with `head` looks like and what to do, or undefined if it looks like nothing known. */
export function describeForeign(head: Uint8Array): string | undefined {
  if (head.length === 0) return "is empty (0 bytes)";
  const startsWith = (bytes: readonly number[]) => bytes.every((byte, i) => head[i] === byte);
  if (startsWith(text("PK"))) return `looks like ${describeZip(head)}`;
  const known = signatures.find(([bytes]) => startsWith(bytes));
  if (known) return `looks like ${known[1]}`;
  if (isText(head)) return `looks like a text file; load it in Python (np.loadtxt) and ${SAVE_NPY}`;
  return undefined;
}

/** PyTorch writes zip archives too, which the name of the first member tells. */
function describeZip(head: Uint8Array): string {
  const length = (head[26] ?? 0) + 256 * (head[27] ?? 0);
  const member = new TextDecoder().decode(head.subarray(30, 30 + length));
  if (/(^|\/)(data\.pkl|byteorder|version|\.format_version)$/.test(member))
    return `a PyTorch .pt file; ${SAVE_TORCH}`;
  return `a zip archive; unpack it, or ${SAVE_NPY}`;
}
