import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type ConventionInput, conventions, type Kind } from "../../../src/measure/conventions/index.js";

/** A case of test/oracle/conventions.py: two arrays, and what the libraries themselves give. */
interface Case {
  name: string;
  kind: Kind;
  shape: number[];
  dim: number;
  p: (number | string)[];
  q: (number | string)[];
  values: Record<string, number | string>;
}

const file = new URL("../../oracle/conventions.json", import.meta.url);
const cases = JSON.parse(readFileSync(file, "utf8")) as Case[];

function inputOf({ kind, shape, dim, p, q }: Case): ConventionInput {
  const dims = kind === "samples" ? [] : [dim < 0 ? dim + shape.length : dim];
  return { p: Float64Array.from(p, Number), q: Float64Array.from(q, Number), shape, kind, dims };
}

describe.each(cases)("conventions of $name", (it_) => {
  const input = inputOf(it_);

  it("apply just where the library takes such values", () => {
    const applying = conventions.filter((convention) => convention.applies(input)).map(({ name }) => name);
    expect(applying.sort()).toEqual(Object.keys(it_.values).sort());
  });

  it.each(Object.entries(it_.values))("%s is what the library gives", (name, expected) => {
    const value = conventions.find((convention) => convention.name === name)!.value(input);
    if (!Number.isFinite(Number(expected))) expect(value).toBe(Number(expected));
    else
      expect(Math.abs(value - Number(expected))).toBeLessThanOrEqual(
        1e-12 + 1e-10 * Math.abs(Number(expected)),
      );
  });
});
