/** The durations of two scans of one image are this close; outside this window, the earlier one is no estimate. */
const EARLIEST = 0.85;
const LATEST = 1.18;

/** The average latency that polling adds within the window of the likely end. */
const ADDED_LATENCY_MS = 2_450;
/** If gaps shrink evenly, the added latency is close to this times √(window × difference of two gaps). */
const EVEN_SHRINKING = Math.SQRT2 / 3;

/**
 * Before the window, the time of each poll is that of the next one divided by this ratio; the first comes no sooner
 * than the minimum.
 */
const EARLY_RATIO = 2.5;
const FIRST_EARLY_POLL_MS = 6_000;

/** The delay before the next poll, and how much jitter it may get; both in milliseconds. */
export interface Delay {
  readonly delayMs: number;
  readonly jitterMs: number;
}

/**
 * The delay for a scan that has run for `runningMs`, if the last one took `expectedMs`. Polls are rare before the end
 * is likely, and then come ever closer together, because the end comes nearer with every poll that shows the scan
 * running. This is the cheapest schedule for a given added latency (bench/polling.md). Undefined once it is overdue.
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

/** The time by which a scan is overdue; negative before that. */
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

/** The next of the early polls, which limit the cost of a wrong estimate. */
function earlyPollAtMs(runningMs: number, pollAtMs: number): number | undefined {
  // Two polls in close succession are not worth the request.
  const notBeforeMs = Math.max(FIRST_EARLY_POLL_MS, runningMs * 1.5);
  let earlyMs: number | undefined;
  for (let atMs = pollAtMs / EARLY_RATIO; atMs >= notBeforeMs; atMs /= EARLY_RATIO) earlyMs = atMs;
  return earlyMs;
}
