// The licences of the packages whose code is part of the bundle, which their terms ask to be handed on.
import { readdirSync, readFileSync } from "node:fs";

/** The licence texts of the packages that `inputs`, the files of a bundle, belong to. */
export function notices(inputs, root) {
  const packages = new Set(
    inputs.flatMap((file) => file.match(/^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0] ?? []),
  );
  const texts = Array.from(packages)
    .sort()
    .map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(`${root}/${folder}/package.json`, "utf8"));
      const file = readdirSync(`${root}/${folder}`).find((entry) => /^licen[cs]e/i.test(entry));
      const text = file ? readFileSync(`${root}/${folder}/${file}`, "utf8").trim() : `Licence: ${license}`;
      return `${name} ${version}\n\n${text}\n`;
    });
  return texts.length > 0
    ? `Parts of these packages are in this build.\n\n${texts.join(`\n${"-".repeat(80)}\n\n`)}`
    : "No other package's code is in this build.\n";
}
