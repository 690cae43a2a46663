import { setImmediate as nextRound } from 'node:timers/promises';

/** A larger body than this takes long enough to parse that a signal has to be heard after it. */
export const LARGE_BODY_BYTES = 1024 * 1024;

/**
 * Lets the rest of the process work, such as the handler of a signal. It takes two rounds of the event loop: the first one
 * may come before it looks for signals.
 */
export async function otherWork(): Promise<void> {
  await nextRound();
  await nextRound();
}
