import type { Decision } from '../gate/verdict.ts';
import { formatDuration } from '../scan/duration.ts';
import type { WaitEvent } from '../scan/event.ts';
import { type Subject, subjectName } from '../scan/image.ts';
import { STAGE_TEXT, type Stage, viewOf } from '../scan/view.ts';
import { bar, elapsed, HEARTBEAT_MS } from './log-line.ts';

/** How many a line names. */
const NAMED = 3;
const SIGN = '✔';
const TROUBLE = '✘';

/** What is told of one image. */
export interface ImageLog {
  readonly note: (event: WaitEvent) => void;
  /** `atMs` counts from the start of the step. */
  readonly end: (decision: Decision, atMs: number) => void;
}

/**
 * The log of a wait for many images: a line as each ends, with one bar for all; trouble once, whichever image met it;
 * and where nothing changes for long, who is still waited for.
 */
export class ReleaseLog {
  readonly #write: (line: string) => void;
  readonly #timeoutMs: number;
  readonly #total: number;
  readonly #open = new Map<string, Stage>();
  #ended = 0;
  #lastAtMs = 0;
  /** When each kind of trouble was told. */
  readonly #troubles = new Map<string, number>();

  constructor(write: (line: string) => void, timeoutMs: number, total: number) {
    this.#write = write;
    this.#timeoutMs = timeoutMs;
    this.#total = total;
  }

  /** Begins to tell of an image. */
  begin(subject: Subject): ImageLog {
    const name = subjectName(subject);
    this.#open.set(name, 'waiting');
    return {
      note: (event) => this.#note(name, event),
      end: (decision, atMs) => this.#end(name, decision, atMs),
    };
  }

  #note(name: string, event: WaitEvent): void {
    switch (event.kind) {
      case 'no-answer':
        this.#sayTrouble(event.failure.message, event.atMs);
        return;
      case 'looked':
        this.#open.set(name, viewOf(event.state).stage);
        if (event.atMs - this.#lastAtMs >= HEARTBEAT_MS) this.#say(this.#slowest(), event.atMs);
        return;
      case 'earlier-report':
      case 'trigger-sent':
      case 'trigger-accepted':
        return;
    }
  }

  #end(name: string, { verdict, reason }: Decision, atMs: number): void {
    this.#ended += 1;
    this.#open.delete(name);
    const sign = verdict === 'passed' ? SIGN : TROUBLE;
    this.#say(`${sign} ${name}  ${verdict} (${reason})`, atMs);
  }

  /** The same trouble of many images is one trouble. */
  #sayTrouble(text: string, atMs: number): void {
    // Of each image the same trouble took another number of milliseconds.
    const kind = text.replace(/\d+(?:\.\d+)?/g, '');
    for (const [told, toldAtMs] of this.#troubles) {
      if (atMs - toldAtMs >= HEARTBEAT_MS) this.#troubles.delete(told);
    }
    if (this.#troubles.has(kind)) return;
    this.#troubles.set(kind, atMs);
    this.#say(text, atMs);
  }

  /** `waiting for 4: step 2/2  scanning images (3: a, b, c), …` */
  #slowest(): string {
    const byStage = Map.groupBy(this.#open.keys(), (name) => this.#open.get(name) ?? 'waiting');
    const parts = [...byStage].map(([stage, names]) => {
      const more = names.length > NAMED ? `, and ${names.length - NAMED} more` : '';
      return `${STAGE_TEXT[stage]}: ${names.slice(0, NAMED).join(', ')}${more}`;
    });
    return `waiting for ${this.#open.size}; ${parts.join('; ')}`;
  }

  #say(text: string, atMs: number): void {
    this.#lastAtMs = atMs;
    const leftMs = Math.ceil(Math.max(0, this.#timeoutMs - atMs) / 1000) * 1000;
    const counts = { scanned: this.#ended, total: this.#total };
    this.#write(`${elapsed(atMs)}  ${bar(counts)}  ${text}  (${formatDuration(leftMs)} left)`);
  }
}
