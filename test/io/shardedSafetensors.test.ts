import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { inspectFile, openArray, readArray } from "../../src/io/index.js";
import { fromBase64, named, refusal, safetensorsFile } from "./files.js";
import { golden, readDense, text } from "./formats.js";

const folder = mkdtempSync(join(tmpdir(), "kullback-shards-"));
afterAll(() => rmSync(folder, { recursive: true }));
for (const [name, content] of Object.entries(golden.shards))
  writeFileSync(join(folder, name), fromBase64(content));
const index = join(folder, "model.safetensors.index.json");

const indexFile = (map: unknown) => {
  const path = join(folder, "other.safetensors.index.json");
  writeFileSync(path, JSON.stringify({ weight_map: map }));
  return path;
};

describe("safetensors in several files", () => {
  it("reads each tensor from the file that has it", async () => {
    expect((await readDense(`${index}#b`)).rows).toEqual(golden.x);
    const array = await openArray(index, { tensor: "a" });
    expect(array).toMatchObject({ format: "safetensors", shape: [2, 3, 4], dtype: "float64" });
    await array.close();
    expect((await readArray(`${index}#c.d`)).data).toEqual(Int32Array.of(1, 2));
    const { format, arrays } = await inspectFile(index);
    expect([format, arrays.map(({ name }) => name).sort()]).toEqual(["safetensors", ["a", "b", "c.d"]]);
  });

  it("knows an index by its name, whatever it says of itself", async () => {
    const { weight_map: map } = JSON.parse(readFileSync(index, "utf8"));
    const path = join(folder, "plain.safetensors.index.json");
    writeFileSync(path, JSON.stringify({ metadata: {}, weight_map: map }));
    expect((await readDense(`${path}#b`)).rows).toEqual(golden.x);
  });

  it("needs a path or URL, beside which the files are", async () => {
    const { message } = await refusal(
      named("m.index.json", fromBase64(golden.shards["model.safetensors.index.json"]!)),
    );
    expect(message).toBe(
      "m.index.json: is an index of other files: give its path or URL, so that model-00001-of-00002.safetensors can be found",
    );
  });

  it("refuses an index that leads out of its folder or lies", async () => {
    for (const file of ["../a.safetensors", "/etc/passwd", "a\\b", "..", "", 3, "C:x"]) {
      expect((await refusal(indexFile({ t: file }))).message).toMatch(
        /tensor "t" must name a file beside it$/,
      );
    }
    expect((await refusal(indexFile({ t: "none.safetensors" }))).message).toBe(
      `${join(folder, "none.safetensors")}: no such file`,
    );
    expect((await refusal(indexFile({ nope: "model-00001-of-00002.safetensors" }))).message).toMatch(
      /says that model-00001-of-00002\.safetensors holds "nope", which it does not$/,
    );
    expect((await refusal(indexFile(3))).message).toMatch(/wanted an object with weight_map$/);
    const twice = named(
      "x.safetensors.index.json",
      text('{"weight_map": {"a": "b", "a": "c"}}') as Uint8Array<ArrayBuffer>,
    );
    expect((await refusal(twice)).message).toBe(
      'x.safetensors.index.json: bad safetensors index: the key "a" occurs twice in an object',
    );
  });
});

describe("safetensors", () => {
  it("refuses a header that has a key twice, since programs differ in which of them counts", async () => {
    const tensor = '{"dtype":"U8","shape":[1],"data_offsets":[0,1]}';
    const again = '{"dtype":"U8","shape":[1],"shape":[1],"data_offsets":[0,1]}';
    const why = async (header: string) =>
      (await refusal(named("a.safetensors", safetensorsFile(header, 1)))).message;
    expect(await why(`{"a":${tensor},"\\u0061":${tensor}}`)).toBe(
      'a.safetensors: bad safetensors header: the key "a" occurs twice in an object',
    );
    expect(await why(`{"a":${again}}`)).toMatch(/the key "shape" occurs twice/);
    expect(
      (
        await readArray(
          safetensorsFile(`{"a\\"{":${tensor},"shape":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}`, 1),
          { tensor: 'a"{' },
        )
      ).shape,
    ).toEqual([1]);
  });
});
