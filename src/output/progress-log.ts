import type { Log } from '../host.ts';
import { type Subject, subjectName } from '../image/image.ts';
import type { Decision } from '../policy/decision.ts';
import { groupBy } from '../policy/group-by.ts';
import type { PollEvent, Stage } from '../scan/events.ts';
import type { RetryableFailure } from '../scan/types.ts';
import { clockText, timeLeft } from '../text/clock.ts';
import { firstOf } from '../text/plural.ts';
import { failureKind, failureText, pollText, stageText, startText } from '../text/poll-text.ts';
import { progressBar, STAGE_TEXT } from '../text/progress-text.ts';
import { VERDICT_SIGN } from '../text/verdict-sign.ts';

/** A line that would repeat the one before is written again only after this long, in milliseconds. */
const HEARTBEAT_MS = 60_000;
/** How many images a line names. */
const NAMED = 3;

/** Where the lines go. A terminal has a status line as well, which shows what repeats. */
export type ProgressSink = Pick<Log, 'info' | 'debug' | 'status'>;

/** Where the wait for one image reports to. */
export interface ImageProgressLog {
  readonly write: (event: PollEvent) => void;
  /** The image is decided. `atMs` counts from the start of the step. */
  readonly end: (decision: Decision, atMs: number) => void;
}

/** The log of a wait: with one image every change of it, with many a line as each of them ends. */
export interface ProgressLog {
  readonly forImage: (subject: Subject) => ImageProgressLog;
}

/** Opens the progress log of a run over so many images. */
export function progressLog(log: ProgressSink, timeoutMs: number, imageCount: number): ProgressLog {
  if (imageCount > 1) return new SharedProgressLog(log, timeoutMs, imageCount);
  return { forImage: () => new SingleProgressLog(log, timeoutMs) };
}

type PolledEvent = Extract<PollEvent, { kind: 'polled' }>;

const NOTHING = { text: '', atMs: 0 };

/**
 * One image: a line when something changes, a heartbeat when nothing does for long. Where there is a status line, it shows
 * counts and time as they go, and the lines that stay are those of a new stage.
 */
class SingleProgressLog implements ImageProgressLog {
  readonly #log: ProgressSink;
  readonly #timeoutMs: number;
  /** The last line of each kind, so that none is repeated however they alternate. */
  #lastState = NOTHING;
  #lastFailure = NOTHING;

  constructor(log: ProgressSink, timeoutMs: number) {
    this.#log = log;
    this.#timeoutMs = timeoutMs;
  }

  readonly write = (event: PollEvent): void => {
    if (event.kind !== 'polled') {
      this.#writeState(startText(event), event);
      return;
    }
    this.#log.debug(pollText(event));
    if (event.failures.length > 0) {
      const kinds = event.failures.map(failureKind).join('\n');
      if (isDue(kinds, event.atMs, this.#lastFailure)) {
        for (const failure of event.failures)
          this.#writeLine(failureText(failure, event.nextPollMs), event.atMs);
        this.#lastFailure = { text: kinds, atMs: event.atMs };
      }
      return;
    }
    // Once the Console responds again, where the scan stands is news.
    if (this.#lastFailure !== NOTHING) {
      this.#lastState = NOTHING;
      this.#lastFailure = NOTHING;
    }
    this.#writeStage(event);
  };

  // The verdict of the only image is that of the run, which has a line of its own.
  readonly end = (): void => {};

  #writeStage(event: PolledEvent): void {
    const text = stageText(event.stage, event.counts);
    const { status } = this.#log;
    if (status === undefined) this.#writeState(text, event);
    else if (event.stage === this.#lastState.text) status(this.#lineOf(text, event.atMs));
    else {
      this.#lastState = { text: event.stage, atMs: event.atMs };
      this.#writeLine(text, event.atMs);
    }
  }

  #writeState(text: string, { atMs }: PollEvent): void {
    if (!isDue(text, atMs, this.#lastState)) return;
    this.#lastState = { text, atMs };
    this.#writeLine(text, atMs);
  }

  #writeLine(text: string, atMs: number): void {
    this.#log.info(this.#lineOf(text, atMs));
  }

  #lineOf(text: string, atMs: number): string {
    return `${clockText(atMs)}  ${text}  (${timeLeft(this.#timeoutMs, atMs)} left)`;
  }
}

