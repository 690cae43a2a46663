import { formatDuration } from '../scan/duration.ts';
import type { WaitEvent } from '../scan/event.ts';
import type { ReportReading, ReportRow } from '../scan/evidence.ts';
import { STAGE_TEXT, viewOf } from '../scan/view.ts';
import { bar, elapsed, HEARTBEAT_MS } from './log-line.ts';

const NOTHING = { text: '', atMs: 0 };

/** The log of one wait: a line when something changes, a heartbeat when nothing does for long. */
export class WaitLog {
  readonly #write: (line: string) => void;
  readonly #timeoutMs: number;
  /** The last line of each kind, so that neither repeats itself however they alternate. */
  #last = { state: NOTHING, trouble: NOTHING };

  constructor(write: (line: string) => void, timeoutMs: number) {
    this.#write = write;
    this.#timeoutMs = timeoutMs;
  }

  note(event: WaitEvent): void {
    if (event.kind === 'looked') {
      if (!event.isAnswered) return;
      // When the trouble is over, where the scan stands is news again.
      if (this.#last.trouble !== NOTHING) this.#last = { state: NOTHING, trouble: NOTHING };
    }
    this.#say(event.kind === 'no-answer' ? 'trouble' : 'state', event);
  }

  #say(kind: 'state' | 'trouble', event: WaitEvent): void {
    const text = textOf(event);
    const last = this.#last[kind];
    if (text === last.text && event.atMs - last.atMs < HEARTBEAT_MS) return;
    this.#last[kind] = { text, atMs: event.atMs };
    const leftMs = Math.ceil(Math.max(0, this.#timeoutMs - event.atMs) / 1000) * 1000;
    this.#write(`${elapsed(event.atMs)}  ${text}  (${formatDuration(leftMs)} left)`);
  }
}

function textOf(event: WaitEvent): string {
  switch (event.kind) {
    case 'earlier-report':
      return earlierText(event.reading);
    case 'trigger-sent':
      return 'asking the Console to scan';
    case 'trigger-accepted':
      return 'the Console accepted the request';
    case 'no-answer':
      return event.failure.message;
    case 'looked': {
      const { stage, counts } = viewOf(event.state);
      return counts === undefined ? STAGE_TEXT[stage] : `${STAGE_TEXT[stage]}  ${bar(counts)}`;
    }
  }
}

/** How long it took is what the looks go by, so it explains why there may be none for a while. */
function scanText({ scanTime, durationMs }: ReportRow): string {
  if (scanTime === undefined) return 'no scan';
  const took = durationMs === undefined ? '' : `, which took ${formatDuration(durationMs)}`;
  return `a scan of ${scanTime.text}${took}`;
}

function earlierText(reading: ReportReading): string {
  switch (reading.kind) {
    case 'row':
      return `the report so far shows ${scanText(reading.row)}`;
    case 'absent':
      return 'the report so far does not know the image';
    case 'unreadable':
      return reading.why === 'no-row-kept'
        ? 'looking for the regular scan'
        : `the report cannot be read (${reading.why}); progress alone has to show the end`;
  }
}
