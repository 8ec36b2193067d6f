import { describe, expect, it } from "vitest";
import { DataLoader, RowsDataset } from "../../src/data/index.js";
import { openArray, rowsOf, writeNpy } from "../../src/io/index.js";

describe("RowsDataset", () => {
  it("reads the rows of a file as they are needed, neighbours together", async () => {
    const values = Float32Array.from({ length: 15 }, (_, i) => i);
    const reader = rowsOf(await openArray(writeNpy(values, [5, 3])));
    const reads: number[] = [];
    const dataset = new RowsDataset({
      ...reader,
      read: (start, count, out) => {
        reads.push(count);
        return reader.read(start, count, out);
      },
    });
    const batches: number[][] = [];
    for await (const batch of new DataLoader(dataset, { batchSize: 2, prefetch: 1 }))
      batches.push([...batch.data]);
    expect(batches).toEqual([
      [0, 1, 2, 3, 4, 5],
      [6, 7, 8, 9, 10, 11],
      [12, 13, 14],
    ]);
    expect(reads).toEqual([2, 2, 1]);
    expect([...(await dataset.batch([4, 0, 1])).data]).toEqual([12, 13, 14, 0, 1, 2, 3, 4, 5]);
    expect((await dataset.get(2)).shape).toEqual([3]);
    await expect(dataset.get(5)).rejects.toThrow("RowsDataset: index 5 is out of range for 5 items");
  });

  it("keeps float64 and wide integers exact", async () => {
    const big = 2 ** 31 - 1;
    const ints = new RowsDataset(rowsOf(await openArray(writeNpy(Int32Array.of(big, 1), [1, 2]))));
    expect([...(await ints.get(0)).data]).toEqual([big, 1]);
    const floats = new RowsDataset(rowsOf(await openArray(writeNpy(Float64Array.of(0.1), [1, 1]))));
    expect((await floats.get(0)).dtype).toBe("float64");
  });
});
