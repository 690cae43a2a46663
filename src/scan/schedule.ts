import { type Delay, delayForExpected, gapStepMs, overdueMs, windowStartMs } from './expected-window.ts';
import type { PollInterval } from './limits.ts';

/** What the schedule may know when it is asked, all of it in milliseconds of the monotonic clock. */
export interface PollContext {
  /** Since the wait began. */
  readonly waitedMs: number;
  /** Until the deadline. */
  readonly leftMs: number;
  /** How many polls in a row brought no usable response. */
  readonly failures: number;
  /** The pause that the Console asked for with its last refusal. */
  readonly retryAfterMs: number | undefined;
  readonly estimate: Estimate;
  /** How many scans the step waits for. The same requests serve many, so each poll of one costs little. */
  readonly activeScans: number;
}

/** What can be told of the time that is left. */
export type Estimate =
  | { readonly kind: 'unknown' }
  /** The scan has run for `runningMs`, and the last one of the same image took `expectedMs`. */
  | { readonly kind: 'expected'; readonly runningMs: number; readonly expectedMs: number }
  /** The counts are complete in about `remainingMs` at the rate seen so far. */
  | { readonly kind: 'counting'; readonly remainingMs: number }
  /** For `elapsedMs` only what follows by itself has been left: a row to be written, a scan to be closed. */
  | { readonly kind: 'settling'; readonly elapsedMs: number };

const MIN_DELAY_MS = 1_000;
const JITTER = 0.1;

/** Half of the time waited is quick enough at first; then the cost of the wait decides. */
const SHARE_OF_WAIT = 0.5;
/** The same where a poll is shared by many images. */
const SHARE_OF_SHARED_WAIT = 0.1;
const MAX_DELAY_MS = 4_500;
/** Beyond these two minutes a few seconds more are a small share of the wait. */
const LONG_WAIT_MS = 120_000;
const MAX_DELAY_IN_LONG_WAIT_MS = 9_500;

/** A short deadline needs short delays: an end takes more than one poll to prove. */
const SHARE_OF_TIME_LEFT = 0.1;

/** Where the scan is expected to end by itself soon. */
const SHARE_OF_OVERTIME = 0.25;
/** The rate of counts is unreliable, so each delay covers only this part of the remaining time. */
const SHARE_OF_REMAINING = 0.25;
const MAX_DELAY_BY_COUNTS_MS = 30_000;

/** Of all images together progress is polled this often at most: each request is of one image only. */
const PROGRESS_SPACING_MS = 250;

const FIRST_BACKOFF_MS = 500;
const MAX_BACKOFF_MS = 30_000;

/**
 * The delay before the next poll, in milliseconds. `random` is in [0, 1): it keeps parallel jobs from polling in
 * step. After failed polls the delay backs off exponentially with full jitter, and honours the Console's Retry-After.
 */
export function nextDelayMs(interval: PollInterval, context: PollContext, random: number): number {
  const delayMs = interval === 'auto' ? adaptiveMs(context, random) : interval.everyMs;
  if (context.failures === 0) return delayMs;
  const backoffMs = Math.min(FIRST_BACKOFF_MS * 2 ** context.failures, MAX_BACKOFF_MS) * random;
  // A fixed interval of ten minutes is no reason to wait as long after a lost response.
  return Math.max(Math.min(delayMs, MAX_BACKOFF_MS), backoffMs, honouredRetryAfterMs(context));
}

/**
 * The shortest time between two polls of one image's progress, in milliseconds, where `activeScans` are waited for: of
 * a single image it is polled every time, and the report answers for many at once.
 */
export function progressSpacingMs(activeScans: number): number {
  return activeScans > 1 ? activeScans * PROGRESS_SPACING_MS : 0;
}

/** The part of `Retry-After` that is honoured: where it takes more than half of the time left, a quarter of that. */
export function honouredRetryAfterMs({
  retryAfterMs = 0,
  leftMs,
}: Pick<PollContext, 'retryAfterMs' | 'leftMs'>): number {
  return retryAfterMs <= leftMs / 2 ? retryAfterMs : leftMs / 4;
}

function adaptiveMs(context: PollContext, random: number): number {
  const { delayMs, jitterMs } = delayFor(context);
  return Math.max(MIN_DELAY_MS, delayMs + jitterMs * JITTER * (2 * random - 1));
}

function delayFor(context: PollContext): Delay {
  const delay = delayByEstimate(context);
  if (context.activeScans <= 1 || isFarFromEnd(context.estimate)) return delay;
  const sharedMs = Math.max(MIN_DELAY_MS, context.waitedMs * SHARE_OF_SHARED_WAIT);
  return delay.delayMs <= sharedMs ? delay : withFullJitter(sharedMs);
}

/** A scan that cannot be over yet leaves the shared requests to those whose end is likely. */
function isFarFromEnd(estimate: Estimate): boolean {
  return estimate.kind === 'expected' && estimate.runningMs < windowStartMs(estimate.expectedMs);
}

function delayByEstimate(context: PollContext): Delay {
  const { estimate } = context;
  const usualMs = usualDelayMs(context);
  switch (estimate.kind) {
    case 'unknown':
      return withFullJitter(usualMs);
    case 'expected': {
      const { runningMs, expectedMs } = estimate;
      const overdue = () => withFullJitter(Math.min(overdueDelayMs(runningMs, expectedMs), usualMs));
      return delayForExpected(runningMs, expectedMs) ?? overdue();
    }
    case 'counting':
      return withFullJitter(
        clamp(
          usualMs * SHARE_OF_REMAINING,
          estimate.remainingMs * SHARE_OF_REMAINING,
          MAX_DELAY_BY_COUNTS_MS,
        ),
      );
    case 'settling':
      return withFullJitter(
        clamp(MIN_DELAY_MS, estimate.elapsedMs * SHARE_OF_OVERTIME, MAX_DELAY_IN_LONG_WAIT_MS),
      );
  }
}

/** The delay where only the time already waited is known. */
function usualDelayMs({ waitedMs, leftMs }: PollContext): number {
  const maxMs = waitedMs < LONG_WAIT_MS ? MAX_DELAY_MS : MAX_DELAY_IN_LONG_WAIT_MS;
  return Math.max(MIN_DELAY_MS, Math.min(waitedMs * SHARE_OF_WAIT, maxMs, leftMs * SHARE_OF_TIME_LEFT));
}

/** The estimate was wrong, perhaps by little: the next poll is soon, and later ones are ever rarer. */
function overdueDelayMs(runningMs: number, expectedMs: number): number {
  const soonMs = Math.max(MIN_DELAY_MS, gapStepMs(expectedMs));
  return Math.max(soonMs, overdueMs(runningMs, expectedMs) * SHARE_OF_OVERTIME);
}

function withFullJitter(delayMs: number): Delay {
  return { delayMs, jitterMs: delayMs };
}

function clamp(minMs: number, ms: number, maxMs: number): number {
  return Math.min(Math.max(ms, minMs), maxMs);
}
