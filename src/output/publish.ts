import { wordsOf } from '../console/plain-text.ts';
import { ADVICE } from '../gate/advice.ts';
import { receiptOf } from '../report/receipt.ts';
import type { StepRecord } from '../report/record.ts';
import { sarifOf } from '../report/sarif.ts';
import { hasGaps } from '../report/selection.ts';
import { renderSummary } from '../report/summary.ts';
import { outputsOf, type ReportPaths } from './outputs.ts';
import type { Runner } from './runner.ts';

const TITLE = 'Registry scan gate';

/**
 * Writes the outputs, then the warnings and the verdict, and only then the files of reports. Outputs that cannot be
 * written turn a pass into an exception, and are one more line where there is no pass to lose.
 */
export function publish(runner: Runner, record: StepRecord): void {
  const hasPassed = record.decision.verdict === 'passed';
  const reports = reportsOf(runner, record);
  const outputs = Object.entries(outputsOf(record, pathsOf(reports)));
  try {
    // The verdict is the first of them. A file that fills up half-way must not be left with a pass in it.
    for (const [name, value] of hasPassed ? outputs.toReversed() : outputs) runner.output(name, value);
  } catch (error) {
    const message = `The outputs could not be written: ${wordsOf(error)}.`;
    if (hasPassed) throw new Error(message, { cause: error });
    runner.fail(TITLE, message);
  }
  for (const warning of record.warnings) runner.warn(TITLE, warning);
  tellGaps(runner, record);
  tellVerdict(runner, record);
  for (const report of reports) writeReport(runner, report);
}

/** Whoever looks for the SARIF file of a finished scan wants to know why there is none. */
function tellGaps({ log }: Runner, { images }: StepRecord): void {
  const isFinished = images.length > 0 && images.every(({ proof }) => proof !== undefined);
  if (isFinished && hasGaps(images)) log('No SARIF file: the report does not list every finding.');
}

function tellVerdict(runner: Runner, { decision, images }: StepRecord): void {
  const { verdict, reason, message } = decision;
  if (verdict === 'passed' && images.length > 1) {
    runner.log(
      `passed: all ${images.length} images. Promote each by its digest, which the output results has`,
    );
    return;
  }
  if (verdict === 'passed') {
    const promote = images.length === 1 ? images[0]?.imageByDigest : undefined;
    runner.log(`passed (${reason}): ${message}${promote === undefined ? '' : ` Promote ${promote}`}`);
    return;
  }
  const more = `See ${runner.reasonsPage}#${reason}`;
  const held = images.filter((image) => image.decision.verdict !== 'passed').length;
  const share =
    images.length > 1 ? `${held} of ${images.length} images did not pass; the first of the worst: ` : '';
  const line = `${verdict} (${reason}): ${share}${message} ${ADVICE[reason]} ${more}`;
  runner.fail(`${TITLE}: ${verdict} (${reason})`, line);
}

/** A report that goes into a file of its own. */
interface FileReport {
  readonly output: keyof ReportPaths;
  readonly name: string;
  readonly path: string;
  readonly render: () => string;
}

function reportsOf(runner: Runner, record: StepRecord): readonly FileReport[] {
  const receipt: FileReport = {
    output: 'receipt-path',
    name: 'receipt',
    path: runner.reportPath('receipt.json'),
    render: () => JSON.stringify(receiptOf(record, runner.reportedRun()), null, 2),
  };
  const sarif: FileReport = {
    output: 'sarif-path',
    name: 'SARIF file',
    path: runner.reportPath('findings.sarif'),
    render: () => JSON.stringify(sarifOf(record, runner.reportedRun())),
  };
  return record.images.length > 0 && !hasGaps(record.images) ? [receipt, sarif] : [receipt];
}

function pathsOf(reports: readonly FileReport[]): ReportPaths {
  const none: ReportPaths = { 'receipt-path': '', 'sarif-path': '' };
  return { ...none, ...Object.fromEntries(reports.map(({ output, path }) => [output, path])) };
}

/** A report that cannot be written is a warning: it has no part in the verdict. No later step may look for it. */
function writeReport(runner: Runner, { output, name, path, render }: FileReport): void {
  try {
    runner.writeReport(path, `${render()}\n`);
  } catch (error) {
    runner.warn(TITLE, `The ${name} could not be written: ${wordsOf(error)}`);
    withdraw(runner, output);
  }
}

/** Of an output that is written twice, the later value counts. */
function withdraw(runner: Runner, output: keyof ReportPaths): void {
  try {
    runner.output(output, '');
  } catch (error) {
    runner.warn(TITLE, `The output ${output} names a file that is not there: ${wordsOf(error)}`);
  }
}

/** The last of the reports. */
export async function summarize(runner: Runner, record: StepRecord): Promise<void> {
  try {
    await runner.summary(renderSummary(record));
  } catch (error) {
    runner.warn(TITLE, `The job summary could not be written: ${wordsOf(error)}`);
  }
}
