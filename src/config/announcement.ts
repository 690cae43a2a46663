import { consoleHost } from '../console/address.ts';
import { subjectName } from '../image/image.ts';
import { hasGate } from '../policy/policy.ts';
import { formatDuration } from '../scan/duration.ts';
import { plural } from '../text/plural.ts';
import { gatesText } from '../text/policy-text.ts';
import type { Config, Task } from './config.ts';

/**
 * The first lines of the log: the gates in force, the scans to wait for, the Console, and the time limits, as the
 * inputs give them.
 */
export function announcement(
  { address, task, limits, policy, maxScanAgeMs }: Config,
  inputs: ReadonlyMap<string, string>,
): readonly string[] {
  const given = (name: string, ms: number) => inputs.get(name) || formatDuration(ms);
  const gates = hasGate(policy) ? gatesText(policy) : 'none; they are counted and decide nothing';
  const timeouts =
    `Timeouts: ${given('timeout', limits.timeoutMs)} in all, ${given('start-timeout', limits.startTimeoutMs)} ` +
    `for the scan to start, ${given('report-timeout', limits.reportTimeoutMs)} for the report to show it`;
  return [
    `Gates on findings: ${gates}`,
    taskText(task),
    `Console ${consoleHost(address)}, API ${address.apiVersion}`,
    ...(task.mode === 'check' ? [] : [timeouts]),
    ...(maxScanAgeMs === undefined
      ? []
      : [`A scan that finished at most ${given('max-scan-age', maxScanAgeMs)} ago is accepted`]),
  ];
}

function taskText(task: Task): string {
  switch (task.mode) {
    case 'check':
      return 'Preflight: nothing is started, and nothing is waited for';
    case 'await-regular':
      return `Waiting for the regular scan of ${subjectName('regular-scan')}`;
    case 'await':
      return `Waiting for the scan of ${subjectsText(task)}, which something else starts`;
    case 'trigger':
      return `Scan of ${subjectsText(task)}, started by this step`;
  }
}

function subjectsText({ images }: Extract<Task, { readonly images: unknown }>): string {
  const [first, ...others] = images;
  return first !== undefined && others.length === 0 ? subjectName(first) : plural(images.length, 'image');
}
