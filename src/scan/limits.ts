/** How long things may take, in milliseconds. */
export interface Limits {
  /** The whole step, everything included. */
  readonly timeoutMs: number;
  /** No sign of the scan at all; never beyond `timeoutMs`. */
  readonly startTimeoutMs: number;
  /** The report lagging behind progress. */
  readonly reportTimeoutMs: number;
}

/** The limits that the evidence is held to; the deadline of the step is kept elsewhere. */
export type Patience = Omit<Limits, 'timeoutMs'>;