/**
 * Many images: a line as each ends, with one progress bar for all; a failure once, whichever image met it; and where
 * nothing changes for long, which images are still waited for.
 */
class SharedProgressLog implements ProgressLog {
  readonly #log: ProgressSink;
  readonly #timeoutMs: number;
  readonly #total: number;
  readonly #stages = new Map<string, Stage>();
  #ended = 0;
  /** Never yet: the first poll is worth a line. */
  #lastAtMs = Number.NEGATIVE_INFINITY;
  /** When each kind of failure was last written. */
  readonly #failures = new Map<string, number>();

  constructor(log: ProgressSink, timeoutMs: number, total: number) {
    this.#log = log;
    this.#timeoutMs = timeoutMs;
    this.#total = total;
  }

  readonly forImage = (subject: Subject): ImageProgressLog => {
    const name = subjectName(subject);
    this.#stages.set(name, 'pending');
    return {
      write: (event) => this.#write(name, event),
      end: (decision, atMs) => this.#end(name, decision, atMs),
    };
  };

  #write(name: string, event: PollEvent): void {
    if (event.kind !== 'polled') {
      this.#log.debug(`${name}: ${startText(event)}`);
      return;
    }
    this.#log.debug(`${name}: ${pollText(event)}`);
    for (const failure of event.failures) this.#writeFailure(failure, event.nextPollMs, event.atMs);
    // The last event of an image may come after its end.
    if (this.#stages.has(name)) this.#stages.set(name, event.stage);
    const { status } = this.#log;
    if (status !== undefined) status(this.#statusOf(event.atMs));
    else if (event.atMs - this.#lastAtMs >= HEARTBEAT_MS) this.#writeLine(this.#pendingText(), event.atMs);
  }

  #end(name: string, { verdict, reason }: Decision, atMs: number): void {
    this.#ended += 1;
    this.#stages.delete(name);
    this.#writeLine(`${VERDICT_SIGN[verdict]} ${name}  ${verdict} (${reason})`, atMs);
  }

  /** The same failure of many images is one failure. */
  #writeFailure(failure: RetryableFailure, nextPollMs: number | undefined, atMs: number): void {
    for (const [kind, writtenAtMs] of this.#failures) {
      if (atMs - writtenAtMs >= HEARTBEAT_MS) this.#failures.delete(kind);
    }
    const kind = failureKind(failure);
    if (this.#failures.has(kind)) return;
    this.#failures.set(kind, atMs);
    this.#writeLine(failureText(failure, nextPollMs), atMs);
  }

  /** `waiting for 4; step 2/2  scanning images: a, b, c and 1 more` */
  #pendingText(): string {
    const byStage = groupBy(this.#stages.keys(), (name) => this.#stages.get(name) ?? 'pending');
    const parts = [...byStage].map(([stage, names]) => `${STAGE_TEXT[stage]}: ${firstOf(names, NAMED)}`);
    return [`waiting for ${this.#stages.size}`, ...parts].join('; ');
  }

  #writeLine(text: string, atMs: number): void {
    this.#lastAtMs = atMs;
    this.#log.info(this.#lineOf(text, atMs));
  }

  /** A terminal cuts what does not fit, so what matters most comes first. */
  #statusOf(atMs: number): string {
    return `${clockText(atMs)}  ${this.#bar()}  ${timeLeft(this.#timeoutMs, atMs)} left  ${this.#pendingText()}`;
  }

  #lineOf(text: string, atMs: number): string {
    return `${clockText(atMs)}  ${this.#bar()}  ${text}  (${timeLeft(this.#timeoutMs, atMs)} left)`;
  }

  #bar(): string {
    return progressBar({ scanned: this.#ended, total: this.#total });
  }
}

function isDue(text: string, atMs: number, last: typeof NOTHING): boolean {
  return text !== last.text || atMs - last.atMs >= HEARTBEAT_MS;
}
