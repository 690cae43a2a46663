/** The options of every part of the benchmark. */
export interface Options {
  readonly seed: number;
  /** Scans that the user measured, instead of the seeded ones. */
  readonly durations: readonly Duration[] | undefined;
}

/** The duration of a scan, in seconds, and that of the previous one, if given. */
export interface Duration {
  readonly seconds: number;
  readonly previousSeconds: number | undefined;
}

/** The result of a part: plain data for the file of results, and lines for people. */
export interface Outcome {
  readonly name: string;
  readonly data: unknown;
  readonly lines: readonly string[];
}

/** One part of the benchmark. */
export type Part = (options: Options) => Promise<Outcome>;
