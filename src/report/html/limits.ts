/** What keeps a report below 5 MB and readable, however much was compared. What is left out is said. */
export const limits = {
  /** Candidates in tables. */
  candidates: 300,
  /** Candidates that have a histogram. */
  histograms: 100,
  /** Candidates told apart by colour, line and symbol; the others are grey. */
  series: 6,
  /** Candidates in the figure of means. */
  means: 30,
  /** Worst rows of a candidate, and of all. */
  worst: 20,
  worstOfAll: 300,
  /** Buckets of a slice in a figure. */
  buckets: 48,
  /** Buckets of a slice in a table. */
  bucketRows: 100,
  /** Warnings and notes. */
  sentences: 40,
  /** Characters of a name, and of a token. */
  name: 80,
  token: 40,
} as const;
