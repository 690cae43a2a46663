/** How often to look: `auto` adapts, otherwise a fixed pause in milliseconds. */
export type PollInterval = 'auto' | { readonly everyMs: number };

/** What the schedule may know when it is asked, all of it in milliseconds of the monotonic clock. */
export interface Waited {
  /** Since the wait began. */
  readonly waitedMs: number;
  /** Until the deadline. */
  readonly leftMs: number;
  /** How many looks in a row brought no answer. */
  readonly unanswered: number;
  /** What the Console itself asked for with its last refusal. */
  readonly retryAfterMs: number | undefined;
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15_000;
/** Pauses grow with the time already waited, so that what polling adds stays a fixed share of the wait. */
const SHARE_OF_WAIT = 0.1;
const JITTER = 0.1;

const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 30_000;

/**
 * The pause before the next look, in milliseconds. `random` is in [0, 1): it keeps parallel jobs from marching
 * in step. After unanswered looks the pause backs off with full jitter on top of the usual one, and never
 * undercuts what the Console asked for, within reason.
 */
export function nextPauseMs(interval: PollInterval, waited: Waited, random: number): number {
  const pauseMs = interval === 'auto' ? adaptiveMs(waited.waitedMs, random) : interval.everyMs;
  if (waited.unanswered === 0) return pauseMs;
  const backoffMs = Math.min(FIRST_BACKOFF_MS * 2 ** waited.unanswered, LONGEST_BACKOFF_MS) * random;
  // Whoever looks every ten minutes need not wait as long for an answer that was lost.
  return Math.max(Math.min(pauseMs, LONGEST_BACKOFF_MS), backoffMs, grantedMs(waited));
}

/** What the Console asked for. More than half of the time left would be all there is: then a quarter is given. */
function grantedMs({ retryAfterMs = 0, leftMs }: Waited): number {
  return retryAfterMs <= leftMs / 2 ? retryAfterMs : leftMs / 4;
}

function adaptiveMs(waitedMs: number, random: number): number {
  const pauseMs = Math.min(Math.max(waitedMs * SHARE_OF_WAIT, FIRST_PAUSE_MS), LONGEST_PAUSE_MS);
  return pauseMs * (1 - JITTER + 2 * JITTER * random);
}
