import type { Config, Task } from '../config/config.ts';
import { consoleHost } from '../console/address.ts';
import type { RunHost } from '../host.ts';
import { subjectName } from '../image/image.ts';
import { hasGate } from '../policy/policy.ts';
import { formatDuration } from '../scan/duration.ts';
import { gatesText } from '../text/gates-text.ts';
import { plural } from '../text/plural.ts';

/** The first lines of the log: the gates in force, the scans to wait for, the Console, and the time limits. */
export function announce({ log, inputs }: Pick<RunHost, 'log' | 'inputs'>, config: Config): void {
  const { address, task, limits, policy, maxScanAgeMs } = config;
  const given = (name: string, ms: number) => inputs.get(name) || formatDuration(ms);
  log.info(
    hasGate(policy)
      ? `Gates on findings: ${gatesText(policy)}`
      : 'Gates on findings: none; they are counted and decide nothing',
  );
  log.info(taskText(task));
  log.info(`Console ${consoleHost(address)}, API ${address.apiVersion}`);
  if (task.mode !== 'check') {
    log.info(
      `Timeouts: ${given('timeout', limits.timeoutMs)} in all, ${given('start-timeout', limits.startTimeoutMs)} ` +
        `for the scan to start, ${given('report-timeout', limits.reportTimeoutMs)} for the report to show it`,
    );
  }
  if (maxScanAgeMs !== undefined) {
    log.info(`A scan that finished at most ${given('max-scan-age', maxScanAgeMs)} ago is accepted`);
  }
}

function taskText(task: Task): string {
  switch (task.mode) {
    case 'check':
      return 'Preflight: nothing is started, and nothing is waited for';
    case 'await-regular':
      return `Waiting for the regular scan of ${subjectName('regular-scan')}`;
    case 'await':
      return `Waiting for the scan of ${imagesText(task)}, which something else starts`;
    case 'trigger':
      return `Scan of ${imagesText(task)}, started by this step`;
  }
}

function imagesText({ images }: Extract<Task, { readonly images: unknown }>): string {
  const [first, ...others] = images;
  return first !== undefined && others.length === 0 ? subjectName(first) : plural(images.length, 'image');
}
