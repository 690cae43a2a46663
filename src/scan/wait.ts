import type { Clock } from './clock.ts';
import {
  asksProgress,
  asksReport,
  beginWait,
  type Completion,
  type Finished,
  type GivenUp,
  type Limits,
  type Look,
  observe,
  overtake,
  patienceEndsAtMs,
  triggeredAgain,
} from './completion.ts';
import type { Deadline } from './deadline.ts';
import type { Answer, NoAnswer, ProgressAnswer, ReportReading, ReportRow } from './evidence.ts';
import { Patience, type Question } from './patience.ts';
import { nextPauseMs, type PollInterval } from './schedule.ts';
import type { ScanSource, StartScan } from './source.ts';
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

/** What happened, for those who watch. `atMs` counts from the start of the step. */
export type WaitEvent = { readonly atMs: number } & (
  | { readonly kind: 'earlier-report'; readonly reading: ReportReading }
  | { readonly kind: 'trigger-sent' }
  | { readonly kind: 'trigger-accepted' }
  | { readonly kind: 'no-answer'; readonly failure: NoAnswer }
  | {
      readonly kind: 'looked';
      readonly state: Completion;
      /** Whether every question of this look was answered. */
      readonly isAnswered: boolean;
    }
);

/** How a wait ends; `unanswered` where the Console did not answer what had to be known. */
export type Ending = Finished | GivenUp | Unanswered;

export interface Unanswered {
  readonly phase: 'unanswered';
  readonly failure: NoAnswer;
  /** The last progress answer that had any entries. */
  readonly entries: ProgressAnswer;
}

/** The answer to the trigger is waited for this long before progress is looked at without it. */
const TRIGGER_HEAD_START_MS = 5_000;

