import { execFileSync } from "node:child_process";
import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type ByteSource,
  FileError,
  inspectFile,
  openArray,
  readArray,
  rowsOf,
  writeNpy,
} from "../../src/io/index.js";
import { named, npyFile, npyHeader, refusal, safetensorsFile } from "./files.js";

const three = writeNpy(Float32Array.of(1, 2, 3), [3]);
let folder: string;
const at = (name: string) => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "kullback-io-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The file descriptors of this process that point into the test's folder; undefined where that is unknown. */
function openFiles(): number | undefined {
  if (process.platform !== "linux") return undefined;
  return readdirSync("/proc/self/fd").length;
}

describe("a file on disk", () => {
  it("is read, and named as the user wrote it", async () => {
    writeFileSync(at("a.npy"), three);
    const array = await openArray(at("a.npy"));
    expect(array).toMatchObject({ name: at("a.npy"), format: "npy", shape: [3], byteLength: 12 });
    await array.close();
    expect((await readArray(at("a.npy"))).data).toEqual(Float32Array.of(1, 2, 3));
    expect(await inspectFile(at("a.npy"))).toMatchObject({ name: at("a.npy"), size: three.length });
  });

  it("is recognised by its content and not by its name", async () => {
    writeFileSync(at("wrong.safetensors"), three);
    expect((await inspectFile(at("wrong.safetensors"))).format).toBe("npy");
    writeFileSync(
      at("wrong.npy"),
      safetensorsFile({ a: { dtype: "U8", shape: [1], data_offsets: [0, 1] } }, 1),
    );
    expect((await inspectFile(at("wrong.npy"))).format).toBe("safetensors");
  });

  it("may have a # in its name, before and in the name of a tensor", async () => {
    const tensor = { dtype: "U8", shape: [1], data_offsets: [0, 1] };
    writeFileSync(at("run#1.npy"), three);
    writeFileSync(at("run#2.safetensors"), safetensorsFile({ "layer#3": tensor }, 1));
    expect((await readArray(at("run#1.npy"))).shape).toEqual([3]);
    const array = await openArray(at("run#2.safetensors#layer#3"));
    expect(array.name).toBe(at("run#2.safetensors#layer#3"));
    expect(array.dtype).toBe("uint8");
    await array.close();
    const { message } = await refusal(at("run#1.npy#x"));
    expect(message).toBe(`${at("run#1.npy")}: holds one array, which has no name: leave out #x`);
    const missing = await refusal(at("none.safetensors#x"));
    expect(missing.message).toBe(`${at("none.safetensors")}: no such file`);
  });

  it("is closed again when it cannot be opened, inspected or read", async () => {
    writeFileSync(at("bad.npy"), npyFile(npyHeader("'<f4'", "(5,)"), 3));
    writeFileSync(at("big.npy"), npyFile(npyHeader("'<i8'", "(1,)"), 8).fill(127, -8));
    const before = openFiles();
    await refusal(at("bad.npy"));
    await refusal(at("a.npy#x"));
    await expect(inspectFile(at("bad.npy"))).rejects.toThrow(FileError);
    await expect(readArray(at("big.npy"))).rejects.toThrow(FileError);
    await inspectFile(at("a.npy"));
    expect(openFiles()).toBe(before);
  });

  it("is an error of one line if it is missing, a directory, a pipe, or has an impossible name", async () => {
    const reasons: [path: string, reason: string][] = [
      [at("none.npy"), "no such file"],
      [join(at("a.npy"), "b.npy"), "no such file"],
      ["", "no such file"],
      [folder, "is a directory, wanted a file"],
      [at("x".repeat(5000)), "the name is too long"],
      ["a\0b", "cannot be read (ERR_INVALID_ARG_VALUE)"],
    ];
    if (process.platform !== "win32") {
      execFileSync("mkfifo", [at("pipe")]);
      reasons.push([at("pipe"), "is a pipe or a device, wanted a file: save it to disk first"]);
    }
    for (const [path, reason] of reasons) {
      const error = await refusal(path);
      expect(error).toBeInstanceOf(FileError);
      expect(error.message).toBe(`${path.replace("\0", "\\u0000")}: ${reason}`);
      expect(error.message).not.toMatch(/\p{Cc}/u);
    }
  });

  it("that shrinks while it is open is a short read", async () => {
    for (const bytes of [400, 400_000]) {
      writeFileSync(at("shrinks.npy"), writeNpy(new Float32Array(bytes / 4), [bytes / 4]));
      const array = await openArray(at("shrinks.npy"));
      truncateSync(at("shrinks.npy"), 128 + 100);
      await expect(rowsOf(array).read(0, 1, new Float32Array(bytes / 4))).rejects.toThrow(
        `${at("shrinks.npy")}: short read: wanted ${bytes} bytes from offset 128, got 100; did the file change?`,
      );
      await array.close();
    }
  });

  it("cannot be read once it is closed", async () => {
    const array = await openArray(at("a.npy"));
    const reader = rowsOf(array);
    await array.close();
    await expect(reader.read(0, 1, new Float32Array(3))).rejects.toThrow(`${at("a.npy")}: is already closed`);
  });

  it("may be larger than 2 GiB", async () => {
    const rows = 6_000_000;
    const header = npyFile(npyHeader("'<f4'", `(${rows}, 100)`).padEnd(118));
    const file = openSync(at("large.npy"), "w");
    writeSync(file, header);
    const last = new Uint8Array(Float32Array.from({ length: 100 }, (_, i) => i + 0.5).buffer);
    writeSync(file, last, 0, last.length, header.length + (rows - 1) * 400);
    closeSync(file);
    const array = await openArray(at("large.npy"));
    expect(array.byteLength).toBeGreaterThan(2 ** 31);
    const out = new Float32Array(200);
    await rowsOf(array).read(rows - 2, 2, out);
    expect(out).toEqual(Float32Array.from({ length: 200 }, (_, i) => (i < 100 ? 0 : i - 99.5)));
    await array.close();
    rmSync(at("large.npy"));
  });

  it("lets timers have their turn while a row is gathered from thousands of places", async () => {
    const [classes, rows] = [3000, 10_000];
    const header = npyFile(npyHeader("'<f4'", `(${classes}, ${rows})`).padEnd(118));
    const file = openSync(at("sparse.npy"), "w");
    writeSync(file, header);
    const expected = new Float32Array(2 * classes);
    for (const [row, column] of [
      [0, 0],
      [1, 1023],
      [0, 1024],
      [1, 2999],
    ] as const) {
      expected[row * classes + column] = column + 1;
      const bytes = new Uint8Array(Float32Array.of(column + 1).buffer);
      writeSync(file, bytes, 0, 4, header.length + 4 * (column * rows + 500 + row));
    }
    closeSync(file);
    truncateSync(at("sparse.npy"), header.length + 4 * classes * rows);
    const array = await openArray(at("sparse.npy"));
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    const out = new Float32Array(2 * classes);
    await rowsOf(array, [0]).read(500, 2, out);
    clearInterval(timer);
    expect(out).toEqual(expected);
    expect(turns).toBeGreaterThan(0);
    await array.close();
    rmSync(at("sparse.npy"));
  });
});

