import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Cost } from './simulated-wait.ts';

/** Waits to simulate: some of the scans of a distribution, under one policy; all of it plain data. */
export interface Task {
  readonly seed: number;
  readonly policy: string;
  readonly scans: readonly { readonly seconds: number; readonly earlierSeconds: number | undefined }[];
}

const AT_MOST = 4;

/** Has the tasks done by a few threads, and gives what came of each, in the order of the tasks. */
export async function simulateAll(tasks: readonly Task[]): Promise<readonly (readonly Cost[])[]> {
  const results: (readonly Cost[])[] = [];
  let next = 0;
  const work = async () => {
    const worker = new Worker(new URL('./crew-member.ts', import.meta.url));
    try {
      while (next < tasks.length) {
        const at = next++;
        results[at] = await ask(worker, tasks[at]);
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_MOST, availableParallelism()) }, work));
  return results;
}

function ask(worker: Worker, task: Task | undefined): Promise<readonly Cost[]> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', (costs: readonly Cost[]) => {
      worker.off('error', reject);
      resolve(costs);
    });
    worker.postMessage(task);
  });
}
