import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../src/scan/clock.ts';

interface Sleeper {
  readonly dueMs: number;
  readonly wake: () => void;
}

/** A request under way, for as long as its answer is on its way too. */
export interface Busy {
  end(): void;
}

/** Turns of the event loop in which whatever a wake-up set off can settle: promises, aborted sockets. */
const TURNS = 4;

/**
 * Time for a client that talks to real sockets. It stands still while a request is under way, so a slow machine
 * makes nothing late, and leaps to the next sleeper when nothing is. A request that will never be answered is
 * reported as stalled: then time goes on, and whoever watches over the request can give it up.
 */
export class LeapingClock implements Clock {
  #nowMs = 0;
  #stopped = false;
  #looking = false;
  readonly #sleepers = new Set<Sleeper>();
  readonly #busy = new Map<Busy, string>();

  nowMs(): number {
    return this.#nowMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted === true) {
        resolve();
        return;
      }
      const wake = () => {
        this.#sleepers.delete(sleeper);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const sleeper: Sleeper = { dueMs: this.#nowMs + Math.max(0, ms), wake };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', wake);
      this.#lookSoon();
    });
  }

  /** Time stands still from now on, until the end, or until the call is reported as stalled. */
  begin(call: string): Busy {
    const busy: Busy = {
      end: () => {
        this.#busy.delete(busy);
        this.#lookSoon();
      },
    };
    this.#busy.set(busy, call);
    return busy;
  }

  /** No answer to this call is on its way: time goes on without it. */
  stalled(call: string): void {
    for (const [busy, its] of this.#busy) if (its === call) this.#busy.delete(busy);
    this.#lookSoon();
  }

  /** Time stands still for ever; nobody is left who would notice. */
  stop(): void {
    this.#stopped = true;
  }

  #lookSoon(): void {
    if (this.#looking) return;
    this.#looking = true;
    void this.#look();
  }

  async #look(): Promise<void> {
    for (let turn = 0; turn < TURNS; turn += 1) await nextTurn();
    this.#looking = false;
    if (this.#stopped || this.#busy.size > 0) return;
    const next = [...this.#sleepers].toSorted((a, b) => a.dueMs - b.dueMs)[0];
    if (next === undefined) return;
    this.#nowMs = Math.max(this.#nowMs, next.dueMs);
    next.wake();
    if (this.#sleepers.size > 0) this.#lookSoon();
  }
}
