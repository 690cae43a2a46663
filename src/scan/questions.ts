import { type Answer, answer, type ProgressAnswer, type ReportReading } from './evidence.ts';
import type { ScanSource } from './source.ts';
import type { Vigil } from './vigil.ts';

/** How often the report must say that there is no row before that is what later rows are held against. */
const ABSENT_READS = 3;

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

  /** The report before the trigger. That there is no row is believed only when it is said again and again. */
  async earlierReport(): Promise<Answer<ReportReading>> {
    const vigil = this.#vigil;
    for (let absent = 0; ; ) {
      const isLast = vigil.isTimeForLastLook();
      const given = await this.report('compact');
      if (given.kind === 'answer') {
        absent += 1;
        if (given.value.kind !== 'absent' || absent === ABSENT_READS || isLast) return given;
        continue;
      }
      if (isLast || vigil.silences.exhausted(vigil.now()) !== undefined) return given;
      await vigil.pause({ kind: 'unknown' }, { limitMs: undefined, isHard: false, event: undefined });
    }
  }
}
