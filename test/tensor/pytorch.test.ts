import { describe, expect, it } from "vitest";
import elementwise from "../oracle/tensor-elementwise.json" with { type: "json" };
import reductions from "../oracle/tensor-reductions.json" with { type: "json" };
import structure from "../oracle/tensor-structure.json" with { type: "json" };
import { type OracleFile, runCase } from "./oracle.js";

const files = { elementwise, reductions, structure } as unknown as Record<string, OracleFile>;

for (const [name, file] of Object.entries(files)) {
  describe(`${name} operations have PyTorch's values, shapes, dtypes and derivatives`, () => {
    const names = [...new Set(file.cases.map((entry) => entry.op))];
    it.each(names)("%s", (op) => {
      const failures: string[] = [];
      for (const entry of file.cases.filter((candidate) => candidate.op === op)) {
        try {
          runCase(file, entry);
        } catch (error) {
          const call = `${op}(${[...entry.in, ...(entry.args ?? [])].map((x) => JSON.stringify(x)).join(", ")})`;
          failures.push(`${call}: ${(error as Error).message}`);
        }
      }
      if (failures.length > 0) expect.fail(failures.join("\n"));
    });
  });
}
