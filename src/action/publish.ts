import { consoleHost } from '../console/address.ts';
import { plainText } from '../console/plain-text.ts';
import { ADVICE } from '../gate/advice.ts';
import type { StepRecord } from '../report/record.ts';
import { renderSummary } from '../report/summary.ts';
import { formatDuration } from '../scan/duration.ts';
import { subjectName } from '../scan/image.ts';
import type { Inputs } from './inputs.ts';
import { outputsOf } from './outputs.ts';
import type { Runner } from './runner.ts';

const TITLE = 'Registry scan gate';

/** The first lines of the log: what is waited for, where, and for how long. */
export function announce(
  { log, warn }: Runner,
  { address, subject, startedBy, timeouts, trust }: Inputs,
): void {
  const starter = startedBy === 'us' ? 'this step' : 'something else';
  log(`Scan of ${subjectName(subject)}, started by ${starter}`);
  const [inAll, toStart, report] = [
    timeouts.timeoutMs,
    timeouts.startTimeoutMs,
    timeouts.reportTimeoutMs,
  ].map(formatDuration);
  log(`Console ${consoleHost(address)}, API ${address.apiVersion}`);
  log(`Timeouts: ${inAll} in all, ${toStart} for the scan to start, ${report} for the report to show it`);
  if (!trust.verify) {
    warn(
      TITLE,
      'insecure-skip-tls-verify is on: anybody on the way can answer in the Console’s place, and pass.',
    );
  }
}

/** Writes outputs, warnings and the verdict. They come before anything that may fail. */
export function publish(runner: Runner, record: StepRecord): void {
  for (const [name, value] of Object.entries(outputsOf(record))) runner.output(name, value);
  for (const warning of record.warnings) runner.warn(TITLE, warning);

  const { verdict, reason, message } = record.decision;
  const promote = record.images.length === 1 ? record.images[0]?.imageByDigest : undefined;
  if (verdict === 'passed') {
    runner.log(`passed (${reason}): ${message}${promote === undefined ? '' : ` Promote ${promote}`}`);
    return;
  }
  const more = `See ${runner.reasonsPage}#${reason}`;
  runner.fail(
    `${TITLE}: ${verdict} (${reason})`,
    `${verdict} (${reason}): ${message} ${ADVICE[reason]} ${more}`,
  );
}

/** A report that cannot be written is a warning: it has no part in the verdict. */
export async function summarize(runner: Runner, record: StepRecord): Promise<void> {
  try {
    await runner.summary(renderSummary(record));
  } catch (error) {
    runner.warn(TITLE, `The job summary could not be written: ${plainText(String(error))}`);
  }
}
