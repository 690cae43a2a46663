import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../src/scan/clock.ts';
import { FakeClock } from '../builders/fake-clock.ts';

/** A request under way, until its response has arrived. */
export interface PendingRequest {
  end(): void;
}

/** Turns of the event loop in which the consequences of a wake-up settle: promises, aborted sockets. */
const TURNS = 4;

/**
 * The fake clock for a client that talks to real sockets. Time stands still while a request is under way, so that a
 * slow machine makes nothing late, and moves on to the next sleeper otherwise. A request that will never be answered is
 * reported as stalled: then time goes on, and the client can give the request up.
 */
export class SocketClock implements Clock {
  readonly #clock = new FakeClock();
  #isStopped = false;
  #isChecking = false;
  readonly #pending = new Map<PendingRequest, string>();

  nowMs(): number {
    return this.#clock.nowMs();
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const sleep = this.#clock.sleep(ms, signal);
    this.#checkSoon();
    return sleep;
  }

  /** Time stands still from now on, until the end, or until the call is reported as stalled. */
  begin(call: string): PendingRequest {
    const request: PendingRequest = {
      end: () => {
        this.#pending.delete(request);
        this.#checkSoon();
      },
    };
    this.#pending.set(request, call);
    return request;
  }

  /** No response to this call is on its way: time goes on without it. */
  stalled(call: string): void {
    for (const [request, its] of this.#pending) if (its === call) this.#pending.delete(request);
    this.#checkSoon();
  }

  /** Time stands still for good. */
  stop(): void {
    this.#isStopped = true;
  }

  #checkSoon(): void {
    if (this.#isChecking) return;
    this.#isChecking = true;
    void this.#check();
  }

  async #check(): Promise<void> {
    for (let turn = 0; turn < TURNS; turn += 1) await nextTurn();
    this.#isChecking = false;
    if (this.#isStopped || this.#pending.size > 0) return;
    if (this.#clock.wakeNext()) this.#checkSoon();
  }
}
