/** Time limits, in milliseconds. */
export interface Limits {
  /** The limit of the whole step. */
  readonly timeoutMs: number;
  /** The limit of waiting without any sign of the scan; never beyond `timeoutMs`. */
  readonly startTimeoutMs: number;
  /** The limit of the report's lag behind progress. */
  readonly reportTimeoutMs: number;
}

/** How often to poll: `auto` adapts, otherwise a fixed delay in milliseconds. */
export type PollInterval = 'auto' | { readonly everyMs: number };
