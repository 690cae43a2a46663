import { parentPort } from 'node:worker_threads';
import { chance } from './chance.ts';
import type { Task } from './crew.ts';
import { POLICIES } from './policies.ts';
import { type Cost, simulateWait } from './simulated-wait.ts';

/** So many waits go on side by side: enough to keep a thread busy, few enough to keep it small. */
const SIDE_BY_SIDE = 100;

parentPort?.on('message', async (task: Task) => {
  parentPort?.postMessage(await simulate(task));
});

async function simulate({ seed, policy: name, scans }: Task): Promise<readonly Cost[]> {
  const policy = POLICIES.find((each) => each.name === name);
  if (policy === undefined) throw new Error(`no policy is called ${name}`);
  const costs: Cost[] = [];
  for (let from = 0; from < scans.length; from += SIDE_BY_SIDE) {
    const some = scans.slice(from, from + SIDE_BY_SIDE);
    // Each wait has dice of its own, so that nothing depends on how waits take turns.
    const waits = some.map((scan, at) => simulateWait(scan, policy, chance(seed + from + at)));
    costs.push(...(await Promise.all(waits)));
  }
  return costs;
}
