import { setImmediate as nextRound } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** The bytes of heap in use after garbage collection. */
export async function heapInUse(): Promise<number> {
  const collect = garbageCollector();
  // Weakly held objects are collected only after a round of the event loop.
  for (let round = 0; round < 3; round += 1) {
    collect();
    await nextRound();
  }
  return process.memoryUsage().heapUsed;
}

/** Node's own collector, which only a flag exposes. */
function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect !== 'function') throw new Error('the garbage collector cannot be called');
  return () => {
    collect();
  };
}
