/** The ways in which a call can fail. Those of `RetryableFailure` may be gone at the next attempt. */
export type CallFailureKind =
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'bad-request'
  | 'unsupported'
  | 'tls'
  | RetryableFailure['kind'];

/** A failed call in plain facts. */
export interface CallFailure {
  readonly kind: CallFailureKind;
  /** The call, such as `GET registry/progress`; absent if only its failure is known. */
  readonly call?: string | undefined;
  /** The attempt and its result: a clause without a full stop. */
  readonly what: string;
  /** The advice for the user, in whole sentences; absent if only the kind gives any. */
  readonly hint?: string | undefined;
  /** The status that came back; absent if nothing answered, or if the body is at fault. */
  readonly status?: number | undefined;
  /** The number of failures in a row and their duration; absent for a single failure. */
  readonly streak?: FailureStreak | undefined;
  /** The pause that the server asked for, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
}

/** A call without a usable response; another attempt may bring one. */
export interface RetryableFailure extends CallFailure {
  readonly kind: 'unreachable' | 'invalid-response' | 'rate-limited';
}

/** Attempts of one call in a row that brought no usable response. */
export interface FailureStreak {
  readonly times: number;
  /** Time from the first attempt to the last, in milliseconds. */
  readonly lastedMs: number;
}

/** The number of calls of one wait, and of those that the rate limit refused. */
export interface CallCounts {
  readonly made: number;
  readonly refused: number;
}
