import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { FileError } from "../../src/io/index.js";
import { fromBase64, named, oracle, refusal } from "./files.js";

const files = oracle("io-foreign.json") as Record<string, string>;
const golden = (name: string) => fromBase64(files[name]!);
const text = (content: string) => Uint8Array.from(content, (c) => c.charCodeAt(0));
const gzip = (bytes: Uint8Array) => Uint8Array.from(gzipSync(bytes));
const torch =
  'save the tensor with safetensors.torch.save_file({"x": x}, "a.safetensors") or np.save("a.npy", x.float().numpy())';

describe("files of other formats", () => {
  const refused: [what: string, bytes: Uint8Array<ArrayBuffer>, message: string][] = [
    ["an empty file", text(""), "is empty (0 bytes)"],
    ["a .pt file", golden("pt"), `looks like a PyTorch .pt file; ${torch}`],
    ["an old .pt file", golden("oldPt"), `looks like a Python pickle, such as an old .pt file; ${torch}`],
    ["a pickle", golden("pickle"), `looks like a Python pickle, such as an old .pt file; ${torch}`],
    [
      "another zip archive",
      text("PK\x03\x04".padEnd(26, "\0").concat("\x05\0\0\0a.txt")),
      'looks like a zip archive; unpack it, or save the numbers with np.save("a.npy", x)',
    ],
    [
      "a text file",
      text("Rows of\r\nwords, and of no numbers\n"),
      'looks like a text file; load it in Python (np.loadtxt) and save the numbers with np.save("a.npy", x)',
    ],
    [
      "a Git LFS pointer",
      text("version https://git-lfs.github.com/spec/v1\noid sha256:00\n"),
      "looks like a Git LFS pointer and not the file itself; run git lfs pull",
    ],
    ["a GGUF model", text("GGUF\x03\0\0\0"), "looks like a GGUF model, wanted the outputs of a model"],
    [
      "a gzip file of no text",
      gzip(text("\x93NUMPY")),
      "looks like gzip-compressed data; decompress it first",
    ],
    [
      "a damaged gzip file",
      text("\x1f\x8b\x08\0"),
      "the compressed data is damaged (unexpected end of file)",
    ],
    [
      "bytes of no known kind",
      text("\0\x01\x02\x03\x04\x05\x06\xff\x08"),
      "is none of npy, npz, safetensors, _logits_, Parquet, JSON Lines or CSV (it begins with the bytes 00 01 02 03 04 05 06 ff)",
    ],
  ];
  for (const [what, bytes, message] of refused) {
    it(`says that it is ${what}`, async () => {
      const error = await refusal(named("logits", bytes));
      expect(error).toBeInstanceOf(FileError);
      expect(error.message).toBe(`logits: ${message}`);
    });
  }

  it("knows text in other scripts, even where its head cuts a character in two", async () => {
    const bytes = new TextEncoder().encode(`a${"\u00e9".repeat(400)}`);
    expect((await refusal(named("notes", bytes))).message).toMatch(/^notes: looks like a text file/);
  });

  it("says the same whatever the file is called", async () => {
    const { message } = await refusal(named("model.safetensors", golden("pt")));
    expect(message).toBe(`model.safetensors: looks like a PyTorch .pt file; ${torch}`);
  });

  it("takes unknown bytes called .safetensors for a damaged one", async () => {
    const { message } = await refusal(named("Model.SafeTensors", text("\0\0\0\0\0\0\0\xff\0")));
    expect(message).toBe(
      "Model.SafeTensors: the safetensors header claims 18374686479671623680 bytes, at most 100000000 are allowed",
    );
  });
});