describe("a Blob", () => {
  it("is read by ranges and named if it is a File", async () => {
    expect((await readArray(new Blob([three]))).data).toEqual(Float32Array.of(1, 2, 3));
    expect((await openArray(new Blob([three]))).name).toBe("(blob)");
    expect((await openArray(named("picked.npy", three as Uint8Array<ArrayBuffer>))).name).toBe("picked.npy");
  });

  it("that can no longer be read is an error that names it", async () => {
    const file = named("gone.npy", three as Uint8Array<ArrayBuffer>);
    const array = await openArray(file);
    file.slice = () => {
      throw new DOMException("The file could not be read.", "NotReadableError");
    };
    await expect(rowsOf(array).read(0, 1, new Float32Array(3))).rejects.toThrow(
      new FileError("gone.npy", "cannot be read: The file could not be read."),
    );
  });
});

describe("a source of the caller's own", () => {
  it("stays open, since the caller opened it", async () => {
    let closed = 0;
    const source: ByteSource = {
      name: "mine",
      size: three.length,
      read: async (offset, length) => three.subarray(offset, offset + length),
      close: async () => {
        closed++;
      },
    };
    await (await openArray(source)).close();
    await inspectFile(source);
    await readArray(source);
    expect(closed).toBe(0);
  });

  it("that answers with too few or too many bytes is an error", async () => {
    for (const extra of [-1, 1]) {
      const read = async (_: number, length: number) => new Uint8Array(length + extra);
      const { message } = await refusal({ name: "mine", size: 100, read, close: async () => {} });
      expect(message).toBe(
        `mine: short read: wanted 100 bytes from offset 0, got ${100 + extra}; did the file change?`,
      );
    }
  });

  it("must be one of the things that can be opened", async () => {
    const notOurs = new ArrayBuffer(8) as unknown as Uint8Array;
    const { message } = await refusal(notOurs);
    expect(message).toBe(
      "openArray: wanted a path, a URL, a Blob, a Uint8Array or a ByteSource, got ArrayBuffer",
    );
  });
});
