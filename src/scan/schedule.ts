import { gapStepMs, overdueMs, type Plan, planForExpected, windowBeginsAtMs } from './expectation.ts';

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
  readonly outlook: Outlook;
  /** How many scans the step waits for. The looks of many are made by the same calls, so each costs little. */
  readonly crowd: number;
}

/** What can be told of the time that is left. */
export type Outlook =
  | { readonly kind: 'unknown' }
  /** The scan has run for `forMs`, and the last one of the same image took `expectedMs`. */
  | { readonly kind: 'expected'; readonly forMs: number; readonly expectedMs: number }
  /** The counts will add up in about `remainingMs`, if they go on as they did. */
  | { readonly kind: 'counting'; readonly remainingMs: number }
  /** For `forMs` nothing has been left but what follows by itself: a row to be written, a scan to be closed. */
  | { readonly kind: 'settling'; readonly forMs: number };

const SHORTEST_PAUSE_MS = 1_000;
const JITTER = 0.1;

/** Half of the time waited is quick enough at first; then what the wait may cost decides. */
const SHARE_OF_WAIT = 0.5;
/** The same where a look is shared by many. */
const SHARE_OF_SHARED_WAIT = 0.1;
const LONGEST_PAUSE_MS = 4_500;
/** Beyond these two minutes a few seconds more are a small share of the wait. */
const LONG_WAIT_MS = 120_000;
const LONGEST_PAUSE_IN_LONG_WAIT_MS = 9_500;

/** Whoever gives little time is in a hurry, and an end takes more than one look to prove. */
const SHARE_OF_TIME_LEFT = 0.1;

/** Where the scan has to end by itself soon, but might not. */
const SHARE_OF_OVERTIME = 0.25;
/** Counts promise less than they seem to, so each look takes only this part of the way. */
const SHARE_OF_REMAINING = 0.25;
const LONGEST_PAUSE_BY_COUNTS_MS = 30_000;

/** Of all images together progress is asked this often at most: each question is of one image only. */
const PROGRESS_EACH_MS = 250;

const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 30_000;

/**
 * The pause before the next look, in milliseconds. `random` is in [0, 1): it keeps parallel jobs from marching
 * in step. After unanswered looks the pause backs off with full jitter on top of the usual one, and never
 * undercuts what the Console asked for, within reason.
 */
export function nextPauseMs(interval: PollInterval, waited: Waited, random: number): number {
  const pauseMs = interval === 'auto' ? adaptiveMs(waited, random) : interval.everyMs;
  if (waited.unanswered === 0) return pauseMs;
  const backoffMs = Math.min(FIRST_BACKOFF_MS * 2 ** waited.unanswered, LONGEST_BACKOFF_MS) * random;
  // Whoever looks every ten minutes need not wait as long for an answer that was lost.
  return Math.max(Math.min(pauseMs, LONGEST_BACKOFF_MS), backoffMs, grantedMs(waited));
}

/**
 * How long progress of one image is left alone, in milliseconds, where `crowd` images are waited for: of a single one
 * it is asked at every look, and the report answers for many at once.
 */
export function progressSpacingMs(crowd: number): number {
  return crowd > 1 ? crowd * PROGRESS_EACH_MS : 0;
}

/** What the Console asked for. More than half of the time left would be all there is: then a quarter is given. */
export function grantedMs({ retryAfterMs = 0, leftMs }: Pick<Waited, 'retryAfterMs' | 'leftMs'>): number {
  return retryAfterMs <= leftMs / 2 ? retryAfterMs : leftMs / 4;
}

function adaptiveMs(waited: Waited, random: number): number {
  const { pauseMs, spreadMs } = planFor(waited);
  return Math.max(SHORTEST_PAUSE_MS, pauseMs + spreadMs * JITTER * (2 * random - 1));
}

function planFor(waited: Waited): Plan {
  const plan = planByOutlook(waited);
  if (waited.crowd <= 1 || isFarFromEnd(waited.outlook)) return plan;
  const sharedMs = Math.max(SHORTEST_PAUSE_MS, waited.waitedMs * SHARE_OF_SHARED_WAIT);
  return plan.pauseMs <= sharedMs ? plan : evenly(sharedMs);
}

/** Looks that can be left out for all of them leave the shared calls to those whose end is likely. */
function isFarFromEnd(outlook: Outlook): boolean {
  return outlook.kind === 'expected' && outlook.forMs < windowBeginsAtMs(outlook.expectedMs);
}

function planByOutlook(waited: Waited): Plan {
  const { outlook } = waited;
  const usualMs = usualPauseMs(waited);
  switch (outlook.kind) {
    case 'unknown':
      return evenly(usualMs);
    case 'expected': {
      const { forMs, expectedMs } = outlook;
      return (
        planForExpected(forMs, expectedMs) ?? evenly(Math.min(overduePauseMs(forMs, expectedMs), usualMs))
      );
    }
    case 'counting': {
      const shortestMs = usualMs * SHARE_OF_REMAINING;
      return evenly(
        between(shortestMs, outlook.remainingMs * SHARE_OF_REMAINING, LONGEST_PAUSE_BY_COUNTS_MS),
      );
    }
    case 'settling':
      return evenly(
        between(SHORTEST_PAUSE_MS, outlook.forMs * SHARE_OF_OVERTIME, LONGEST_PAUSE_IN_LONG_WAIT_MS),
      );
  }
}

/** The pause where nothing is known but the time already waited. */
function usualPauseMs({ waitedMs, leftMs }: Waited): number {
  const longestMs = waitedMs < LONG_WAIT_MS ? LONGEST_PAUSE_MS : LONGEST_PAUSE_IN_LONG_WAIT_MS;
  const pauseMs = Math.min(waitedMs * SHARE_OF_WAIT, longestMs, leftMs * SHARE_OF_TIME_LEFT);
  return Math.max(SHORTEST_PAUSE_MS, pauseMs);
}

/** The expectation was wrong, perhaps by little: soon, and then ever more seldom. */
function overduePauseMs(forMs: number, expectedMs: number): number {
  const soonMs = Math.max(SHORTEST_PAUSE_MS, gapStepMs(expectedMs));
  return Math.max(soonMs, overdueMs(forMs, expectedMs) * SHARE_OF_OVERTIME);
}

function evenly(pauseMs: number): Plan {
  return { pauseMs, spreadMs: pauseMs };
}

function between(leastMs: number, ms: number, mostMs: number): number {
  return Math.min(Math.max(ms, leastMs), mostMs);
}
