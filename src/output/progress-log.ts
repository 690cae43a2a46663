import type { Log } from '../host.ts';
import { type Subject, subjectName } from '../image/image.ts';
import type { Decision } from '../policy/decision.ts';
import { groupBy } from '../policy/group-by.ts';
import type { RetryableFailure } from '../scan/call-failure.ts';
import type { PollEvent, Stage } from '../scan/events.ts';
import { failureKind, failureText, pollText, stageText, startText } from '../text/poll-text.ts';
import { pendingText, progressBar } from '../text/progress-text.ts';
import { clockText, timeLeft } from '../text/time-text.ts';
import { VERDICT_SIGN, verdictText } from '../text/verdict-text.ts';

/** A line that repeats the previous one is written again only after this time, in milliseconds. */
const HEARTBEAT_MS = 60_000;

/** The log for the lines. A terminal also has a status line, which shows repeated changes. */
type ProgressSink = Pick<Log, 'info' | 'debug' | 'status'>;

/** The log of the wait for one image. */
interface ImageProgressLog {
  readonly write: (event: PollEvent) => void;
  /** Ends the wait of the image; its decision is made once all waits are over. */
  readonly over: () => void;
  /** Ends the log of an image with its decision. `atMs` counts from the start of the step. */
  readonly end: (decision: Decision, atMs: number) => void;
}

/** The log of a wait: for one image, every change; for several, the images that are pending. */
export interface ProgressLog {
  readonly forImage: (subject: Subject) => ImageProgressLog;
}

/** Opens the progress log of a run over `imageCount` images. */
export function progressLog(log: ProgressSink, timeoutMs: number, imageCount: number): ProgressLog {
  if (imageCount > 1) return new SharedProgressLog(log, timeoutMs, imageCount);
  return { forImage: () => new SingleProgressLog(log, timeoutMs) };
}

type PolledEvent = Extract<PollEvent, { kind: 'polled' }>;

const NOTHING = { text: '', atMs: 0 };

/**
 * The log of one image: a line for every change, and a heartbeat after a long time without one. If there is a status
 * line, it shows counts and time, and lines are written for new stages only.
 */
class SingleProgressLog implements ImageProgressLog {
  readonly #log: ProgressSink;
  readonly #timeoutMs: number;
  /** The last line of each kind, so that alternating lines are not repeated. */
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
    // Once the Console responds again, the state of the scan is written again.
    if (this.#lastFailure !== NOTHING) {
      this.#lastState = NOTHING;
      this.#lastFailure = NOTHING;
    }
    this.#writeStage(event);
  };

  readonly over = (): void => {};

  // The verdict of the only image is that of the run, which has its own line.
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
 * The log of several images: one progress bar for all, which counts the completed waits; each failure once, whichever
 * image it affects; after a long time without a line, the images that are still pending; and once all waits are over,
 * a line for each image.
 */
class SharedProgressLog implements ProgressLog {
  readonly #log: ProgressSink;
  readonly #timeoutMs: number;
  readonly #total: number;
  readonly #stages = new Map<string, Stage>();
  #ended = 0;
  /** No line was written yet, so the first poll gets one. */
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
      over: () => this.#over(name),
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

  #over(name: string): void {
    this.#ended += 1;
    this.#stages.delete(name);
  }

  #end(name: string, decision: Decision, atMs: number): void {
    this.#writeLine(`${VERDICT_SIGN[decision.verdict]} ${name}  ${verdictText(decision)}`, atMs);
  }

  /** Writes the same failure of several images once. */
  #writeFailure(failure: RetryableFailure, nextPollMs: number | undefined, atMs: number): void {
    for (const [kind, writtenAtMs] of this.#failures) {
      if (atMs - writtenAtMs >= HEARTBEAT_MS) this.#failures.delete(kind);
    }
    const kind = failureKind(failure);
    if (this.#failures.has(kind)) return;
    this.#failures.set(kind, atMs);
    this.#writeLine(failureText(failure, nextPollMs), atMs);
  }

  #pendingText(): string {
    return pendingText(groupBy(this.#stages.keys(), (name) => this.#stages.get(name) ?? 'pending'));
  }

  #writeLine(text: string, atMs: number): void {
    this.#lastAtMs = atMs;
    this.#log.info(this.#lineOf(text, atMs));
  }

  /** The status line. A terminal cuts long lines, so the most important parts come first. */
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
