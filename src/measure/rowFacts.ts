import { KullbackError } from "../errors.js";
import type { Inputs } from "./inputs.js";
import { type Groups, readGroups } from "./integers.js";
import { readLabels } from "./labels.js";
import type { CompareOptions } from "./options.js";
import { chunkClusters, type Places, regularPlaces } from "./places.js";
import { readSelection, type Selection } from "./selection.js";
import type { Clusters } from "./statistics/index.js";

/** What is known of rows besides their values. */
export interface RowFacts {
  readonly selection: Selection;
  readonly labels: Int32Array | undefined;
  readonly places: Places | undefined;
  readonly groups: Groups | undefined;
  readonly clusters: Clusters | undefined;
}

/** A report with more groups than this would be none. */
const mostGroups = 256;

/** Reads what files and options say of the rows; clusters are those of a file, or else chunks. */
export async function readRowFacts(
  inputs: Inputs,
  rows: number,
  classes: number,
  options: CompareOptions,
): Promise<RowFacts> {
  const { labels, groups, clusters, mask } = inputs;
  const places = options.positions === undefined ? undefined : regularPlaces(rows, options.positions);
  const sliced = groups && (await readGroups(groups.array, "groups", rows, options.groupNames));
  if (sliced !== undefined && sliced.count > mostGroups) {
    throw new KullbackError(
      `${sliced.by}: holds ${sliced.count} different groups, at most ${mostGroups} can be reported`,
    );
  }
  return {
    selection: await readSelection(rows, options.rows, mask?.array),
    labels: labels && (await readLabels(labels.array, rows, classes)),
    places,
    groups: sliced,
    clusters: clusters ? await readGroups(clusters.array, "clusters", rows) : places && chunkClusters(places),
  };
}
