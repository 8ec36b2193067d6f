import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type ArrayFile,
  type ByteSource,
  FileError,
  openArray,
  rowArray,
  rowsOf,
} from "../../src/io/index.js";
import { firstDifference, fromBase64, npyFile, npyHeader, oracle } from "./files.js";

interface Golden {
  shape: number[];
  C: string;
  F: string;
  cases: { dims: number[]; rows: number[][] }[];
}

async function readRows(array: ArrayFile, dims?: readonly number[]): Promise<number[][]> {
  const reader = rowsOf(array, dims);
  const out = rowArray(reader.dtype, reader.rows * reader.classes);
  await reader.read(0, reader.rows, out);
  return Array.from({ length: reader.rows }, (_, row) =>
    Array.from(out.subarray(row * reader.classes, (row + 1) * reader.classes)),
  );
}

/** A float32 file in which element i of memory holds i, so that values are their own addresses. */
function counting(shape: number[], fortran = false): Uint8Array<ArrayBuffer> {
  const count = shape.reduce((a, b) => a * b, 1);
  const header = npyHeader(
    "'<f4'",
    `(${shape.map((dim) => `${dim},`).join(" ")})`,
    fortran ? "True" : "False",
  );
  const file = npyFile(header, 4 * count);
  const view = new DataView(file.buffer, file.length - 4 * count);
  for (let i = 0; i < count; i++) view.setFloat32(4 * i, i, true);
  return file;
}

/** Where NumPy keeps the classes of `row` when `dims` are moved to the end, worked out one index at a time. */
function expectedRow(shape: number[], fortran: boolean, dims: readonly number[], row: number): number[] {
  const strides = shape.map((_, axis) =>
    (fortran ? shape.slice(0, axis) : shape.slice(axis + 1)).reduce((a, b) => a * b, 1),
  );
  const offsets = (axes: number[]) =>
    axes.reduce(
      (sums, axis) =>
        sums.flatMap((sum) => Array.from({ length: shape[axis]! }, (_, i) => sum + i * strides[axis]!)),
      [0],
    );
  const axes = [...shape.keys()];
  const start = offsets(axes.filter((axis) => !dims.includes(axis)))[row]!;
  return offsets(axes.filter((axis) => dims.includes(axis))).map((offset) => start + offset);
}

/** `bytes` as a source that notes the length of each read. */
function watched(bytes: Uint8Array): ByteSource & { reads: number[] } {
  const reads: number[] = [];
  return {
    reads,
    name: "watched.npy",
    size: bytes.length,
    read: async (offset, length) => {
      reads.push(length);
      return bytes.subarray(offset, offset + length);
    },
    close: async () => {},
  };
}

