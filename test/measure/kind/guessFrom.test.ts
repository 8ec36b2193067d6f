import { describe, expect, it } from "vitest";
import type { RowReader } from "../../../src/io/index.js";
import { openInput } from "../../../src/measure/inputs/inputs.js";
import { guessFrom } from "../../../src/measure/kind/guessFrom.js";
import { lookAt } from "../../../src/measure/kind/look.js";

/** What rows of float64 numbers, given as stored in `dtype`, are taken for. */
async function guess(rows: number[][], dtype: "float64" | "float16" | "bfloat16" = "float64") {
  const { file } = await openInput(
    { data: Float64Array.from(rows.flat()), shape: [rows.length, rows[0].length] },
    "x",
  );
  return guessFrom(await lookAt(file.reader as RowReader), dtype);
}

const logs = (rows: number[][]) => rows.map((row) => row.map(Math.log));

describe("what values are taken for", () => {
  it.each<[string, number[][]]>([
    [
      "of both signs",
      [
        [1, -2, 3],
        [0.2, 0.3, 0.5],
      ],
    ],
    [
      "all negative, whose exponentials are far from 1",
      [
        [-30, -40, -50],
        [-33, -35, -32],
      ],
    ],
    ["of both signs and masked", [[1, -Infinity, -3]]],
    [
      "less their maximum, of uncertain rows",
      [
        [0, -0.1, -0.2],
        [0, -0.5, -1],
        [0, -0.3, -0.7],
      ],
    ],
    ["that sum to 1 with a clearly negative one among them", [[-0.5, 0.5, 1]]],
  ])("is logits for values %s", async (_what, rows) => {
    expect((await guess(rows)).from).toBe("logits");
  });

  it("is probabilities when none is negative and rows sum to 1", async () => {
    const found = await guess([
      [0.2, 0.3, 0.5],
      [0, 0, 1],
    ]);
    expect(found).toEqual({ from: "probs", found: "values from 0 to 1, rows sum to 1" });
  });

  it("is log-probabilities when exponentials of rows sum to 1, masked classes or not", async () => {
    expect(
      (
        await guess(
          logs([
            [0.2, 0.3, 0.5],
            [0.1, 0.1, 0.8],
          ]),
        )
      ).from,
    ).toBe("logProbs");
    expect(
      (
        await guess(
          logs([
            [0, 0.5, 0.5],
            [0, 0, 1],
          ]),
        )
      ).from,
    ).toBe("logProbs");
  });

  it("allows for the rounding of half precision, and not in double precision", async () => {
    const rows = [[0.2, 0.3, 0.5015]];
    expect((await guess(rows, "float16")).from).toBe("probs");
    expect((await guess(rows, "bfloat16")).from).toBe("probs");
    expect((await guess(rows)).from).toBeNull();
  });

  it.each<[string, number[][]]>([
    [
      "rows sum to nearly 1",
      [
        [0.2, 0.3, 0.52],
        [0.2, 0.3, 0.48],
      ],
    ],
    [
      "only some rows sum to 1",
      [
        [0.2, 0.3, 0.5],
        [0.2, 0.3, 0.1],
      ],
    ],
    [
      "there are counts",
      [
        [3, 0, 5],
        [1, 1, 2],
      ],
    ],
    ["there is a saliency map in [0, 1]", [[0.9, 1, 0.8, 0.3]]],
    ["all logits happen to be positive", [[3.2, 0.7, 5.5]]],
    ["probabilities have a slightly negative one", [[0.5, 0.500001, -0.000001]]],
    [
      "log-probabilities are a few per cent off",
      logs([
        [0.2, 0.3, 0.53],
        [0.2, 0.3, 0.53],
      ]),
    ],
    [
      "most, not all, exponentials sum to 1",
      logs([
        [0.2, 0.8],
        [0.3, 0.7],
        [0.5, 0.5],
        [0.4, 0.2],
      ]),
    ],
    [
      "no row is finite",
      [
        [Number.NaN, 1],
        [Infinity, 0],
        [-Infinity, -Infinity],
      ],
    ],
  ])("is unclear when %s", async (_what, rows) => {
    const { from, found } = await guess(rows);
    expect(from).toBeNull();
    expect(found).not.toBe("");
  });

  it("is found though some rows hold NaN, infinities or only masked classes", async () => {
    const rows = [
      [Number.NaN, 1],
      [Infinity, 0],
      [-Infinity, -Infinity],
      [0.25, 0.75],
    ];
    expect((await guess(rows)).from).toBe("probs");
  });
});

describe("the sample", () => {
  it("reaches from the first row to the last without reading all", async () => {
    const rows = 100_000;
    const data = new Float32Array(rows * 10).fill(-1);
    data[0] = -7;
    data[data.length - 1] = 9;
    const { file } = await openInput({ data, shape: [rows, 10] }, "x");
    const look = await lookAt(file.reader as RowReader);
    expect(look.values).toEqual([-7, 9]);
    expect(look.elements).toBeLessThan(data.length / 5);
  });
});
