// Writes the inputs of the training benchmark into a folder, for losses.py.
// Run: npx tsx bench/training/write-inputs.ts FOLDER
import { groups } from "../lib/groups.js";
import { inputFiles } from "../lib/inputs.js";

for (const { inputs, shapes } of groups.training) inputFiles(process.argv[2], inputs, shapes[0]);
