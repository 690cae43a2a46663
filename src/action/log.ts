import { formatDuration } from '../scan/duration.ts';
import type { WaitEvent } from '../scan/event.ts';
import type { Counts, ReportReading } from '../scan/evidence.ts';
import { STAGE_TEXT, viewOf } from '../scan/view.ts';

/** Nothing new is worth a line only after this long. */
const HEARTBEAT_MS = 60_000;
const BAR_WIDTH = 20;
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

function earlierText(reading: ReportReading): string {
  switch (reading.kind) {
    case 'row':
      return `the report so far shows ${reading.row.scanTime === undefined ? 'no scan' : `a scan of ${reading.row.scanTime.text}`}`;
    case 'absent':
      return 'the report so far does not know the image';
    case 'unreadable':
      return reading.why === 'no-row-kept'
        ? 'looking for the regular scan'
        : `the report cannot be read (${reading.why}); progress alone has to show the end`;
  }
}

/** `██████████░░░░░░░░░░ 1/2`; full only when everything is scanned. */
function bar({ scanned, total }: Counts): string {
  const share = total === 0 ? 0 : Math.min(1, scanned / total);
  const filled = Math.floor(share * BAR_WIDTH);
  return `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${scanned}/${total}`;
}

/** `0:05`, `12:34`, `1:02:03` */
function elapsed(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const rest = two(seconds % 60);
  return (hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`).padStart(7);
}
