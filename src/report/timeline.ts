import type { WaitEvent } from '../scan/event.ts';
import { type Stage, viewOf } from '../scan/view.ts';

/** A phase of the wait and when it began, in milliseconds from the start of the step. */
export interface TimelineEntry {
  readonly atMs: number;
  readonly phase: 'requested' | Stage;
}

/** Gathers when each phase began. It grows with the changes, not with the length of the wait. */
export class Timeline {
  readonly #entries: TimelineEntry[] = [];

  note(event: WaitEvent): void {
    const phase = phaseOf(event);
    if (phase === undefined || phase === this.#entries.at(-1)?.phase) return;
    this.#entries.push({ atMs: event.atMs, phase });
  }

  entries(): readonly TimelineEntry[] {
    return [...this.#entries];
  }
}

function phaseOf(event: WaitEvent): TimelineEntry['phase'] | undefined {
  switch (event.kind) {
    case 'trigger-sent':
      return 'requested';
    case 'looked':
      return viewOf(event.state).stage;
    case 'earlier-report':
    case 'trigger-accepted':
    case 'no-answer':
      return undefined;
  }
}
