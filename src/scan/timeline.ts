import type { PollEvent, TimelineEntry } from './events.ts';
import type { Counts } from './evidence.ts';

/** The evidence of the scan when a wait was ended. Times count from the start of the step, in milliseconds. */
export interface WaitSeen {
  /** True if this step has asked the Console to scan. */
  readonly wasRequested: boolean;
  /** When the scan was last seen running, and its counts then; undefined if it was never seen. */
  readonly running: { readonly atMs: number; readonly counts: Counts | undefined } | undefined;
}

/** No evidence of a scan. */
export const NOTHING_SEEN: WaitSeen = { wasRequested: false, running: undefined };

/**
 * Records when each phase of the wait for one image began. It grows with the changes of phase, not with the length of
 * the wait.
 */
export class Timeline {
  readonly #entries: TimelineEntry[] = [];
  #running: WaitSeen['running'];

  add(event: PollEvent): void {
    if (event.kind === 'polled') this.#poll(event);
    const phase = phaseOf(event);
    if (phase === undefined || phase === this.#entries.at(-1)?.phase) return;
    this.#entries.push({ atMs: event.atMs, phase });
  }

  entries(): readonly TimelineEntry[] {
    return [...this.#entries];
  }

  seen(): WaitSeen {
    const wasRequested = this.#entries.some(({ phase }) => phase === 'requested');
    return { wasRequested, running: this.#running };
  }

  #poll({ stage, counts, atMs, failures }: Extract<PollEvent, { kind: 'polled' }>): void {
    if (failures.length > 0) return;
    if (stage === 'discovery' || stage === 'image-scan') this.#running = { atMs, counts };
  }
}

function phaseOf(event: PollEvent): TimelineEntry['phase'] | undefined {
  switch (event.kind) {
    case 'trigger-sent':
      return 'requested';
    case 'polled':
      return event.stage;
    case 'baseline':
    case 'trigger-accepted':
      return undefined;
  }
}
