import { setImmediate as nextRound } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** How many bytes of heap are in use once everything is collected that can be. */
export async function heapInUse(): Promise<number> {
  const collect = garbageCollector();
  // What is held weakly goes only after a turn.
  for (let round = 0; round < 3; round += 1) {
    collect();
    await nextRound();
  }
  return process.memoryUsage().heapUsed;
}

/** Node's own collector, which is hidden unless a flag shows it. */
function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect !== 'function') throw new Error('the garbage collector cannot be called');
  return () => {
    collect();
  };
}
