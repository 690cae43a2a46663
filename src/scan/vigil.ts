import type { Clock } from './clock.ts';
import type { Deadline } from './deadline.ts';
import type { WaitEvent, WaitNews } from './event.ts';
import type { Answer } from './evidence.ts';
import { nextPauseMs, type Outlook, type PollInterval } from './schedule.ts';
import { type Question, Silences } from './silences.ts';

/** The world a wait happens in. */
export interface Surroundings {
  readonly clock: Clock;
  readonly deadline: Deadline;
  readonly random: () => number;
  readonly signal: AbortSignal;
  readonly onEvent: (event: WaitEvent) => void;
  /** How many scans the step waits for at this moment, this one included. */
  readonly crowdSize: () => number;
}

/** How long one may sleep: until something has to be judged, or until something happens. */
export interface Until {
  /** On the clock; undefined where nothing presses. */
  readonly limitMs: number | undefined;
  /** Whether the limit holds even while the Console does not answer. */
  readonly isHard: boolean;
  readonly event: Promise<void> | undefined;
}

/** Between two looks: keeps count of what went unanswered, and sleeps, never past a limit. */
export class Vigil {
  readonly silences = new Silences();
  readonly #interval: PollInterval;
  readonly #around: Surroundings;
  /** Since when the scan is waited for: what it took to get that far says nothing of the scan. */
  #beganAtMs: number;

  constructor(interval: PollInterval, around: Surroundings) {
    this.#interval = interval;
    this.#around = around;
    this.#beganAtMs = around.deadline.startedAtMs;
  }

  /** The wait for the scan itself begins now. */
  begin(): void {
    this.#beganAtMs = this.now();
  }

  get signal(): AbortSignal {
    return this.#around.signal;
  }

  now(): number {
    return this.#around.clock.nowMs();
  }

  /** A look that begins now is the last one. */
  isTimeForLastLook(): boolean {
    return this.now() >= this.#around.deadline.lastLookAtMs;
  }

  tell(news: WaitNews): void {
    this.#around.onEvent({ ...news, atMs: this.#around.deadline.elapsedMs() });
  }

  /** Notes what came of a question. */
  note<T>(question: Question, given: Answer<T>): Answer<T> {
    if (given.kind === 'no-answer') this.tell({ kind: 'no-answer', failure: given });
    this.silences.note(question, given, this.now());
    return given;
  }

  /** Sleeps until the next look is due. */
  async pause(outlook: Outlook, { limitMs, isHard, event }: Until): Promise<void> {
    const { deadline, random, crowdSize } = this.#around;
    const waited = {
      waitedMs: this.now() - this.#beganAtMs,
      leftMs: deadline.leftMs(),
      unanswered: this.silences.most(),
      retryAfterMs: this.silences.retryAfterMs(),
      outlook,
      crowd: crowdSize(),
    };
    const pauseMs = nextPauseMs(this.#interval, waited, random());
    // A limit that can only be judged with an answer must not shorten the pause that an outage asks for.
    const isBounded = limitMs !== undefined && (isHard || waited.unanswered === 0);
    await this.sleep(isBounded ? Math.min(pauseMs, limitMs - this.now()) : pauseMs, event);
  }

  /** Sleeps, never past the last look, and no longer than until `event`. Throws the signal's reason. */
  async sleep(ms: number, event: Promise<void> | undefined): Promise<void> {
    const { clock, deadline, signal } = this.#around;
    const boundedMs = Math.max(0, Math.min(ms, deadline.lastLookAtMs - this.now()));
    if (event === undefined) {
      await clock.sleep(boundedMs, signal);
    } else {
      const done = new AbortController();
      await Promise.race([clock.sleep(boundedMs, AbortSignal.any([signal, done.signal])), event]);
      done.abort();
    }
    signal.throwIfAborted();
  }
}
