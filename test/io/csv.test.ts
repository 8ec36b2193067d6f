import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { openRows } from "../../src/io/index.js";
import { named } from "./files.js";
import { file, golden, readDense, rowsRefusal, text } from "./formats.js";

const csv = (content: string, name = "a.csv") => named(name, text(content) as Uint8Array<ArrayBuffer>);
const rowsOf = async (content: string, name?: string) => (await readDense(csv(content, name))).rows;

describe("CSV: files written by NumPy and Python's csv", () => {
  for (const name of ["comma", "space", "header", "names", "tab", "semicolon", "numbered", "bom", "gzip"]) {
    it(`reads ${name}`, async () => {
      const { rows, format, dtype, order } = await readDense(
        named(name === "gzip" ? "a.csv.gz" : "a.csv", file("csv", name)),
      );
      expect({ format, dtype, order }).toEqual({ format: "csv", dtype: "float64", order: "forward" });
      expect(rows.map((row) => row.map(Math.fround))).toEqual(golden.x);
    });
  }
});

describe("CSV", () => {
  it("reads every way to write a number, and a single column", async () => {
    expect(await rowsOf("1,-2,+3\n.5,6.,7e-2\nnan,-inf,Infinity\n")).toEqual([
      [1, -2, 3],
      [0.5, 6, 0.07],
      [Number.NaN, -Infinity, Infinity],
    ]);
    expect(await rowsOf("1\n2\n\n# no more\n")).toEqual([[1], [2]]);
    expect(await rowsOf("")).toEqual([]);
  });

  it("is recognised without its name by lines of numbers", async () => {
    expect(await rowsOf("a,b\n1,2\n", "data")).toEqual([[1, 2]]);
    expect((await rowsRefusal(csv("some words, and more\n", "data"))).message).toMatch(
      /^data: looks like a text file/,
    );
  });

  it("reads rows of any block of lines, from a text of many blocks, also backwards", async () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => `${i},${i / 8},-${i}`);
    for (const bytes of [text(lines.join("\r\n")), gzipSync(lines.join("\n"))]) {
      const opened = await openRows(named("a.csv", Uint8Array.from(bytes)));
      if (opened.kind !== "dense") throw new Error("dense");
      for (const [start, count] of [
        [0, 3],
        [19_998, 2],
        [7000, 5],
        [7002, 9000],
      ] as const) {
        const out = new Float64Array(count * 3);
        await opened.reader.read(start, count, out);
        expect(Array.from(out.subarray(0, 3))).toEqual([start, start / 8, -start]);
        expect(out.at(-1)).toBe(-(start + count - 1));
      }
      await expect(opened.reader.read(19_999, 2, new Float64Array(6))).rejects.toThrow(
        "outside the 20000 rows",
      );
      await expect(opened.reader.read(0, 2, new Float64Array(5))).rejects.toThrow(
        "need an array of 6, got 5",
      );
      await expect(opened.reader.read(0, 1, new Float32Array(3))).rejects.toThrow("need a Float64Array");
      await opened.close();
    }
  });

  it("says what is wrong, and never takes words for numbers", async () => {
    const refused: [content: string, message: string | RegExp][] = [
      ["1,2\n3\n", "a.csv: record 2 of those from line 1 has 1 fields, wanted 2 as before"],
      ["1,2\n3,x\n", 'a.csv: record 2 of those from line 1: wanted a number in column 2, got "x"'],
      ["1,2\n3,\n", 'a.csv: record 2 of those from line 1: wanted a number in column 2, got ""'],
      ["1,2\n3,0x10\n", 'a.csv: record 2 of those from line 1: wanted a number in column 2, got "0x10"'],
      ["1,x\n3,4\n", 'a.csv: record 1 of those from line 1: wanted a number in column 2, got "x"'],
      [
        ",a,b\n0,1,2\n",
        "a.csv: the first column has no name, as the index that pandas adds: save with index=False",
      ],
      ['1,"2\n3,4\n', /^a\.csv: .*(quote|Quote)/],
      ["1,\xff\u0000", /^a\.csv: /],
    ];
    for (const [content, message] of refused) {
      const error = await rowsRefusal(csv(content));
      if (typeof message === "string") expect(error.message).toBe(message);
      else expect(error.message).toMatch(message);
    }
    expect((await rowsRefusal(csv("1,2\n"), { tensor: "a" })).message).toBe(
      'a.csv: has no column "a"; it has 1, 2',
    );
    expect((await rowsRefusal(csv("1,2\n"), { dim: [0] })).message).toBe(
      "a.csv: is float64 [1, 2], a table: its rows lie along dim -1, not 0",
    );
  });

  it("refuses compressed data that is cut off or damaged", async () => {
    const packed = Uint8Array.from(gzipSync("1,2\n".repeat(1000)));
    expect((await rowsRefusal(named("a.csv.gz", packed.slice(0, -9)))).message).toMatch(
      /the compressed data is damaged/,
    );
    packed[packed.length - 6]! ^= 1;
    expect((await rowsRefusal(named("a.csv.gz", packed))).message).toMatch(/the compressed data is damaged/);
  });
});
