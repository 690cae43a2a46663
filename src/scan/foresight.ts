import { type Counts, countPhase, type ReportReading } from './evidence.ts';
import { type Look, progressSays } from './look.ts';
import type { Outlook } from './schedule.ts';
import type { Completion } from './state.ts';

/** Below this many, counts jump too far to tell anything; a single image is 0 of 1 to its end. */
const COUNTS_THAT_TELL = 10;

/**
 * What one wait learns about the time that is left: since when the scan can have run, how long the last one took,
 * and how fast the counts grow. It bears on when to look, never on what is taken for finished.
 */
export class Foresight {
  readonly #expectedMs: number | undefined;
  /** When the scan had certainly not begun yet; undefined where it may always have been there. */
  #notBegunAtMs: number | undefined;
  #firstCount: { readonly atMs: number; readonly scanned: number } | undefined;
  #fullSinceMs: number | undefined;

  constructor(earlier: ReportReading) {
    this.#expectedMs = earlier.kind === 'row' ? earlier.row.durationMs : undefined;
  }

  /** The scan was asked for just now. */
  triggered(nowMs: number): void {
    this.#notBegunAtMs = nowMs;
  }

  /** What a look made of it. */
  saw(state: Completion, look: Look): void {
    const atMs = state.lookedAtMs;
    switch (state.phase) {
      case 'unseen':
      case 'end-unproven':
        if (seesNoScan(look)) this.#notBegunAtMs = atMs;
        break;
      case 'scanning':
        this.#count(countPhase(state.entries, 'imageScan'), atMs);
        break;
      case 'ended':
      case 'vanished':
      case 'finished':
      case 'given-up':
        break;
    }
  }

  /** Before the first look after a trigger that the Console accepted. */
  atStart(nowMs: number): Outlook {
    return this.#expected(nowMs);
  }

  /** After a look that ended in `state`. */
  outlook(state: Completion, nowMs: number): Outlook {
    switch (state.phase) {
      case 'unseen':
      case 'end-unproven':
        return { kind: 'unknown' };
      case 'scanning':
        return this.#byCounts(countPhase(state.entries, 'imageScan'), nowMs) ?? this.#expected(nowMs);
      case 'ended':
      case 'vanished':
        return { kind: 'settling', forMs: nowMs - state.sinceMs };
      case 'finished':
      case 'given-up':
        return { kind: 'settling', forMs: 0 };
    }
  }

  #count({ scanned, total }: Counts, atMs: number): void {
    if (total < COUNTS_THAT_TELL) return;
    this.#firstCount ??= { atMs, scanned };
    this.#fullSinceMs = scanned < total ? undefined : (this.#fullSinceMs ?? atMs);
  }

  #byCounts({ scanned, total }: Counts, nowMs: number): Outlook | undefined {
    if (this.#fullSinceMs !== undefined) return { kind: 'settling', forMs: nowMs - this.#fullSinceMs };
    if (this.#firstCount === undefined || total < COUNTS_THAT_TELL) return undefined;
    const done = scanned - this.#firstCount.scanned;
    if (done <= 0) return undefined;
    const eachMs = (nowMs - this.#firstCount.atMs) / done;
    return { kind: 'counting', remainingMs: (total - scanned) * eachMs };
  }

  #expected(nowMs: number): Outlook {
    if (this.#expectedMs === undefined || this.#notBegunAtMs === undefined) return { kind: 'unknown' };
    return { kind: 'expected', forMs: nowMs - this.#notBegunAtMs, expectedMs: this.#expectedMs };
  }
}

/** A look that did not ask, or was not answered, saw nothing either way. */
function seesNoScan({ progress }: Look): boolean {
  const says = progressSays(progress);
  return says !== 'not-asked' && says !== 'silent';
}
