import type { Log } from '../host.ts';
import { type Subject, subjectName } from '../image/image.ts';
import type { Decision } from '../policy/decision.ts';
import { groupBy } from '../policy/group-by.ts';
import { formatDuration } from '../scan/duration.ts';
import type { PollEvent, Stage } from '../scan/events.ts';
import type { Counts, ReportSnapshot, RetryableFailure } from '../scan/types.ts';
import { clockText, delayText, timeLeft } from '../text/clock.ts';
import { firstOf } from '../text/plural.ts';
import { progressBar, STAGE_TEXT, WAIT_OVER_TEXT } from '../text/progress-text.ts';
import { VERDICT_SIGN } from '../text/verdict-sign.ts';

/** A line that repeats the previous one is written again only after this time, in milliseconds. */
const HEARTBEAT_MS = 60_000;
/** Maximum number of images that a line names. */
const NAMED = 3;

/** The log for the lines. A terminal also has a status line, which shows repeated changes. */
type ProgressSink = Pick<Log, 'info' | 'debug' | 'status'>;

/** The log of the wait for one image. */
interface ImageProgressLog {
  readonly write: (event: PollEvent) => void;
  /** The wait for the image is over; the decision follows once the others are over too. */
  readonly over: (atMs: number) => void;
  /** Ends the log of an image with its decision. `atMs` counts from the start of the step. */
  readonly end: (decision: Decision, atMs: number) => void;
}

/** The log of a wait: for one image, every change; for several, one line as each of them ends. */
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
      this.#writeState(
        event.kind === 'baseline' ? baselineText(event.snapshot) : TRIGGER_TEXT[event.kind],
        event,
      );
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

  // The verdict of the only image is that of the run, which has its own line.
  readonly over = (): void => {};
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
 * The log of several images: a line as each ends, with one progress bar for all; each failure once, whichever image
 * it affects; and after a long time without a change, the images that are still pending.
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
      over: (atMs) => this.#over(name, atMs),
      end: (decision, atMs) => this.#end(name, decision, atMs),
    };
  };

  #write(name: string, event: PollEvent): void {
    if (event.kind !== 'polled') {
      this.#log.debug(
        `${name}: ${event.kind === 'baseline' ? baselineText(event.snapshot) : TRIGGER_TEXT[event.kind]}`,
      );
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

  #over(name: string, atMs: number): void {
    if (this.#stages.delete(name)) this.#ended += 1;
    if (this.#stages.size > 0) this.#writeLine(`${name}  ${WAIT_OVER_TEXT}`, atMs);
  }

  #end(name: string, { verdict, reason }: Decision, atMs: number): void {
    if (this.#stages.delete(name)) this.#ended += 1;
    this.#writeLine(`${VERDICT_SIGN[verdict]} ${name}  ${verdict} (${reason})`, atMs);
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

const TRIGGER_TEXT = {
  'trigger-sent': 'asking the Console to scan',
  'trigger-accepted': 'the Console accepted the request',
} as const;

function isDue(text: string, atMs: number, last: typeof NOTHING): boolean {
  return text !== last.text || atMs - last.atMs >= HEARTBEAT_MS;
}

/** A failure without its numbers: the same failure can have a different number of milliseconds in each poll. */
function failureKind({ message }: RetryableFailure): string {
  return message.replace(/\d+(?:\.\d+)?/g, '');
}

/** The failure, and the time of the next attempt. */
function failureText({ message }: RetryableFailure, nextPollMs: number | undefined): string {
  if (nextPollMs === undefined) return message;
  return `${message.replace(/\.$/, '')}; asking again in ${delayText(nextPollMs)}`;
}

function stageText(stage: Stage, counts: Counts | undefined): string {
  return counts === undefined ? STAGE_TEXT[stage] : `${STAGE_TEXT[stage]}  ${progressBar(counts)}`;
}

/** A poll for the debug log. */
function pollText({ stage, counts, failures, nextPollMs }: PolledEvent): string {
  const parts = [
    `polled: ${stage}${counts === undefined ? '' : ` ${counts.scanned}/${counts.total}`}`,
    ...failures.map(({ kind, message }) => `${kind}: ${message}`),
    nextPollMs === undefined ? 'no further poll' : `next poll in ${Math.round(nextPollMs)} ms`,
  ];
  return parts.join('; ');
}

/**
 * The baseline for the debug log. The duration of the last scan decides when polling begins, so it explains a pause.
 */
function baselineText(snapshot: ReportSnapshot): string {
  switch (snapshot.kind) {
    case 'row': {
      const { scanTime, durationMs } = snapshot.row;
      if (scanTime === undefined) return 'the report so far shows no scan of the image';
      const took = durationMs === undefined ? '' : `, which took ${formatDuration(durationMs)}`;
      return `the report so far shows a scan of ${scanTime.text}${took}`;
    }
    case 'absent':
      return 'the report so far does not know the image';
    case 'unreadable':
      return snapshot.why === 'regular-scan'
        ? 'looking for the regular scan'
        : `the report cannot be read (${snapshot.why}); progress alone has to show the end`;
  }
}
