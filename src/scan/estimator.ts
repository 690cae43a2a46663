import { type Counts, countPhase, type ReportSnapshot } from './evidence.ts';
import type { Estimate } from './schedule.ts';
import type { ScanState } from './state.ts';

/** Below this total, counts are too coarse for a rate; a single image is 0 of 1 until its end. */
const MIN_TOTAL = 10;

/**
 * Estimates the remaining time of one scan from its earliest possible start, the duration of the last scan, and the
 * rate of its counts. The estimate decides when to poll, never what is finished.
 */
export class DurationEstimator {
  readonly #expectedMs: number | undefined;
  /** The last time at which the scan had not begun; undefined if it may have been running from the start. */
  #notBegunAtMs: number | undefined;
  #firstCount: { readonly atMs: number; readonly scanned: number } | undefined;
  #completeSinceMs: number | undefined;

  constructor(baseline: ReportSnapshot | undefined) {
    this.#expectedMs = baseline?.kind === 'row' ? baseline.row.durationMs : undefined;
  }

  /** Records that the scan was requested at this time. */
  triggered(nowMs: number): void {
    this.#notBegunAtMs = nowMs;
  }

  /** Records the state after a poll at `polledAtMs`; `isAnswered` if progress answered. */
  polled(state: ScanState, isAnswered: boolean): void {
    const { polledAtMs, progress } = state.history;
    if (state.phase === 'pending' && isAnswered) this.#notBegunAtMs = polledAtMs;
    if (state.phase === 'scanning') this.#count(countPhase(progress, 'imageScan'), polledAtMs);
  }

  /** The estimate after a poll, or after the trigger. */
  estimate(state: ScanState, nowMs: number): Estimate {
    switch (state.phase) {
      case 'pending':
        return { kind: 'unknown' };
      case 'scanning':
        return this.#ofScan(countPhase(state.history.progress, 'imageScan'), nowMs);
      case 'over-before':
      case 'awaiting-report':
      case 'awaiting-better-row':
      case 'lost':
      case 'between-batches':
        return { kind: 'settling', elapsedMs: state.spentMs + nowMs - state.history.polledAtMs };
      case 'finished':
      case 'given-up':
        return { kind: 'settling', elapsedMs: 0 };
    }
  }

  /** The estimate by the duration of the last scan: right after the trigger, nothing else is known. */
  expected(nowMs: number): Estimate {
    if (this.#expectedMs === undefined || this.#notBegunAtMs === undefined) return { kind: 'unknown' };
    return { kind: 'expected', runningMs: nowMs - this.#notBegunAtMs, expectedMs: this.#expectedMs };
  }

  #count({ scanned, total }: Counts, atMs: number): void {
    if (total < MIN_TOTAL) return;
    this.#firstCount ??= { atMs, scanned };
    this.#completeSinceMs = scanned < total ? undefined : (this.#completeSinceMs ?? atMs);
  }

  #ofScan(counts: Counts, nowMs: number): Estimate {
    return this.#byCounts(counts, nowMs) ?? this.expected(nowMs);
  }

  #byCounts({ scanned, total }: Counts, nowMs: number): Estimate | undefined {
    if (this.#completeSinceMs !== undefined) {
      return { kind: 'settling', elapsedMs: nowMs - this.#completeSinceMs };
    }
    if (this.#firstCount === undefined || total < MIN_TOTAL) return undefined;
    const done = scanned - this.#firstCount.scanned;
    if (done <= 0) return undefined;
    const eachMs = (nowMs - this.#firstCount.atMs) / done;
    return { kind: 'counting', remainingMs: (total - scanned) * eachMs };
  }
}
