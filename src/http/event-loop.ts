import { setImmediate as nextRound } from 'node:timers/promises';

/** Parsing a larger body takes so much time that signals have to be handled afterwards. */
export const LARGE_BODY_BYTES = 1024 * 1024;

/**
 * Lets the rest of the process run, such as the handler of a signal. It takes two rounds of the event loop: the first
 * one may end before the loop checks for signals.
 */
export async function otherWork(): Promise<void> {
  await nextRound();
  await nextRound();
}
