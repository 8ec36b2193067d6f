import { describe, expect, it } from "vitest";
import { inspectFile, openArray, openRows, writeRows } from "../../src/io/index.js";
import { codedRowWords } from "../../src/kernels/index.js";
import { fromBase64, named } from "./files.js";
import { golden, readDense, rowsRefusal } from "./formats.js";

const bytesOf = (name: string) => fromBase64(golden.llama[name]!.file);

for (const name of ["even", "odd", "ik", "flat"]) {
  describe(`a _logits_ file: ${name}`, () => {
    const expected = golden.llama[name]!;
    it("gives the log-probabilities, from any row on", async () => {
      const { rows, ...file } = await readDense(bytesOf(name));
      expect(file).toMatchObject({ format: "llama.cpp", from: "logProbs", order: "any", dtype: "float32" });
      expect(rows).toEqual(expected.decoded);
      const opened = await openRows(bytesOf(name));
      if (opened.kind !== "dense") throw new Error("dense");
      const last = rows.length - 1;
      const out = new Float64Array(opened.reader.classes);
      await opened.reader.read(last, 1, out);
      expect(Array.from(out, Math.fround)).toEqual(expected.decoded[last]);
    });

    it("says chunk, position and next token of each row, and the tokens", async () => {
      const file = await openRows(bytesOf(name));
      const { chunk, position, label } = (await file.context?.())!;
      expect([Array.from(chunk), Array.from(position), Array.from(label)]).toEqual([
        expected.chunks,
        expected.positions,
        expected.labels,
      ]);
      expect(await file.sequences?.()).toEqual({
        tokens: Int32Array.from(expected.tokens),
        length: expected.context,
      });
      expect(file.tokens).toMatch(/^sha256:[0-9a-f]{32}$/);
    });

    it("gives the same tokens from a Buffer that shares its memory with others", async () => {
      const bytes = bytesOf(name);
      const shared = Buffer.concat([new Uint8Array(12), bytes]).subarray(12);
      const file = await openRows(shared);
      expect((await file.sequences?.())?.tokens).toEqual(Int32Array.from(expected.tokens));
    });

    it("gives rows as they are stored, from any row on", async () => {
      const file = await openRows(bytesOf(name));
      if (file.kind !== "dense" || !file.reader.readCodes) throw new Error("coded");
      const { rows, classes } = file.reader;
      const words = codedRowWords(classes);
      const out = new Uint16Array(rows * words);
      await file.reader.readCodes(0, rows, out);
      const bytes = bytesOf(name);
      expect(Buffer.from(out.buffer).equals(bytes.subarray(bytes.length - 2 * out.length))).toBe(true);
      const last = new Uint16Array(words);
      await file.reader.readCodes(rows - 1, 1, last);
      expect(last).toEqual(out.subarray((rows - 1) * words));
      await expect(file.reader.readCodes(rows, 1, last)).rejects.toThrow(
        `rows ${rows} to ${rows + 1} of ${rows}`,
      );
      await expect(file.reader.readCodes(0, 2, last)).rejects.toThrow(`need an array of ${2 * words}`);
    });

    it("gives codes whose scale and minimum make the same log-probabilities", async () => {
      const file = await openRows(bytesOf(name));
      if (file.kind !== "dense" || !file.coded) throw new Error("coded");
      const { rows, classes } = file.coded;
      const [scale, minimum, codes] = [
        new Float32Array(rows),
        new Float32Array(rows),
        new Uint16Array(rows * classes),
      ];
      await file.coded.read(0, rows, scale, minimum, codes);
      const decoded = Array.from(codes, (code, i) => {
        const row = Math.floor(i / classes);
        return Math.fround(scale[row]! * code + minimum[row]!);
      });
      expect(decoded).toEqual(expected.decoded.flat());
    });

    if (name !== "ik")
      it("is written bit for bit from the logits", async () => {
        const parts: Uint8Array[] = [];
        const { logits, tokens, context } = expected;
        const classes = logits[0]!.length;
        const writer = await writeRows(
          "llama.cpp",
          { write: async (bytes) => void parts.push(bytes.slice()) },
          {
            rows: logits.length,
            classes,
            shape: [logits.length, classes],
            dtype: "float32",
            name: "",
            sequences: { tokens: Int32Array.from(tokens), length: context },
          },
        );
        await writer.write(Float32Array.from(logits.flat()), logits.length);
        await writer.finish();
        expect(Buffer.concat(parts).equals(bytesOf(name))).toBe(true);
      });
  });
}

