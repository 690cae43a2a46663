import { type Delay, delayForExpected, gapStepMs, overdueMs, windowStartMs } from './expected-window.ts';
import type { PollInterval } from './limits.ts';

/** The facts that the schedule uses, in milliseconds of the monotonic clock. */
interface PollContext {
  /** Since the wait began. */
  readonly waitedMs: number;
  /** Until the deadline. */
  readonly leftMs: number;
  /** The number of polls in a row without a usable response. */
  readonly failures: number;
  /** The pause that the Console asked for with its last refusal. */
  readonly retryAfterMs: number | undefined;
  readonly estimate: Estimate;
  /** The number of scans that the step waits for. They share requests, so each poll of one costs little. */
  readonly activeScans: number;
}

/** The estimate of the remaining time. */
export type Estimate =
  | { readonly kind: 'unknown' }
  /** The scan has run for `runningMs`, and the last one of the same image took `expectedMs`. */
  | { readonly kind: 'expected'; readonly runningMs: number; readonly expectedMs: number }
  /** The counts are complete in about `remainingMs` at the rate seen so far. */
  | { readonly kind: 'counting'; readonly remainingMs: number }
  /** The scan is done for `elapsedMs`; only the last steps are left: the row is written, the scan is closed. */
  | { readonly kind: 'settling'; readonly elapsedMs: number };

const MIN_DELAY_MS = 1_000;
const JITTER = 0.1;

/** At first, a delay of half the time waited is short enough; later, the cost of the wait decides. */
const SHARE_OF_WAIT = 0.5;
/** The same if many images share a poll. */
const SHARE_OF_SHARED_WAIT = 0.1;
const MAX_DELAY_MS = 4_500;
/** After two minutes, a few more seconds are a small share of the wait. */
const LONG_WAIT_MS = 120_000;
const MAX_DELAY_IN_LONG_WAIT_MS = 9_500;

/** A short deadline needs short delays: an end takes more than one poll to prove. */
const SHARE_OF_TIME_LEFT = 0.1;

/** The share of the time overdue, if the scan should end soon. */
const SHARE_OF_OVERTIME = 0.25;
/** The rate of counts is unreliable, so each delay covers only this part of the remaining time. */
const SHARE_OF_REMAINING = 0.25;
const MAX_DELAY_BY_COUNTS_MS = 30_000;

/** The minimum time between polls of progress, for all images together: each request covers one image only. */
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
  // After a lost response, a fixed interval of ten minutes would be too long.
  return Math.max(Math.min(delayMs, MAX_BACKOFF_MS), backoffMs, honouredRetryAfterMs(context));
}

/**
 * The minimum time between two polls of one image's progress, in milliseconds. The progress of a single image is
 * polled every time; with several, the report answers for all of them at once.
 */
export function progressSpacingMs(activeScans: number): number {
  return activeScans > 1 ? activeScans * PROGRESS_SPACING_MS : 0;
}

/** The part of `Retry-After` that is honoured: if it exceeds half of the time left, a quarter of the time left. */
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

/** True if a scan cannot be over yet: it leaves the shared requests to those whose end is likely. */
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

/** The delay if only the time waited so far is known. */
function usualDelayMs({ waitedMs, leftMs }: PollContext): number {
  const maxMs = waitedMs < LONG_WAIT_MS ? MAX_DELAY_MS : MAX_DELAY_IN_LONG_WAIT_MS;
  return Math.max(MIN_DELAY_MS, Math.min(waitedMs * SHARE_OF_WAIT, maxMs, leftMs * SHARE_OF_TIME_LEFT));
}

/**
 * The delay after a wrong estimate: it may be wrong by little, so the next poll is soon, and later ones are ever
 * rarer.
 */
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
