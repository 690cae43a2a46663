/** Durations of two scans of one image are this close; beyond it the earlier one says nothing. */
const EARLIEST = 0.85;
const LATEST = 1.18;

/** The latency that polling within the window of the likely end adds on average. */
const ADDED_LATENCY_MS = 2_450;
/** With gaps that shrink evenly the added latency is close to this times √(window × difference of two gaps). */
const EVEN_SHRINKING = Math.SQRT2 / 3;

/** Before the window each poll comes at this part of the time of the next, the first one no sooner than that. */
const EARLY_RATIO = 2.5;
const FIRST_EARLY_POLL_MS = 6_000;

/** The delay before the next poll, and how much jitter it may get; both in milliseconds. */
export interface Delay {
  readonly delayMs: number;
  readonly jitterMs: number;
}

/**
 * The delay for a scan that has run for `runningMs` where the last one took `expectedMs`: polls are rare before its
 * end is likely, and then ever closer, because with every poll that finds it running the end comes nearer. That is
 * the cheapest way to a given added latency (bench/polling.md). Undefined once it is overdue.
 */
export function delayForExpected(runningMs: number, expectedMs: number): Delay | undefined {
  const fromMs = expectedMs * EARLIEST;
  const toMs = expectedMs * LATEST;
  if (runningMs >= toMs) return undefined;
  const stepMs = gapStepMs(expectedMs);
  const insideMs = Math.max(runningMs, fromMs);
  const gapMs = gapBeforeMs(toMs - insideMs, stepMs);
  const pollAtMs = insideMs + gapMs;
  const early = runningMs < fromMs ? earlyPollAtMs(runningMs, pollAtMs) : undefined;
  const delayMs = (early ?? pollAtMs) - runningMs;
  return { delayMs, jitterMs: Math.min(delayMs, gapMs) };
}

/** When the end of a scan becomes likely, counted from its start. */
export function windowStartMs(expectedMs: number): number {
  return expectedMs * EARLIEST;
}

/** By how much a scan is overdue; negative before that. */
export function overdueMs(runningMs: number, expectedMs: number): number {
  return runningMs - expectedMs * LATEST;
}

/** The difference of two successive gaps, so that polling through the window costs `ADDED_LATENCY_MS`. */
export function gapStepMs(expectedMs: number): number {
  return (ADDED_LATENCY_MS / EVEN_SHRINKING) ** 2 / (expectedMs * (LATEST - EARLIEST));
}

/** Gaps of `step`, 2 `step`, 3 `step` … add up backwards from the end of the window; this is the next one. */
function gapBeforeMs(leftMs: number, stepMs: number): number {
  return Math.min(leftMs, (stepMs / 2) * (Math.sqrt(1 + (8 * leftMs) / stepMs) - 1));
}

/** The first of the early polls that is still to come: it limits what a wrong estimate costs. */
function earlyPollAtMs(runningMs: number, pollAtMs: number): number | undefined {
  // Two polls in close succession are not worth the request.
  const notBeforeMs = Math.max(FIRST_EARLY_POLL_MS, runningMs * 1.5);
  let earlyMs: number | undefined;
  for (let atMs = pollAtMs / EARLY_RATIO; atMs >= notBeforeMs; atMs /= EARLY_RATIO) earlyMs = atMs;
  return earlyMs;
}
