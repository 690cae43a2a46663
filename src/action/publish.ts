import { wordsOf } from '../console/plain-text.ts';
import { ADVICE } from '../gate/advice.ts';
import type { StepRecord } from '../report/record.ts';
import { renderSummary } from '../report/summary.ts';
import { outputsOf } from './outputs.ts';
import type { Runner } from './runner.ts';

const TITLE = 'Registry scan gate';

/**
 * Writes the outputs, then the warnings and the verdict: all before any report is made. Outputs that cannot be
 * written turn a pass into an exception, and are one more line where there is no pass to lose.
 */
export function publish(runner: Runner, record: StepRecord): void {
  const hasPassed = record.decision.verdict === 'passed';
  const outputs = Object.entries(outputsOf(record));
  try {
    // The verdict is the first of them. A file that fills up half-way must not be left with a pass in it.
    for (const [name, value] of hasPassed ? outputs.toReversed() : outputs) runner.output(name, value);
  } catch (error) {
    const message = `The outputs could not be written: ${wordsOf(error)}.`;
    if (hasPassed) throw new Error(message, { cause: error });
    runner.fail(TITLE, message);
  }
  for (const warning of record.warnings) runner.warn(TITLE, warning);
  tellVerdict(runner, record);
}

function tellVerdict(runner: Runner, { decision, images }: StepRecord): void {
  const { verdict, reason, message } = decision;
  if (verdict === 'passed') {
    const promote = images.length === 1 ? images[0]?.imageByDigest : undefined;
    runner.log(`passed (${reason}): ${message}${promote === undefined ? '' : ` Promote ${promote}`}`);
    return;
  }
  const more = `See ${runner.reasonsPage}#${reason}`;
  const line = `${verdict} (${reason}): ${message} ${ADVICE[reason]} ${more}`;
  runner.fail(`${TITLE}: ${verdict} (${reason})`, line);
}

/** A report that cannot be written is a warning: it has no part in the verdict. */
export async function summarize(runner: Runner, record: StepRecord): Promise<void> {
  try {
    await runner.summary(renderSummary(record));
  } catch (error) {
    runner.warn(TITLE, `The job summary could not be written: ${wordsOf(error)}`);
  }
}
