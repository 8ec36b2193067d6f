/** One pair of inputs under every convention: the numbers, what is suspicious, and which convention gives a number. */

export {
  type ExplainedConvention,
  type ExplainedInput,
  type ExplainOptions,
  type Explanation,
  explain,
} from "./explain.js";
export type { Match, MatchResult } from "./match.js";
export type { ExplainWarning } from "./warnings.js";
