import { type Answer, answer, type ProgressAnswer, type ReportReading } from './evidence.ts';
import { isOfFuture } from './recent.ts';
import type { ScanSource } from './source.ts';
import type { Vigil } from './vigil.ts';

/** How often the report must say something odd of the scan before that is what later rows are held against. */
const DOUBTFUL_READS = 3;

/** What is asked of the Console about one scan. The vigil keeps account of what goes unanswered. */
export class Questions {
  readonly #source: ScanSource;
  readonly #vigil: Vigil;
  /** The first look asks: it may be the only one to see a short scan run, and shows an end that was there before. */
  #progressAskedAtMs = Number.NEGATIVE_INFINITY;

  constructor(source: ScanSource, vigil: Vigil) {
    this.#source = source;
    this.#vigil = vigil;
  }

  /** How long ago progress was asked, in milliseconds. */
  progressAgeMs(): number {
    return this.#vigil.now() - this.#progressAskedAtMs;
  }

  async progress(): Promise<Answer<ProgressAnswer>> {
    const given = await this.#source.progress(this.#vigil.signal);
    this.#progressAskedAtMs = this.#vigil.now();
    return this.#vigil.note('progress', given);
  }

  async report(detail: 'compact' | 'full'): Promise<Answer<ReportReading>> {
    if (this.#source.report === undefined) return answer({ kind: 'unreadable', why: 'no-row-kept' });
    return this.#vigil.note('report', await this.#source.report(detail, this.#vigil.signal));
  }

  /** The report before the trigger. That there was no scan, or none yet, is believed only when it is said again and again. */
  async earlierReport(): Promise<Answer<ReportReading>> {
    const vigil = this.#vigil;
    for (let reads = 0; ; ) {
      const isLast = vigil.isTimeForLastLook();
      const given = await this.report('compact');
      if (given.kind === 'answer') {
        reads += 1;
        if (!isDoubtful(given.value) || reads === DOUBTFUL_READS || isLast) return given;
        continue;
      }
      if (isLast || vigil.silences.exhausted(vigil.now()) !== undefined) return given;
      await vigil.pause({ kind: 'unknown' }, { limitMs: undefined, isHard: false, event: undefined });
    }
  }
}

/**
 * Whether to ask again: against no row, or one without a time, the row of any scan is newer, and against one of the
 * future none is.
 */
function isDoubtful(reading: ReportReading): boolean {
  if (reading.kind === 'row') return reading.row.scanTime === undefined || isOfFuture(reading);
  return reading.kind === 'absent';
}
