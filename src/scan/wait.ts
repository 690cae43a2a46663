import type { Clock } from './clock.ts';
import {
  asksProgress,
  asksReport,
  awaitsSign,
  observe,
  overtake,
  patienceEndsAtMs,
  triggeredAgain,
} from './completion.ts';
import type { Deadline } from './deadline.ts';
import type { Ending, Unanswered, WaitEvent, WaitNews } from './event.ts';
import type { Answer, NoAnswer, ProgressAnswer, ReportReading, ReportRow } from './evidence.ts';
import { Foresight } from './foresight.ts';
import type { Limits } from './limits.ts';
import { isAnswered, type Look, progressSays, readingOf } from './look.ts';
import { nextPauseMs, type Outlook, type PollInterval } from './schedule.ts';
import { type Question, Silences } from './silences.ts';
import type { ScanSource, StartScan } from './source.ts';
import { beginWait, type Completion, type Finished, type GivenUp } from './state.ts';
import { Trigger } from './trigger.ts';

/** What to wait for. Without `start`, somebody else starts the scan. */
export interface Wait {
  readonly source: ScanSource;
  readonly start: StartScan | undefined;
  readonly limits: Limits;
  readonly interval: PollInterval;
}

/** The world a wait happens in. */
export interface Surroundings {
  readonly clock: Clock;
  readonly deadline: Deadline;
  readonly random: () => number;
  readonly signal: AbortSignal;
  readonly onEvent: (event: WaitEvent) => void;
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
  readonly #around: Surroundings;
  readonly #silences = new Silences();
  readonly #trigger: Trigger | undefined;
  #isTriggerNoted = true;
  /** Since when the scan is waited for: what it took to get that far says nothing of the scan. */
  #beganAtMs: number;

  constructor(wait: Wait, surroundings: Surroundings) {
    this.#wait = wait;
    this.#around = surroundings;
    this.#beganAtMs = surroundings.deadline.startedAtMs;
    this.#trigger = wait.start && new Trigger(wait.start, surroundings.signal);
  }

  async run(): Promise<Ending> {
    const { limits } = this.#wait;
    const earlier = await this.#earlierReport();
    if (earlier.kind === 'no-answer') return unanswered(earlier, []);
    this.#tell({ kind: 'earlier-report', reading: earlier.value });

    // A scan that nobody can wait for any more is not worth starting.
    const origin = this.#trigger === undefined ? 'awaited' : 'triggered';
    if (origin === 'triggered' && this.#isTimeForLastLook()) {
      return overtake(beginWait(origin, earlier.value, this.#now()));
    }
    const foresight = new Foresight(earlier.value);
    this.#beganAtMs = this.#now();
    await this.#send(foresight);
    const isStarted = this.#trigger === undefined || this.#trigger.outcome().kind === 'accepted';
    let state = beginWait(origin, earlier.value, this.#now(), isStarted);
    // Right after the trigger there is nothing to see yet.
    if (origin === 'triggered' && isStarted && this.#wait.interval === 'auto') {
      await this.#pause(foresight.atStart(this.#now()), patienceEndsAtMs(state, limits));
    }
    for (;;) {
      const isLast = this.#isTimeForLastLook();
      const mayBeLost = this.#trigger?.outcome().kind === 'unclear';
      const look = await this.#look(state);
      state = observe(state, look, limits);
      this.#forgetUnasked(state, look);
      foresight.saw(state);
      this.#tell({ kind: 'looked', state, isAnswered: isAnswered(look) });
      if (state.phase === 'finished') return await this.#withDigest(state);
      if (state.phase === 'given-up') return this.#excused(state);

      const hopeless = this.#silences.exhausted(this.#now());
      if (hopeless !== undefined) return unanswered(hopeless, state.entries);
      if (isLast) return this.#excused(overtake(state));
      await this.#pause(foresight.outlook(state, this.#now()), patienceEndsAtMs(state, limits));
      if (mayBeLost && hasNoSign(state, look) && this.#maySendAgain()) {
        await this.#send(foresight);
        state = triggeredAgain(state);
      }
    }
  }

  /** The report before the trigger. That there is no row is believed only when it is said again and again. */
  async #earlierReport(): Promise<Answer<ReportReading>> {
    for (let absent = 0; ; ) {
      const isLast = this.#isTimeForLastLook();
      const given = await this.#ask('report', this.#wait.source.report('compact', this.#around.signal));
      if (given.kind === 'answer') {
        absent += 1;
        if (given.value.kind !== 'absent' || absent === ABSENT_READS || isLast) return given;
        continue;
      }
      if (isLast || this.#silences.exhausted(this.#now()) !== undefined) return given;
      await this.#pause(NOTHING_KNOWN, undefined);
    }
  }

  async #look(state: Completion): Promise<Look> {
    const { source } = this.#wait;
    const { signal } = this.#around;
    const progress = asksProgress(state) ? await this.#ask('progress', source.progress(signal)) : 'not-asked';
    const report = asksReport(progress)
      ? await this.#ask('report', source.report('compact', signal))
      : 'not-asked';
    const isTriggerAccepted = this.#trigger?.outcome().kind === 'accepted';
    return { atMs: this.#now(), progress, report, isTriggerAccepted };
  }

  /** What is not asked any more cannot have gone unanswered. */
  #forgetUnasked(state: Completion, look: Look): void {
    if (look.report === 'not-asked') this.#silences.forget('report');
    if (look.progress === 'not-asked') this.#silences.forget('progress');
    if (!awaitsSign(state) && state.phase !== 'given-up') this.#silences.forget('trigger');
  }

  async #send(foresight: Foresight): Promise<void> {
    if (this.#trigger === undefined) return;
    foresight.triggered(this.#now());
    this.#tell({ kind: 'trigger-sent' });
    this.#isTriggerNoted = false;
    await this.#sleep(TRIGGER_HEAD_START_MS, this.#trigger.send(this.#now()));
    this.#noteTrigger();
  }

  #maySendAgain(): boolean {
    return this.#trigger?.maySendAgain(this.#now()) === true && !this.#isTimeForLastLook();
  }

  #noteTrigger(): void {
    const outcome = this.#trigger?.outcome();
    if (this.#isTriggerNoted || outcome === undefined || outcome.kind === 'pending') return;
    this.#isTriggerNoted = true;
    this.#note('trigger', outcome.kind === 'accepted' ? { kind: 'answer', value: outcome } : outcome.failure);
    if (outcome.kind === 'accepted') this.#tell({ kind: 'trigger-accepted' });
  }

  /**
   * Where the time ran out on a question that was not answered, that is what has to be said. The last look has
   * little time, so its failure alone says less about the Console than the looks before it.
   */
  #excused(state: Finished | GivenUp): Ending {
    if (state.phase === 'finished') return state;
    const untriggered = state.why === 'not-started' ? this.#silences.failure('trigger') : undefined;
    const failure =
      untriggered ?? this.#silences.failure('progress', 2) ?? this.#silences.failure('report', 2);
    return failure === undefined ? state : unanswered(failure, state.entries);
  }

  /** A compact row may lack the digest; then the row is read once more, in full. */
  async #withDigest(state: Finished): Promise<Finished> {
    if (state.row === undefined || state.row.digests.length > 0) return state;
    const proven = state.row;
    const sinceMs = this.#now();
    const endsAtMs = sinceMs + this.#wait.limits.reportTimeoutMs;
    for (;;) {
      const isLast = this.#isTimeForLastLook() || this.#now() >= endsAtMs;
      const given = await this.#ask('report', this.#wait.source.report('full', this.#around.signal));
      if (given.kind === 'answer') {
        const row =
          given.value.kind === 'row' && isNoOlder(given.value.row, proven) ? given.value.row : proven;
        return { ...state, row, error: state.error || row.error };
      }
      if (isLast) return state;
      await this.#pause({ kind: 'settling', forMs: this.#now() - sinceMs }, endsAtMs);
    }
  }

