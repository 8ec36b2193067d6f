import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openArray, openRows, readArray, rowArray, writeNpy, writeSafetensors } from "../../src/io/index.js";
import { example, kullback, temporaryFolder } from "./harness.js";

const folder = temporaryFolder();
afterAll(folder.remove);
const at = (name: string) => join(folder.path, name);

const values = Float32Array.of(
  1.5,
  -2.25,
  0.1,
  -0,
  1e-42,
  3e38,
  Number.NaN,
  Infinity,
  -Infinity,
  0,
  7,
  -1e-3,
);
const source = folder.write("in.npy", writeNpy(values, [4, 3]));

/** All numbers of a file, whatever its format. */
async function read(
  path: string,
): Promise<{ dtype: string; shape: readonly number[]; data: Float32Array | Float64Array }> {
  const file = await openRows(path);
  if (file.kind !== "dense") throw new Error("it is top-k");
  const { reader, dtype, shape } = file;
  const data = rowArray(reader.dtype, reader.rows * reader.classes);
  await reader.read(0, reader.rows, data);
  await file.close();
  return { dtype, shape, data };
}

/** Runs the command, which must do well. */
async function convert(...args: string[]) {
  const { code, stdout, stderr } = await kullback(["convert", ...args]);
  expect([code, stderr]).toEqual([0, ""]);
  return stdout;
}

