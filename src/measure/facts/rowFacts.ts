import { KullbackError } from "../../errors.js";
import type { Inputs } from "../inputs/index.js";
import type { Clusters } from "../statistics/index.js";
import { type Groups, readGroups } from "./integers.js";
import { readLabels } from "./labels.js";
import { type Origins, readOrigins } from "./origins.js";
import { chunkClusters, listedPlaces, type Places, regularPlaces } from "./places.js";
import { readSelection, type Selection } from "./selection.js";

/** What is known of rows besides their values. */
export interface RowFacts {
  readonly selection: Selection;
  readonly labels: Int32Array | undefined;
  readonly places: Places | undefined;
  readonly groups: Groups | undefined;
  readonly clusters: Clusters | undefined;
  /** The file whose format gave labels or places. */
  readonly origin: string | undefined;
}

/** What is said of rows in an option. */
interface RowFactOptions {
  readonly rows?: readonly [start: number, end?: number];
  readonly positions?: number;
  readonly groupNames?: readonly string[];
  readonly allowMismatch?: readonly "tokens"[];
}

/** A report with more groups than this would be none. */
const mostGroups = 256;

/**
 * Reads what files and options say of the rows, and beyond these what the formats of inputs do; clusters are those
 * of a file, or else chunks.
 *
 * @param classes - The number of all classes; infinite where it is not known.
 */
export async function readRowFacts(
  inputs: Inputs,
  rows: number,
  classes: number,
  options: RowFactOptions,
): Promise<RowFacts> {
  const { labels, groups, clusters, mask, reference, candidates, floor } = inputs;
  const all = [reference, ...candidates, ...(floor ? [floor] : [])];
  const origins = await readOrigins(all, options.allowMismatch ?? []);
  const told = options.positions === undefined ? undefined : regularPlaces(rows, options.positions);
  const places = told ?? (origins && placesOf(origins, rows));
  const sliced = groups && (await readGroups(groups, "groups", rows, options.groupNames));
  if (sliced !== undefined && sliced.count > mostGroups) {
    throw new KullbackError(
      `${sliced.by}: holds ${sliced.count} different groups, at most ${mostGroups} can be reported`,
    );
  }
  const known = labels ? await readLabels(labels, rows, classes) : origins && labelsOf(origins);
  const used = (!labels && known !== undefined) || (told === undefined && places !== undefined);
  return {
    selection: await readSelection(rows, options.rows, mask),
    labels: known,
    places,
    groups: sliced,
    clusters: clusters ? await readGroups(clusters, "clusters", rows) : places && chunkClusters(places),
    origin: used ? origins?.file : undefined,
  };
}

/** Chunks of one row each say nothing. */
function placesOf({ chunk, position }: Origins, rows: number): Places | undefined {
  const places = listedPlaces(chunk, position);
  return places.chunks === rows ? undefined : places;
}

function labelsOf({ label }: Origins): Int32Array | undefined {
  return label.some((id) => id >= 0) ? label : undefined;
}
