import process from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Outcome } from './part.ts';
import { simulateWait } from './simulated-wait.ts';

const POLLS = 10_000;
const EVERY_SECONDS = 5;

/** Whether a wait grows: one of 10,000 polls, its memory measured early on and at its end. */
export async function memory(): Promise<Outcome> {
  const collect = garbageCollector();
  const sizes = new Map<number, number>();
  let polls = 0;
  const interval = {
    get everyMs() {
      polls += 1;
      if (polls === POLLS / 10 || polls === POLLS) {
        collect();
        sizes.set(polls, process.memoryUsage().heapUsed);
      }
      return EVERY_SECONDS * 1_000;
    },
  };
  const policy = { name: 'fixed', isOurs: false, knowsEarlier: false, interval: () => interval };
  const seconds = POLLS * EVERY_SECONDS;
  await simulateWait({ seconds, earlierSeconds: undefined }, policy, () => 0.5);
  const [early = 0, late = 0] = [...sizes.values()];
  const grownKb = (late - early) / 1_024;
  return {
    name: 'memory',
    data: { polls: POLLS, heapUsedEarly: early, heapUsedLate: late, grownKb },
    lines: [
      `Heap in use after ${POLLS / 10} polls of one wait: ${megabytes(early)}; after ${POLLS}: ${megabytes(late)} (${grownKb.toFixed(0)} kB more)`,
    ],
  };
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(2)} MB`;
}

/** Node's own collector, whether or not it was started with `--expose-gc`. */
function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect !== 'function') throw new Error('the garbage collector cannot be called');
  return () => {
    collect();
  };
}
