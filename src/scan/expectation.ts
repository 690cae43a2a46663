/** Durations of two scans of one image are this close; beyond it the earlier one says nothing. */
const EARLIEST = 0.85;
const LATEST = 1.18;

/** What looking in the window of the likely end adds to the wait on average. */
const ADDED_MS = 2_450;
/** With gaps that shrink evenly the added latency is close to this times √(window × difference of two gaps). */
const EVEN_SHRINKING = Math.SQRT2 / 3;

/** Before the window each look comes at this part of the time of the next, the first one no sooner than that. */
const EARLY_RATIO = 2.5;
const FIRST_EARLY_LOOK_MS = 6_000;

/** When to look next, counted from now, and how far parallel jobs may spread around that. */
export interface Plan {
  readonly pauseMs: number;
  readonly spreadMs: number;
}

/**
 * When to look at a scan that has run for `forMs` where the last one took `expectedMs`: seldom before its end is
 * likely, and then ever more often, because with every look that finds it running the end comes nearer. That
 * is the cheapest way to a given added latency (docs/polling.md). Undefined once it is overdue.
 */
export function planForExpected(forMs: number, expectedMs: number): Plan | undefined {
  const fromMs = expectedMs * EARLIEST;
  const toMs = expectedMs * LATEST;
  if (forMs >= toMs) return undefined;
  const stepMs = gapStepMs(expectedMs);
  const insideMs = Math.max(forMs, fromMs);
  const gapMs = gapBeforeMs(toMs - insideMs, stepMs);
  const lookAtMs = insideMs + gapMs;
  const early = forMs < fromMs ? earlyLookAtMs(forMs, lookAtMs) : undefined;
  const pauseMs = (early ?? lookAtMs) - forMs;
  return { pauseMs, spreadMs: Math.min(pauseMs, gapMs) };
}

/** When the end of a scan becomes likely. */
export function windowBeginsAtMs(expectedMs: number): number {
  return expectedMs * EARLIEST;
}

/** By how much a scan is overdue; negative before that. */
export function overdueMs(forMs: number, expectedMs: number): number {
  return forMs - expectedMs * LATEST;
}

/** The difference of two gaps in a row, so that the window is looked through at the price of `ADDED_MS`. */
export function gapStepMs(expectedMs: number): number {
  return (ADDED_MS / EVEN_SHRINKING) ** 2 / (expectedMs * (LATEST - EARLIEST));
}

/** Gaps of `step`, 2 `step`, 3 `step` … add up backwards from the end of the window; this is the one to come. */
function gapBeforeMs(leftMs: number, stepMs: number): number {
  return Math.min(leftMs, (stepMs / 2) * (Math.sqrt(1 + (8 * leftMs) / stepMs) - 1));
}

/** The first of the early looks that is still to come: it keeps small what a wrong expectation costs. */
function earlyLookAtMs(forMs: number, lookAtMs: number): number | undefined {
  // A look right after another one is not worth its price.
  const notBeforeMs = Math.max(FIRST_EARLY_LOOK_MS, forMs * 1.5);
  let earlyMs: number | undefined;
  for (let atMs = lookAtMs / EARLY_RATIO; atMs >= notBeforeMs; atMs /= EARLY_RATIO) earlyMs = atMs;
  return earlyMs;
}
