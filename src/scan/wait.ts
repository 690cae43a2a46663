import {
  asksProgress,
  asksReport,
  awaitsSign,
  isPatienceHard,
  observe,
  overtake,
  patienceEndsAtMs,
  provesEnd,
  triggeredAgain,
} from './completion.ts';
import type { Ending, Unanswered } from './event.ts';
import {
  type Answer,
  answer,
  type NoAnswer,
  type ProgressAnswer,
  type ReportReading,
  type ReportRow,
} from './evidence.ts';
import { Foresight } from './foresight.ts';
import type { Limits } from './limits.ts';
import { isAnswered, type Look, progressSays, readingOf } from './look.ts';
import { carries, isRecent, type Recency } from './recent.ts';
import { type Outlook, type PollInterval, progressSpacingMs } from './schedule.ts';
import type { Question } from './silences.ts';
import type { ScanSource, StartScan } from './source.ts';
import { beginWait, type Completion, type Finished, finish, type GivenUp, giveUp } from './state.ts';
import { Trigger } from './trigger.ts';
import { type Surroundings, Vigil } from './vigil.ts';

/** What to wait for. Without `start`, somebody else starts the scan. */
export interface Wait {
  readonly source: ScanSource;
  readonly start: StartScan | undefined;
  readonly limits: Limits;
  readonly interval: PollInterval;
  /** Where set, a scan of before that is recent enough makes waiting needless. */
  readonly recent: Recency | undefined;
  /** Whether the findings decide, so that it is worth asking for them again and again. */
  readonly needsFindings: boolean;
}

/** The answer to the trigger is waited for this long before progress is looked at without it. */
const TRIGGER_HEAD_START_MS = 5_000;

/** How often the report must say that there is no row before that is what later rows are held against. */
const ABSENT_READS = 3;

const NOTHING_KNOWN: Outlook = { kind: 'unknown' };

/**
 * Waits until the scan is proven finished, or until it is clear that this will not be known in time. Looks,
 * lets the state machine judge, and sleeps, never past a limit. Throws what the Console refuses for good, and
 * the signal's reason when aborted.
 */
export async function awaitScan(wait: Wait, surroundings: Surroundings): Promise<Ending> {
  const over = new AbortController();
  const signal = AbortSignal.any([surroundings.signal, over.signal]);
  try {
    return await new Watch(wait, { ...surroundings, signal }).run();
  } finally {
    over.abort();
  }
}

class Watch {
  readonly #wait: Wait;
  readonly #vigil: Vigil;
  readonly #trigger: Trigger | undefined;
  readonly #crowdSize: () => number;
  #isTriggerNoted = true;
  /** The first look asks: it may be the only one to see a short scan run, and shows an end that was there before. */
  #progressAskedAtMs = Number.NEGATIVE_INFINITY;

  constructor(wait: Wait, surroundings: Surroundings) {
    this.#wait = wait;
    this.#vigil = new Vigil(wait.interval, surroundings);
    this.#trigger = wait.start && new Trigger(wait.start, surroundings.signal);
    this.#crowdSize = surroundings.crowdSize;
  }