/** A Console that keeps losing the answer may be keeping the requests; it shall not drown in them. */
const MAX_TRIGGERS = 20;

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
  readonly #patience = new Patience();
  #trigger: Trigger | undefined;
  #triggerNoted = false;
  #triggersSent = 0;

  constructor(wait: Wait, surroundings: Surroundings) {
    this.#wait = wait;
    this.#around = surroundings;
  }

  async run(): Promise<Ending> {
    const earlier = await this.#earlierReport();
    if (earlier.kind === 'no-answer') return { phase: 'unanswered', failure: earlier, entries: [] };
    this.#tell({ kind: 'earlier-report', reading: earlier.value });

    await this.#send();
    let state = beginWait(
      this.#wait.start === undefined ? 'awaited' : 'triggered',
      earlier.value,
      this.#now(),
    );
    for (;;) {
      const isLast = this.#isTimeForLastLook();
      const mayBeLost = this.#trigger?.outcome().kind === 'unclear';
      const look = await this.#look(state);
      state = observe(state, look, this.#wait.limits);
      if (look.report === 'not-asked') this.#patience.forget('report');
      if (!isAwaitingSign(state)) this.#patience.forget('trigger');
      const isAnswered = (silenceOf(look.progress) ?? silenceOf(look.report)) === undefined;
      this.#tell({ kind: 'looked', state, isAnswered });
      if (state.phase === 'finished') return await this.#withDigest(state);
      if (state.phase === 'given-up') return this.#excused(state);

      const hopeless = this.#patience.exhausted(this.#now());
      if (hopeless !== undefined) return { phase: 'unanswered', failure: hopeless, entries: state.entries };
      if (isLast) return this.#excused(overtake(state));
      await this.#pause(patienceEndsAtMs(state, this.#wait.limits));
      if (mayBeLost && hasNoSign(state, look) && this.#triggersSent < MAX_TRIGGERS) {
        await this.#send();
        state = triggeredAgain(state, this.#now());
      }
    }
  }

  async #earlierReport(): Promise<Answer<ReportReading>> {
    for (;;) {
      const isLast = this.#isTimeForLastLook();
      const given = this.#noted('report', await this.#wait.source.report('compact', this.#around.signal));
      const isHopeless = this.#patience.exhausted(this.#now()) !== undefined;
      if (given.kind === 'answer' || isHopeless || isLast) return given;
      await this.#pause(undefined);
    }
  }

  async #look(state: Completion): Promise<Look> {
    const { source } = this.#wait;
    const { signal } = this.#around;
    const progress = asksProgress(state)
      ? this.#noted('progress', await source.progress(signal))
      : 'not-asked';
    this.#noteTrigger();
    const report = asksReport(progress)
      ? this.#noted('report', await source.report('compact', signal))
      : 'not-asked';
    this.#noteTrigger();
    return { atMs: this.#now(), progress, report };
  }

  async #send(): Promise<void> {
    if (this.#wait.start === undefined) return;
    this.#triggersSent += 1;
    this.#tell({ kind: 'trigger-sent' });
    this.#trigger = new Trigger(this.#wait.start, this.#around.signal);
    this.#triggerNoted = false;
    await this.#sleep(TRIGGER_HEAD_START_MS, this.#trigger.settled);
    this.#noteTrigger();
  }

  #noteTrigger(): void {
    const outcome = this.#trigger?.outcome();
    if (this.#triggerNoted || outcome === undefined || outcome.kind === 'pending') return;
    this.#triggerNoted = true;
    this.#noted(
      'trigger',
      outcome.kind === 'accepted' ? { kind: 'answer', value: outcome } : outcome.failure,
    );
    if (outcome.kind === 'accepted') this.#tell({ kind: 'trigger-accepted' });
  }

  /**
   * Where the time ran out on a question that was not answered, that is what has to be said. The last look has
   * little time, so its failure alone says less about the Console than the looks before it.
   */
  #excused(state: Finished | GivenUp): Ending {
    if (state.phase === 'finished') return state;
    const untriggered = state.why === 'not-started' ? this.#patience.failure('trigger') : undefined;
    const failure =
      untriggered ?? this.#patience.failure('progress', 2) ?? this.#patience.failure('report', 2);
    return failure === undefined ? state : { phase: 'unanswered', failure, entries: state.entries };
  }

  /** A compact row may lack the digest; then the row is read once more, in full. */
  async #withDigest(state: Finished): Promise<Finished> {
    if (state.row === undefined || state.row.digests.length > 0) return state;
    const proven = state.row;
    const endsAtMs = this.#now() + this.#wait.limits.reportTimeoutMs;
    for (;;) {
      const isLast = this.#isTimeForLastLook() || this.#now() >= endsAtMs;
      const given = this.#noted('report', await this.#wait.source.report('full', this.#around.signal));
      if (given.kind === 'answer') {
        const row =
          given.value.kind === 'row' && isNoOlder(given.value.row, proven) ? given.value.row : proven;
        return { ...state, row, error: state.error || row.error };
      }
      if (isLast) return state;
      await this.#pause(endsAtMs);
    }
  }

  async #pause(notBeyondMs: number | undefined): Promise<void> {
    const waited = {
      waitedMs: this.#around.deadline.elapsedMs(),
      unanswered: this.#patience.unanswered(),
      retryAfterMs: this.#patience.retryAfterMs(),
    };
    const pauseMs = nextPauseMs(this.#wait.interval, waited, this.#around.random());
    // A limit that can only be judged with an answer must not shorten the pause that an outage asks for.
    const isBounded = notBeyondMs !== undefined && waited.unanswered === 0;
    const limitMs = isBounded ? Math.min(pauseMs, notBeyondMs - this.#now()) : pauseMs;
    const pending = this.#trigger?.outcome().kind === 'pending' ? this.#trigger.settled : undefined;
    await this.#sleep(limitMs, pending);
    this.#noteTrigger();
  }

  /** Sleeps, never past the last look, and no longer than until `event`. */
  async #sleep(ms: number, event: Promise<void> | undefined): Promise<void> {
    const { clock, deadline, signal } = this.#around;
    const boundedMs = Math.max(0, Math.min(ms, deadline.lastLookAtMs - this.#now()));
    const done = new AbortController();
    const nap = clock.sleep(boundedMs, AbortSignal.any([signal, done.signal]));
    await (event === undefined ? nap : Promise.race([nap, event]));
    done.abort();
    signal.throwIfAborted();
  }

  #noted<T>(question: Question, given: Answer<T>): Answer<T> {
    if (given.kind === 'no-answer') this.#tell({ kind: 'no-answer', failure: given });
    return this.#patience.note(question, given, this.#now());
  }

  /** A look that begins now is the last one. */
  #isTimeForLastLook(): boolean {
    return this.#now() >= this.#around.deadline.lastLookAtMs;
  }

  #now(): number {
    return this.#around.clock.nowMs();
  }

  #tell(event: DistributiveOmit<WaitEvent, 'atMs'>): void {
    this.#around.onEvent({ ...event, atMs: this.#around.deadline.elapsedMs() });
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

function isAwaitingSign(state: Completion): boolean {
  return state.phase === 'unseen' || state.phase === 'end-unproven';
}

/** Whether a look says plainly that there is no scan of ours: only then may a lost request be sent again. */
function hasNoSign(state: Completion, { progress, report }: Look): boolean {
  const isNothingInProgress =
    progress !== 'not-asked' && progress.kind === 'answer' && progress.value.length === 0;
  return isAwaitingSign(state) && isNothingInProgress && report !== 'not-asked' && report.kind === 'answer';
}

function silenceOf(given: Look['progress'] | Look['report']): NoAnswer | undefined {
  return given !== 'not-asked' && given.kind === 'no-answer' ? given : undefined;
}

function isNoOlder(row: ReportRow, than: ReportRow): boolean {
  return (row.scanTime?.epochMs ?? 0) >= (than.scanTime?.epochMs ?? 0);
}
