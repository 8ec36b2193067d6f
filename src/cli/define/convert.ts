import { type Command, Option } from "commander";
import type { ConvertFlags } from "../commands/convert.js";
import type { CommandIo } from "../io.js";
import { helpExamples } from "./help.js";

/** Adds `kullback convert` to the program. */
export function addConvert(program: Command, io: CommandIo): void {
  program
    .command("convert")
    .summary("write a file's rows in another format")
    .description(
      "Write the rows of a file in another format: .npy, .npz, .safetensors, .parquet, .csv, .tsv, .jsonl, or " +
        ".kld for llama.cpp's _logits_. The new file appears when it is whole.",
    )
    .argument("<in>", "file or URL of any format that Kullback reads")
    .argument("<out>", "file to write; out.npz#name names the array")
    .addOption(
      new Option("--dtype <dtype>", "of the numbers; by default that of the input").choices([
        "float16",
        "bfloat16",
        "float32",
        "float64",
      ]),
    )
    .addOption(
      new Option("--to <format>", "the format, where the name does not say it").choices([
        ...["npy", "npz", "safetensors", "llama.cpp", "parquet", "csv", "tsv", "jsonl"],
      ]),
    )
    .option("--tokens <file>", "for _logits_: the tokens, of shape [chunks, context length]")
    .addOption(
      new Option("--from <kind>", "what the values are; _logits_ takes the logarithm of probs").choices([
        "logits",
        "probs",
        "log-probs",
      ]),
    )
    .option("--force", "replace a file that is there already")
    .option("--quiet", "show no progress")
    .addHelpText(
      "after",
      helpExamples([
        "kullback convert base.kld base.npy --dtype float16",
        "kullback convert logits.npz#teacher teacher.safetensors",
        "kullback convert base.npy base.kld --tokens tokens.npy",
      ]),
    )
    .action(async (input: string, output: string, flags: ConvertFlags) => {
      const { convertCommand } = await import("../commands/convert.js");
      await convertCommand(input, output, flags, io);
    });
}
