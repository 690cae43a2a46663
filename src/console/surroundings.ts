import type { Clock } from '../scan/clock.ts';
import type { Crowd } from '../scan/crowd.ts';
import type { Deadline } from '../scan/deadline.ts';

/** What a client lives in. `signal` is that of the step: what is asked for several is everybody's. */
export interface ClientSurroundings {
  readonly clock: Clock;
  readonly deadline: Deadline;
  readonly crowd: Crowd;
  readonly signal: AbortSignal;
}