describe("rowsOf", () => {
  for (const golden of oracle("io-rows.json") as Golden[]) {
    for (const { dims, rows } of golden.cases) {
      it(`reads [${golden.shape}] by the dims [${dims}] as NumPy's moveaxis does, in C and Fortran order`, async () => {
        expect(await readRows(await openArray(fromBase64(golden.C)), dims)).toEqual(rows);
        expect(await readRows(await openArray(fromBase64(golden.F)), dims)).toEqual(rows);
      });
    }
  }

  it("takes the last axis by default, negative dims from the end, and dims in any order", async () => {
    const array = await openArray(counting([2, 3, 4]));
    expect(await readRows(array)).toEqual(await readRows(array, [2]));
    expect(await readRows(array, [-2])).toEqual(await readRows(array, [1]));
    expect(await readRows(array, [2, 0])).toEqual(await readRows(array, [0, 2]));
  });

  it("reads any block of rows of any array along any dims, in either order", async () => {
    const input = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 5 }).chain((shape) =>
      fc.record({
        shape: fc.constant(shape),
        fortran: fc.boolean(),
        dims: fc.subarray([...shape.keys()], { minLength: 1 }),
        cut: fc.tuple(fc.nat(), fc.nat()),
      }),
    );
    await fc.assert(
      fc.asyncProperty(input, async ({ shape, fortran, dims, cut }) => {
        const reader = rowsOf(await openArray(counting(shape, fortran)), dims);
        const start = cut[0] % (reader.rows + 1);
        const count = cut[1] % (reader.rows - start + 1);
        const out = new Float32Array(count * reader.classes + 2).fill(-1);
        await reader.read(start, count, out);
        const rows = Array.from({ length: count }, (_, i) => expectedRow(shape, fortran, dims, start + i));
        expect(Array.from(out)).toEqual([...rows.flat(), -1, -1]);
      }),
      { numRuns: 500 },
    );
  });

  // Gaps that are too wide to read across, rows that are longer than a read, and both at once.
  const large: [shape: number[], fortran: boolean, dims: number[], start: number, count: number][] = [
    [[7, 30_000], false, [0], 12_345, 100],
    [[30_000, 7], true, [1], 12_345, 100],
    [[3, 400_000], false, [0], 0, 400_000],
    [[2, 700_000], false, [1], 0, 2],
    [[2, 700_000], true, [1], 1, 1],
    [[3, 50, 5000], false, [0], 4990, 5020],
    [[3, 50, 5000], false, [1], 4990, 5020],
    [[3, 50, 5000], true, [0, 2], 7, 30],
    [[3, 50, 5000], false, [0, 2], 7, 30],
    [[9000, 2, 40], true, [2], 100, 17_000],
  ];
  for (const [shape, fortran, dims, start, count] of large) {
    const order = fortran ? "Fortran" : "C";
    it(`reads rows ${start} to ${start + count} of [${shape}] in ${order} order along [${dims}]`, async () => {
      const reader = rowsOf(await openArray(counting(shape, fortran)), dims);
      const out = new Float32Array(count * reader.classes);
      await reader.read(start, count, out);
      for (const i of [0, 1, count >> 1, count - 1].filter((i) => i < count)) {
        const row = out.subarray(i * reader.classes, (i + 1) * reader.classes);
        expect(firstDifference(row, expectedRow(shape, fortran, dims, start + i))).toBe(-1);
      }
    });
  }

  it("reads rows that lie side by side with one read", async () => {
    const source = watched(counting([100, 50]));
    const reader = rowsOf(await openArray(source));
    source.reads.length = 0;
    await reader.read(10, 30, new Float32Array(1500));
    expect(source.reads).toEqual([30 * 50 * 4]);
  });

  it("reads one run a class where the classes are far apart, and one span where they are close", async () => {
    const far = watched(counting([7, 30_000]));
    const reader = rowsOf(await openArray(far), [0]);
    far.reads.length = 0;
    await reader.read(5, 1000, new Float32Array(7000));
    expect(far.reads).toEqual(Array(7).fill(4000));

    const close = watched(counting([200, 100]));
    const closeReader = rowsOf(await openArray(close), [0]);
    close.reads.length = 0;
    await closeReader.read(5, 10, new Float32Array(2000));
    expect(close.reads).toEqual([(199 * 100 + 10) * 4]);
  });

  it("decodes the same in every memory that a source may answer with", async () => {
    const bytes = counting([4, 6], true);
    const odd = new Uint8Array(bytes.length + 3);
    odd.set(bytes, 3);
    const inPlace: ByteSource = {
      ...watched(bytes),
      read: async (offset, length, into = new Uint8Array(length)) => {
        into.set(bytes.subarray(offset, offset + length));
        return into.subarray(0, length);
      },
    };
    const expected = await readRows(await openArray(bytes));
    expect(await readRows(await openArray(odd.subarray(3)))).toEqual(expected);
    expect(await readRows(await openArray(new Blob([bytes])))).toEqual(expected);
    expect(await readRows(await openArray(inPlace))).toEqual(expected);
  });

  it("leaves the bytes in memory that it reads from as they were", async () => {
    const file = npyFile(npyHeader("'>f4'", "(2,)"), 8);
    file[file.length - 1] = 1;
    const before = file.slice();
    await readRows(await openArray(file));
    expect(file).toEqual(before);
  });

  it("keeps concurrent reads apart", async () => {
    const array = await openArray(new Blob([counting([6, 40], true)]));
    const reader = rowsOf(array);
    const outs = Array.from({ length: 6 }, () => new Float32Array(40));
    await Promise.all(outs.map((out, row) => reader.read(row, 1, out)));
    outs.forEach((out, row) => {
      expect(Array.from(out)).toEqual(expectedRow([6, 40], true, [1], row));
    });
  });

  it("takes a Float64Array for any dtype", async () => {
    const reader = rowsOf(await openArray(counting([2, 3])));
    const out = new Float64Array(6);
    await reader.read(0, 2, out);
    expect(out).toEqual(Float64Array.of(0, 1, 2, 3, 4, 5));
  });

  it("counts the rows of empty arrays", async () => {
    const noRows = rowsOf(await openArray(npyFile(npyHeader("'<f4'", "(0, 3)"))));
    expect([noRows.rows, noRows.classes]).toEqual([0, 3]);
    await noRows.read(0, 0, new Float32Array(0));
    const noClasses = rowsOf(await openArray(npyFile(npyHeader("'<f4'", "(3, 0)"))));
    expect([noClasses.rows, noClasses.classes]).toEqual([3, 0]);
    await noClasses.read(0, 3, new Float32Array(0));
  });

  const badDims: [dims: number[], message: string][] = [
    [[2], "(bytes): dim 2 is out of range for the shape [2, 3], wanted -2 to 1"],
    [[-3], "(bytes): dim -3 is out of range for the shape [2, 3], wanted -2 to 1"],
    [[0.5], "(bytes): dim 0.5 is out of range for the shape [2, 3], wanted -2 to 1"],
    [[1, -1], "(bytes): dim -1 is named twice in [1, -1]"],
    [[], "(bytes): wanted at least one dim for the classes, got none"],
  ];
  for (const [dims, message] of badDims) {
    it(`refuses the dims [${dims}] of a matrix`, async () => {
      const array = await openArray(counting([2, 3]));
      expect(() => rowsOf(array, dims)).toThrow(new FileError("(bytes)", message.slice(9)));
    });
  }

  it("refuses a single number, which has no axes", async () => {
    const array = await openArray(counting([]));
    expect(() => rowsOf(array)).toThrow(
      "(bytes): dim -1 is out of range for the shape [], which has no axes",
    );
  });

  it("refuses rows outside the array, and an array that is too short or too narrow for them", async () => {
    const reader = rowsOf(await openArray(counting([2, 3])));
    const out = new Float32Array(6);
    await expect(reader.read(1, 2, out)).rejects.toThrow(
      "(bytes): rows 1 to 3 are outside the 2 rows of the array",
    );
    await expect(reader.read(-1, 1, out)).rejects.toThrow("(bytes): rows -1 to 0 are outside");
    await expect(reader.read(0, 2, new Float32Array(5))).rejects.toThrow(
      "(bytes): 2 rows of 3 classes need an array of 6, got 5",
    );
    const wide = rowsOf(await openArray(npyFile(npyHeader("'<f8'", "(1, 2)"), 16)));
    await expect(wide.read(0, 1, out)).rejects.toThrow(
      "(bytes): float64 rows need a Float64Array, got a Float32Array",
    );
  });

  it("gives each dtype the smallest array that holds it exactly", () => {
    for (const dtype of [
      "float16",
      "bfloat16",
      "float32",
      "int8",
      "uint8",
      "int16",
      "uint16",
      "bool",
    ] as const) {
      expect(rowArray(dtype, 2)).toEqual(new Float32Array(2));
    }
    for (const dtype of ["float64", "int32", "uint32", "int64", "uint64"] as const) {
      expect(rowArray(dtype, 2)).toEqual(new Float64Array(2));
    }
  });
});
