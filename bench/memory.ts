import { setImmediate as nextRound } from 'node:timers/promises';
import { heapInUse } from './heap.ts';
import type { Outcome } from './part.ts';
import type { Policy } from './policies.ts';
import { simulateWait } from './simulated-wait.ts';

const EVERY_SECONDS = 5;
/** The numbers of polls of one wait after which the heap is measured. The first one is after the warm-up. */
const MEASURED_AT = [1_000, 4_000, 7_000, 10_000];

/** Measures if the heap grows during a wait of 10,000 polls. */
export async function memory(): Promise<Outcome> {
  const heapUsed: number[] = [];
  let polls = 0;
  const interval = {
    get everyMs() {
      polls += 1;
      return EVERY_SECONDS * 1_000;
    },
  };
  const policy: Policy = { name: 'fixed', kind: 'peer', interval: () => interval };
  const measure = async () => {
    for (const at of MEASURED_AT) {
      while (polls < at) await nextRound();
      heapUsed.push(await heapInUse());
    }
  };
  const seconds = (Math.max(...MEASURED_AT) + 100) * EVERY_SECONDS;
  await Promise.all([simulateWait({ seconds, previousSeconds: undefined }, policy, () => 0.5), measure()]);
  const grownKb = ((heapUsed.at(-1) ?? 0) - (heapUsed[0] ?? 0)) / 1_024;
  const sizes = MEASURED_AT.map((at, place) => `${at}: ${megabytes(heapUsed[place] ?? 0)}`);
  return {
    name: 'memory',
    data: { measuredAtPolls: MEASURED_AT, heapUsed, grownKb },
    lines: [`Heap in use after polls of one wait: ${sizes.join(', ')} (${grownKb.toFixed(0)} kB more)`],
  };
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(2)} MB`;
}