  async run(): Promise<Ending> {
    const vigil = this.#vigil;
    const earlier = await this.#earlierReport();
    if (earlier.kind === 'no-answer') return unanswered(earlier, []);
    vigil.tell({ kind: 'earlier-report', reading: earlier.value });

    const origin = this.#trigger === undefined ? 'awaited' : 'triggered';
    const recent = await this.#recentScan(beginWait(origin, earlier.value, vigil.now()));
    if (recent !== undefined) return recent;
    // A scan that nobody can wait for any more is not worth starting.
    if (origin === 'triggered' && vigil.isTimeForLastLook()) {
      return giveUp(beginWait(origin, earlier.value, vigil.now()), 'not-asked-for');
    }
    const foresight = new Foresight(earlier.value);
    await this.#send(foresight);
    const isStarted = this.#trigger === undefined || this.#trigger.outcome().kind === 'accepted';
    let state = beginWait(origin, earlier.value, vigil.now(), isStarted);
    // Right after the trigger there is nothing to see yet.
    if (origin === 'triggered' && isStarted && this.#wait.interval === 'auto') {
      await this.#pauseIn(state, foresight.atStart(vigil.now()));
    }
    for (;;) {
      const isLast = vigil.isTimeForLastLook();
      const mayBeLost = this.#trigger?.outcome().kind === 'unclear';
      const look = await this.#look(state, isLast || mayBeLost);
      state = observe(state, look, this.#wait.limits);
      this.#forgetUnasked(state, look);
      foresight.saw(state, look);
      vigil.tell({ kind: 'looked', state, isAnswered: isAnswered(look) });
      if (state.phase === 'finished') return await this.#inFull(state);
      if (state.phase === 'given-up') return this.#excused(state);

      const hopeless = vigil.silences.exhausted(vigil.now());
      if (hopeless !== undefined) return unanswered(hopeless, state.entries);
      if (isLast) return this.#excused(overtake(state));
      await this.#pauseIn(state, foresight.outlook(state, vigil.now()));
      if (mayBeLost && hasNoSign(state, look) && this.#maySendAgain()) {
        await this.#send(foresight);
        state = triggeredAgain(state);
      }
    }
  }

  /** The report before the trigger. That there is no row is believed only when it is said again and again. */
  async #earlierReport(): Promise<Answer<ReportReading>> {
    const vigil = this.#vigil;
    for (let absent = 0; ; ) {
      const isLast = vigil.isTimeForLastLook();
      const given = await this.#readReport('compact');
      if (given.kind === 'answer') {
        absent += 1;
        if (given.value.kind !== 'absent' || absent === ABSENT_READS || isLast) return given;
        continue;
      }
      if (isLast || vigil.silences.exhausted(vigil.now()) !== undefined) return given;
      await vigil.pause(NOTHING_KNOWN, { limitMs: undefined, isHard: false, event: undefined });
    }
  }

  /**
   * One look. Among many images progress is asked seldom, because the report answers for all of them at once; but what
   * the report alone would prove is held against progress first, as the table says.
   */
  async #look(state: Completion, isProgressDue: boolean): Promise<Look> {
    // What is shown to a question from before the request was accepted can be of an earlier scan.
    const isTriggerAccepted = this.#trigger?.outcome().kind === 'accepted';
    const mayAsk = asksProgress(state);
    const isAsked = mayAsk && (isProgressDue || this.#isProgressDue(state));
    let progress: Look['progress'] = isAsked ? await this.#askProgress() : 'not-asked';
    const report = asksReport(progress) ? await this.#readReport('compact') : 'not-asked';
    if (mayAsk && !isAsked && provesEnd(state, report)) progress = await this.#askProgress();
    return { atMs: this.#vigil.now(), progress, report, isTriggerAccepted };
  }

  #isProgressDue(state: Completion): boolean {
    const nowMs = this.#vigil.now();
    const patienceMs = patienceEndsAtMs(state, this.#wait.limits) ?? Infinity;
    return nowMs - this.#progressAskedAtMs >= progressSpacingMs(this.#crowdSize()) || nowMs >= patienceMs;
  }

  async #askProgress(): Promise<Answer<ProgressAnswer>> {
    const given = await this.#ask('progress', this.#wait.source.progress(this.#vigil.signal));
    this.#progressAskedAtMs = this.#vigil.now();
    return given;
  }