describe("kullback convert", () => {
  for (const extension of ["npy", "npz", "safetensors", "parquet", "csv", "tsv", "jsonl", "ndjson"]) {
    it(`writes .${extension}, which holds the same numbers, and back again the same file`, async () => {
      const out = at(`out.${extension}`);
      const stdout = await convert(source, out);
      expect(stdout).toMatch(new RegExp(`out\\.${extension}: \\w+, 4 rows, \\d+.*B\n$`));
      const { shape, data } = await read(out);
      expect(shape).toEqual([4, 3]);
      expect(Float32Array.from(data)).toEqual(values);
      await convert(out, at(`back.${extension}.npy`), "--dtype", "float32");
      expect(readFileSync(at(`back.${extension}.npy`)).equals(readFileSync(source))).toBe(true);
    });
  }

  it("keeps the shape of an array, in formats that have shapes, and names it", async () => {
    const cube = folder.write("cube.npy", writeNpy(new Float64Array(24).fill(2), [2, 3, 4]));
    for (const [name, tensor] of [
      ["cube.npz", "teacher"],
      ["cube.safetensors", "a.b"],
    ] as const) {
      await convert(cube, `${at(name)}#${tensor}`);
      const array = await openArray(at(name), { tensor });
      expect([array.shape, array.dtype]).toEqual([[2, 3, 4], "float64"]);
      await array.close();
    }
    await convert(`${at("cube.npz")}#teacher`, at("cube.csv"));
    expect((await read(at("cube.csv"))).shape).toEqual([6, 4]);
  });

  it("rounds to the dtype that is asked for", async () => {
    await convert(source, at("half.safetensors"), "--dtype", "bfloat16");
    expect((await readArray(at("half.safetensors"))).data.slice(0, 4)).toEqual(
      Float32Array.of(1.5, -2.25, 0.10009765625, -0),
    );
    await convert(source, at("half.parquet"), "--dtype", "float16");
    expect((await read(at("half.parquet"))).data.slice(0, 3)).toEqual(
      Float32Array.of(1.5, -2.25, 0.0999755859375),
    );
    const { stderr } = await kullback(["convert", source, at("half.npy"), "--dtype", "bfloat16"]);
    expect(stderr).toBe(
      "kullback: convert: NumPy's formats have no bfloat16: choose float32, or safetensors\n",
    );
    const integers = folder.write("i.npy", writeNpy(Int32Array.of(1, 2), [1, 2]));
    const refused = await kullback(["convert", integers, at("i.npz")]);
    expect(refused.stderr).toMatch(/holds int32 .*: choose a dtype\n$/);
  });

  it("writes llama.cpp's _logits_ of logits or probabilities with their tokens, and reads it again", async () => {
    const tokens = folder.write("tokens.npy", writeNpy(Int32Array.of(0, 1, 2, 0, 1, 2, 0, 1), [2, 4]));
    const logits = folder.write("logits.npy", writeNpy(Float32Array.of(0, 1, 2, -3, 0, 3), [2, 3]));
    await convert(logits, at("a.kld"), "--tokens", tokens);
    await convert(at("a.kld"), at("logprobs.npy"));
    const row = (await read(at("a.kld"))).data.slice(0, 3);
    const log = Math.log(1 + Math.E + Math.E ** 2);
    for (const [i, x] of row.entries()) expect(x).toBeCloseTo(i - log, 4);
    const probs = folder.write("probs.npy", writeNpy(Float32Array.from(row, Math.exp), [1, 3]));
    const one = folder.write("one.npy", writeNpy(Int32Array.of(0, 1, 2, 0), [1, 4]));
    await convert(probs, at("b.kld"), "--tokens", one, "--from", "probs");
    for (const [i, x] of (await read(at("b.kld"))).data.entries()) expect(x).toBeCloseTo(i - log, 4);
    await convert(at("a.kld"), at("c.bin"), "--to", "llama.cpp");
    expect((await read(at("c.bin"))).shape).toEqual([2, 3]);
    const why = async (...args: string[]) => (await kullback(["convert", ...args])).stderr;
    expect(await why(logits, at("d.kld"))).toBe(
      "kullback: convert: a _logits_ file holds the tokens too: give them with --tokens\n",
    );
    expect(await why(logits, at("d.kld"), "--tokens", one)).toMatch(
      /4 tokens in chunks of 4 make 1 rows .*, got 2\n$/,
    );
    expect(await why(logits, at("d.kld"), "--tokens", logits)).toMatch(
      /wanted tokens as whole numbers of the shape/,
    );
  });

  it("writes likeliest classes as JSON Lines and Parquet, by id or text, and nowhere else", async () => {
    const ids = folder.write(
      "ids.jsonl",
      '{"7":{"logprob":-0.5},"3":{"logprob":-2}}\n{"1":{"logprob":-0.125}}\n',
    );
    await convert(ids, at("ids.parquet"));
    await convert(at("ids.parquet"), at("again.jsonl"));
    expect(readFileSync(at("again.jsonl"), "utf8")).toBe(
      '{"logprobs":[{"3":{"logprob":-2},"7":{"logprob":-0.5}}]}\n{"logprobs":[{"1":{"logprob":-0.125}}]}\n',
    );
    const texts = folder.write(
      "t.jsonl",
      '{"logprobs":{"content":[{"token":"a\\"","logprob":-1,"top_logprobs":[]}]}}\n',
    );
    await convert(texts, at("t2.jsonl"));
    expect(readFileSync(at("t2.jsonl"), "utf8")).toBe('{"logprobs":{"top_logprobs":[{"a\\"":-1}]}}\n');
    const why = async (...args: string[]) => (await kullback(["convert", ...args])).stderr;
    expect(await why(ids, at("ids.npy"))).toMatch(
      /npy cannot hold the likeliest classes of each row: these fit in jsonl and parquet\n$/,
    );
    expect(await why(texts, at("t.parquet"))).toMatch(
      /tokens that have a text and no number fit in jsonl\n$/,
    );
  });

  it("replaces a file only with --force, and never a folder", async () => {
    const out = folder.write("there.npz", "old");
    const { code, stderr } = await kullback(["convert", source, out]);
    expect([code, stderr]).toEqual([2, `kullback: ${out}: is there already; --force replaces it\n`]);
    expect(readFileSync(out, "utf8")).toBe("old");
    await convert(source, out, "--force");
    expect((await read(out)).shape).toEqual([4, 3]);
    mkdirSync(at("folder.npy"));
    expect((await kullback(["convert", source, at("folder.npy"), "--force"])).stderr).toMatch(
      /is not a file, so it cannot be replaced\n$/,
    );
  });

  it("leaves nothing behind when it fails or is interrupted", async () => {
    const before = readdirSync(folder.path).sort();
    writeFileSync(at("ragged.csv"), `1,2\n${"3,4\n".repeat(5)}x,y\n`);
    expect((await kullback(["convert", at("ragged.csv"), at("gone.npy")])).code).toBe(2);
    const interrupted = new AbortController();
    interrupted.abort();
    expect((await kullback(["convert", source, at("gone.npy")], { signal: interrupted.signal })).code).toBe(
      130,
    );
    expect((await kullback(["convert", source, at("none/gone.npy")])).stderr).toMatch(
      /gone\.npy: cannot be written \(ENOENT\)\n$/,
    );
    const left = readdirSync(folder.path).filter((name) => name !== "ragged.csv");
    expect(left.sort()).toEqual(before);
    expect(existsSync(at("gone.npy"))).toBe(false);
  });

  it("is told the format by the name, or by --to", async () => {
    const { code, stderr } = await kullback(["convert", source, at("out.bin")]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/out\.bin: its name does not say which format it is to be; say --to npy\|npz\|/);
    await convert(source, at("out.bin"), "--to", "safetensors");
    expect((await read(at("out.bin"))).shape).toEqual([4, 3]);
  });

  it("reads one tensor of several, and large examples block by block", async () => {
    const file = folder.write(
      "two.safetensors",
      writeSafetensors({
        a: { data: Float32Array.of(1, 2), shape: [1, 2] },
        b: { data: values, shape: [2, 6] },
      }),
    );
    await convert(`${file}#b`, at("b.npy"));
    expect((await read(at("b.npy"))).shape).toEqual([2, 6]);
    await convert(example("digits_teacher.npy"), at("digits.parquet"));
    expect((await read(at("digits.parquet"))).data).toEqual((await read(example("digits_teacher.npy"))).data);
  });
});
