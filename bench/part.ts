/** What every part of the benchmark is given. */
export interface Options {
  readonly seed: number;
  /** Scans that the user measured, instead of the seeded ones. */
  readonly durations: readonly Duration[] | undefined;
}

/** How long a scan takes, in seconds, and how long the one before it took, where that is given. */
export interface Duration {
  readonly seconds: number;
  readonly previousSeconds: number | undefined;
}

/** What a part hands back: plain data for the file of results, and lines for people. */
export interface Outcome {
  readonly name: string;
  readonly data: unknown;
  readonly lines: readonly string[];
}

/** One part of the benchmark. */
export type Part = (options: Options) => Promise<Outcome>;