  async #readReport(detail: 'compact' | 'full'): Promise<Answer<ReportReading>> {
    const { report } = this.#wait.source;
    if (report === undefined) return answer({ kind: 'unreadable', why: 'no-row-kept' });
    return this.#ask('report', report(detail, this.#vigil.signal));
  }

  async #ask<T>(question: Question, asked: Promise<Answer<T>>): Promise<Answer<T>> {
    const given = await asked;
    this.#noteTrigger();
    return this.#vigil.note(question, given);
  }

  /** What is not asked any more cannot have gone unanswered. */
  #forgetUnasked(state: Completion, look: Look): void {
    const { silences } = this.#vigil;
    if (look.report === 'not-asked') silences.forget('report');
    if (look.progress === 'not-asked' && !asksProgress(state)) silences.forget('progress');
    if (!awaitsSign(state) && state.phase !== 'given-up') silences.forget('trigger');
  }

  async #send(foresight: Foresight): Promise<void> {
    if (this.#trigger === undefined) return;
    foresight.triggered(this.#vigil.now());
    this.#vigil.tell({ kind: 'trigger-sent' });
    this.#isTriggerNoted = false;
    await this.#vigil.sleep(TRIGGER_HEAD_START_MS, this.#trigger.send(this.#vigil.now()));
    this.#noteTrigger();
  }

  #maySendAgain(): boolean {
    return this.#trigger?.maySendAgain(this.#vigil.now()) === true && !this.#vigil.isTimeForLastLook();
  }

  #noteTrigger(): void {
    const outcome = this.#trigger?.outcome();
    if (this.#isTriggerNoted || outcome === undefined || outcome.kind === 'pending') return;
    this.#isTriggerNoted = true;
    this.#vigil.note(
      'trigger',
      outcome.kind === 'accepted' ? { kind: 'answer', value: outcome } : outcome.failure,
    );
    if (outcome.kind === 'accepted') this.#vigil.tell({ kind: 'trigger-accepted' });
  }

  /** Sleeps until the next look, or until the trigger is answered. */
  async #pauseIn(state: Completion, outlook: Outlook): Promise<void> {
    const limitMs = patienceEndsAtMs(state, this.#wait.limits);
    await this.#vigil.pause(outlook, {
      limitMs,
      isHard: isPatienceHard(state),
      event: this.#trigger?.pending(),
    });
    this.#noteTrigger();
  }

  /**
   * Where the time ran out on a question that was not answered, that is what has to be said. The last look has
   * little time, so its failure alone says less about the Console than the looks before it.
   */
  #excused(state: Finished | GivenUp): Ending {
    if (state.phase === 'finished') return state;
    const { silences } = this.#vigil;
    const untriggered = state.why === 'no-sign' ? silences.failure('trigger') : undefined;
    const failure = untriggered ?? silences.failure('progress', 2) ?? silences.failure('report', 2);
    return failure === undefined ? state : unanswered(failure, state.entries);
  }

  /** The scan of before, where it is recent enough to make another one needless. */
  async #recentScan(begun: Completion): Promise<Finished | undefined> {
    const { recent } = this.#wait;
    const { earlier } = begun;
    if (recent === undefined || earlier.kind !== 'row' || !isRecent(earlier, recent)) return undefined;
    const found = await this.#inFull(finish(begun, 'recent', earlier.row));
    const isGood = found.error === '' && found.row !== undefined && carries(found.row, recent.digest);
    return isGood ? found : undefined;
  }

  /**
   * The finished scan with its row in full: a compact one lacks the findings, and may lack the digest. Where these
   * decide nothing, one attempt will do.
   */
  async #inFull(state: Finished): Promise<Finished> {
    const { row: proven } = state;
    if (proven === undefined || state.error !== '') return state;
    const vigil = this.#vigil;
    const isNeeded = this.#wait.needsFindings || proven.digests.length === 0;
    const sinceMs = vigil.now();
    const endsAtMs = sinceMs + this.#wait.limits.reportTimeoutMs;
    for (;;) {
      const isLast = !isNeeded || vigil.isTimeForLastLook() || vigil.now() >= endsAtMs;
      const given = await this.#readReport('full');
      const row = rowIn(given);
      if (row !== undefined && isNoOlder(row, proven)) return { ...state, row, error: row.error };
      if (isLast) return { ...state, unread: whyUnread(given) };
      const outlook: Outlook = { kind: 'settling', forMs: vigil.now() - sinceMs };
      await vigil.pause(outlook, { limitMs: endsAtMs, isHard: true, event: undefined });
    }
  }
}

function unanswered(failure: NoAnswer, entries: ProgressAnswer): Unanswered {
  return { phase: 'unanswered', failure, entries };
}

/** Whether a look says plainly that there is no scan of ours: only then may a lost request be sent again. */
function hasNoSign(state: Completion, look: Look): boolean {
  return awaitsSign(state) && progressSays(look.progress) === 'nothing' && readingOf(look) !== undefined;
}

function isNoOlder(row: ReportRow, than: ReportRow): boolean {
  return (row.scanTime?.epochMs ?? 0) >= (than.scanTime?.epochMs ?? 0);
}

function rowIn(given: Answer<ReportReading>): ReportRow | undefined {
  return given.kind === 'answer' && given.value.kind === 'row' ? given.value.row : undefined;
}

function whyUnread(given: Answer<ReportReading>): string {
  if (given.kind === 'no-answer') return given.message;
  return given.value.kind === 'unreadable'
    ? `The Console does not give the report (${given.value.why}).`
    : 'The report no longer shows this scan.';
}
