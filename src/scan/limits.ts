/** How long things may take, in milliseconds. */
export interface Limits {
  /** The whole step, everything included. */
  readonly timeoutMs: number;
  /** No sign of the scan at all; never beyond `timeoutMs`. */
  readonly startTimeoutMs: number;
  /** The report lagging behind progress. */
  readonly reportTimeoutMs: number;
}

/** How often to poll: `auto` adapts, otherwise a fixed delay in milliseconds. */
export type PollInterval = 'auto' | { readonly everyMs: number };
