import type { WaitParts } from './first-reads.ts';
import { type History, hasNewerRow, type Observation } from './history.ts';
import { type ProgressShows, progressShows } from './progress.ts';
import { decisiveRow } from './report-reader.ts';
import { progressSpacingMs } from './schedule.ts';
import { type Criteria, type OpenState, phaseEndsAtMs } from './state.ts';
import type { PollerDependencies, Wait } from './wait.ts';

/** The facts of the loop that decide which calls a poll makes. */
interface PollTerms {
  /** True if this is the final poll before the deadline. */
  readonly isFinal: boolean;
  /** True if it is unclear whether the trigger was accepted, so that both calls have to be made. */
  readonly isUnclear: boolean;
}

/** The calls that a poll needs. */
interface PollNeed {
  readonly isFinal: boolean;
  /** True if the phase ends with this poll. */
  readonly isLast: boolean;
  /** True if the report has to be read unless progress shows the scan running. */
  readonly isForced: boolean;
  readonly isProgressDue: boolean;
}

/** Makes one poll: chooses its calls, as few as the state allows. */
export class Observer {
  readonly #wait: Wait;
  readonly #deps: PollerDependencies;
  readonly #criteria: Criteria;
  readonly #parts: WaitParts;

  constructor(wait: Wait, deps: PollerDependencies, criteria: Criteria, parts: WaitParts) {
    this.#wait = wait;
    this.#deps = deps;
    this.#criteria = criteria;
    this.#parts = parts;
  }

  /**
   * With many images, progress is polled rarely, because the report answers for all of them at once; but a newer row is
   * always compared with progress in the same poll.
   */
  async observe(state: OpenState, terms: PollTerms): Promise<Omit<Observation, 'isTriggerRefused'>> {
    const { calls, pace, report: reader } = this.#parts;
    const need = this.#needOf(state, terms);
    let progress: Observation['progress'] = need.isProgressDue ? await calls.progress() : 'not-polled';
    const shows = progressShows(progress);
    // Some rows count only once progress has shown the scan; an end shows it.
    const history = { ...state.history, wasSeen: state.history.wasSeen || shows === 'ended' };
    const report = await this.#read(state, shows, history, need);
    const decisive = decisiveRow(state, report, history);
    const isNew = decisive !== undefined && hasNewerRow(decisive, history);
    if (isNew && !need.isProgressDue) progress = await calls.progress();
    const isWanted = decisive !== undefined && (await reader.isWanted(decisive));
    return { atMs: pace.nowMs(), progress, report, isWanted };
  }

  #needOf(state: OpenState, { isFinal, isUnclear }: PollTerms): PollNeed {
    const { calls, pace } = this.#parts;
    const isLast = isFinal || pace.nowMs() >= phaseEndsAtMs(state, this.#criteria);
    const isForced = isLast || isUnclear;
    const spacingMs = progressSpacingMs(this.#deps.activeScans.size);
    return { isFinal, isLast, isForced, isProgressDue: isForced || calls.sinceProgressMs() >= spacingMs };
  }

  async #read(
    state: OpenState,
    shows: ProgressShows,
    history: History,
    { isFinal, isLast, isForced }: PollNeed,
  ): Promise<Observation['report']> {
    if (!this.#mustRead(state, shows, isForced)) return 'not-polled';
    const { calls, report } = this.#parts;
    // A refusal does not count towards the phase timeout, so the phase does not end with this poll.
    const isEnd = isFinal || (isLast && calls.failures.failure('report')?.kind !== 'rate-limited');
    return report.read(state, shows, history, isEnd);
  }

  #mustRead(state: OpenState, shows: ProgressShows, isForced: boolean): boolean {
    if (this.#wait.scan === 'regular') return false;
    if (isForced && shows !== 'running') return true;
    const { pace, report } = this.#parts;
    return report.isDue(state, shows, pace.waitedMs(), this.#deps.activeScans.size);
  }
}
