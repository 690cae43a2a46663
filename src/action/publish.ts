import { plainText } from '../console/plain-text.ts';
import { ADVICE } from '../gate/advice.ts';
import type { StepRecord } from '../report/record.ts';
import { renderSummary } from '../report/summary.ts';
import { outputsOf } from './outputs.ts';
import type { Runner } from './runner.ts';

const TITLE = 'Registry scan gate';

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
