import { consoleHost } from '../console/address.ts';
import { type Gates, isAnyGateSet } from '../gate/gates.ts';
import { formatDuration } from '../scan/duration.ts';
import { subjectName } from '../scan/image.ts';
import type { Inputs } from './inputs.ts';
import type { Runner } from './runner.ts';
import type { Task } from './task-inputs.ts';

/** The first lines of the log: what is waited for, where, and for how long. */
export function announce({ log, warn }: Runner, { address, task, limits, trust, gates }: Inputs): void {
  log(`Scan of ${whatOf(task)}, started by ${task.mode === 'trigger' ? 'this step' : 'something else'}`);
  const inAll = formatDuration(limits.timeoutMs);
  const toStart = formatDuration(limits.startTimeoutMs);
  const report = formatDuration(limits.reportTimeoutMs);
  log(`Console ${consoleHost(address)}, API ${address.apiVersion}`);
  log(`Timeouts: ${inAll} in all, ${toStart} for the scan to start, ${report} for the report to show it`);
  const idle = idleInput(gates);
  if (idle !== undefined) {
    warn('Registry scan gate', `${idle} decides nothing: no gate is set that it could be about.`);
  }
  if (!trust.verify) {
    warn(
      'Registry scan gate',
      'insecure-skip-tls-verify is on: anybody on the way can answer in the Console’s place, and pass.',
    );
  }
}

function whatOf(task: Task): string {
  if (task.mode === 'await-regular') return subjectName('regular-scan');
  const [first, ...others] = task.images;
  return first !== undefined && others.length === 0 ? subjectName(first) : `${task.images.length} images`;
}

/** An input that only tells how another one works, and that one is not set. */
function idleInput(gates: Gates): 'only-fixed' | 'exceptions' | undefined {
  if (gates.onlyFixed && gates.severityCutoff === undefined) return 'only-fixed';
  return gates.exceptions.length > 0 && !isAnyGateSet(gates) ? 'exceptions' : undefined;
}
