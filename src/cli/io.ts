/** What a command writes to: the part of a Node stream that commands use. */
export interface Output {
  write(text: string): unknown;
  /** Whether a person looks at it. */
  readonly isTTY?: boolean;
}

/** The world of a command. `main.ts` makes it of the process, tests of strings. */
export interface CommandIo {
  /** For data. */
  stdout: Output;
  /** For errors and progress. */
  stderr: Output;
  env: {
    /** Not empty: no colours (https://no-color.org). */
    readonly NO_COLOR?: string;
    /** `1`: print where an error arose. */
    readonly KULLBACK_DEBUG?: string;
  };
  /** Aborted when the user wants to stop. */
  signal: AbortSignal;
}