describe("a _logits_ file", () => {
  it("says how far below the largest log-probabilities are cut off, and by which program", async () => {
    const notes = async (name: string) => (await inspectFile(bytesOf(name))).notes?.join();
    expect(await notes("even")).toBeUndefined();
    expect(await notes("odd")).toMatch(
      /^log-probabilities more than 16 below .*, as llama\.cpp does \(5 of 6 rows looked at\)$/,
    );
    expect(await notes("ik")).toMatch(/^log-probabilities more than 24 below .*, as ik_llama\.cpp does/);
    expect((await inspectFile(bytesOf("odd"))).metadata).toEqual({ n_ctx: "8", n_vocab: "9", n_chunk: "2" });
  });

  it("has another fingerprint when a token differs, and the same when only numbers do", async () => {
    const tokensOf = async (bytes: Uint8Array) => (await openRows(bytes)).tokens;
    const [one, token, number] = [bytesOf("even"), bytesOf("even"), bytesOf("even")];
    token[20]! ^= 1;
    number[number.length - 1]! ^= 1;
    expect(await tokensOf(token)).not.toBe(await tokensOf(one));
    expect(await tokensOf(number)).toBe(await tokensOf(one));
  });

  it("must have exactly the size that its header says, and a header that can be", async () => {
    const bytes = bytesOf("odd");
    const why = async (changed: Uint8Array<ArrayBuffer>) =>
      (await rowsRefusal(named("a.kld", changed))).message;
    const said = "n_ctx 8, n_vocab 9, n_chunk 2";
    expect(await why(bytes.slice(0, -1))).toBe(
      `a.kld: truncated: ${said} take ${bytes.length} bytes, the file has ${bytes.length - 1}`,
    );
    const longer = new Uint8Array(bytes.length + 2);
    longer.set(bytes);
    expect(await why(longer)).toBe(
      `a.kld: too long: ${said} take ${bytes.length} bytes, the file has ${bytes.length + 2}`,
    );
    expect(await why(bytes.slice(0, 19))).toBe(
      "a.kld: truncated: 19 bytes are too few for a _logits_ header",
    );
    const header = (at: number, value: number) => {
      const changed = bytes.slice();
      new DataView(changed.buffer).setInt32(at, value, true);
      return why(changed);
    };
    expect(await header(8, 2)).toBe("a.kld: bad _logits_ header: n_ctx 2, n_vocab 9, n_chunk 2");
    expect(await header(12, -1)).toBe("a.kld: bad _logits_ header: n_ctx 8, n_vocab -1, n_chunk 2");
    expect(await header(16, 2 ** 31 - 1)).toMatch(
      /^a\.kld: truncated: n_ctx 8, n_vocab 9, n_chunk 2147483647 take/,
    );
    const odd = bytes.slice();
    new DataView(odd.buffer).setInt32(20, 9, true);
    await expect((await openRows(named("a.kld", odd))).context?.()).rejects.toThrow(
      "a.kld: token 0 is 9, wanted 0 to 8",
    );
    const negative = bytes.slice();
    new DataView(negative.buffer).setFloat32(20 + 4 * 16, -1, true);
    expect(await why(negative)).toBe("a.kld: row 0 is damaged: its scale is -1");
  });

  it("holds rows, which openArray does not give", async () => {
    await expect(openArray(named("a.kld", bytesOf("odd")))).rejects.toThrow(
      "a.kld: is a _logits_ file, which holds rows and no arrays: open it with openRows",
    );
    expect((await rowsRefusal(named("a.kld", bytesOf("odd")), { tensor: "x" })).message).toBe(
      "a.kld: holds one table, which has no name: leave out #x",
    );
  });
});