  async #pause(outlook: Outlook, notBeyondMs: number | undefined): Promise<void> {
    const { deadline, random } = this.#around;
    const waited = {
      waitedMs: this.#now() - this.#beganAtMs,
      leftMs: deadline.leftMs(),
      unanswered: this.#silences.most(),
      retryAfterMs: this.#silences.retryAfterMs(),
      outlook,
    };
    const pauseMs = nextPauseMs(this.#wait.interval, waited, random());
    // A limit that can only be judged with an answer must not shorten the pause that an outage asks for.
    const isBounded = notBeyondMs !== undefined && waited.unanswered === 0;
    const limitMs = isBounded ? Math.min(pauseMs, notBeyondMs - this.#now()) : pauseMs;
    await this.#sleep(limitMs, this.#trigger?.pending());
    this.#noteTrigger();
  }

  /** Sleeps, never past the last look, and no longer than until `event`. */
  async #sleep(ms: number, event: Promise<void> | undefined): Promise<void> {
    const { clock, deadline, signal } = this.#around;
    const boundedMs = Math.max(0, Math.min(ms, deadline.lastLookAtMs - this.#now()));
    if (event === undefined) {
      await clock.sleep(boundedMs, signal);
    } else {
      const done = new AbortController();
      await Promise.race([clock.sleep(boundedMs, AbortSignal.any([signal, done.signal])), event]);
      done.abort();
    }
    signal.throwIfAborted();
  }

  async #ask<T>(question: Question, asked: Promise<Answer<T>>): Promise<Answer<T>> {
    const given = await asked;
    this.#noteTrigger();
    return this.#note(question, given);
  }

  #note<T>(question: Question, given: Answer<T>): Answer<T> {
    if (given.kind === 'no-answer') this.#tell({ kind: 'no-answer', failure: given });
    this.#silences.note(question, given, this.#now());
    return given;
  }

  /** A look that begins now is the last one. */
  #isTimeForLastLook(): boolean {
    return this.#now() >= this.#around.deadline.lastLookAtMs;
  }

  #now(): number {
    return this.#around.clock.nowMs();
  }

  #tell(news: WaitNews): void {
    this.#around.onEvent({ ...news, atMs: this.#around.deadline.elapsedMs() });
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
