import type { OutputFile, ResultHost } from '../host.ts';
import type { RecordedRun } from '../policy/record.ts';
import { countsLine, openGateWarning } from '../text/counts-line.ts';
import { errorMessage } from '../text/sanitize.ts';
import { verdictLine } from '../text/verdict-line.ts';
import { checkLines } from './check-table.ts';
import { NO_PATHS, type OutputPaths, outputsOf } from './outputs.ts';
import { renderSummary } from './summary.ts';

const TITLE = 'Registry scan gate';

/**
 * Publishes the result of a run: outputs, files, the summary, and at last the warnings, the counts and the line that
 * decides. Throws if a pass cannot be put into the outputs; whatever comes after the outputs can neither fail nor
 * change the verdict.
 */
export async function publish(host: ResultHost, result: RecordedRun): Promise<void> {
  await writeSummary(host, result, writeMachineReadable(host, result));
  writeVerdict(host, result);
}

/** The same for a process that is about to end: all but the summary, and without waiting for anything. */
export function publishAtOnce(host: ResultHost, result: RecordedRun): void {
  writeMachineReadable(host, result);
  writeVerdict(host, result);
}

/** Writes the outputs before any file is made, and returns the path of the receipt; undefined if there is none. */
function writeMachineReadable(host: ResultHost, result: RecordedRun): string | undefined {
  const files = host.outputFiles(result);
  writeOutputs(host, result, pathsOf(files));
  // A reader who looks for the SARIF file wants to know why there is none.
  for (const { absence, isWarning } of files) {
    if (absence !== undefined) (isWarning === true ? host.log.warning : host.log.info)(absence);
  }
  const written = writeFiles(host, files);
  return files.find(({ output, path }) => output === 'receipt-path' && written.has(path))?.path;
}

function pathsOf(files: readonly OutputFile[]): OutputPaths {
  const paths = files.flatMap(({ output, path }) => (output === undefined ? [] : [[output, path] as const]));
  return { ...NO_PATHS, ...Object.fromEntries(paths) };
}

/** Outputs that cannot be written turn a pass into an error, and are one more line where there is no pass to lose. */
function writeOutputs({ setOutput, log }: ResultHost, result: RecordedRun, paths: OutputPaths): void {
  const hasPassed = result.decision.verdict === 'passed';
  const outputs = Object.entries(outputsOf(result.record, paths));
  try {
    // The verdict is the first of them. A file that fills up half-way must not be left with a pass in it.
    for (const [name, value] of hasPassed ? outputs.toReversed() : outputs) setOutput(name, value);
  } catch (error) {
    const message = `The outputs could not be written: ${errorMessage(error)}.`;
    if (hasPassed) throw new Error(message, { cause: error });
    log.error(TITLE, message);
  }
}

/** Warnings, the checks of a preflight, the counts, and as the last line of the log the one that decides. */
function writeVerdict({ log, run }: ResultHost, result: RecordedRun): void {
  const openGate = openGateWarning(result);
  for (const warning of result.warnings) log.warning(warning);
  if (openGate !== undefined) log.warning(openGate);
  for (const line of checkLines(result.checks)) log.info(line);
  const counts = countsLine(result);
  if (counts !== undefined) log.info(counts);
  const { verdict, reason } = result.decision;
  const line = verdictLine(result, run.reasonsPage);
  if (verdict === 'passed') log.passed(line);
  else log.error(`${TITLE}: ${verdict} (${reason})`, line);
}

/** Writes the files, each on its own, and returns the paths of those that are there. */
function writeFiles(host: ResultHost, files: readonly OutputFile[]): ReadonlySet<string> {
  const written = new Set<string>();
  for (const file of files) {
    if (writeFile(host, file, written)) written.add(file.path);
    else if (file.output !== undefined) withdraw(host, file.output);
  }
  return written;
}

/** A file that cannot be written is a warning: it has no part in the verdict. */
function writeFile(
  { files, log }: ResultHost,
  { name, path, render }: OutputFile,
  written: ReadonlySet<string>,
): boolean {
  try {
    const text = render(written);
    if (text === undefined) return false;
    files.write(path, text);
    return true;
  } catch (error) {
    log.warning(`The ${name} could not be written: ${errorMessage(error)}.`);
    return false;
  }
}

/** No later step may look for a file that is not there. Of an output that is written twice, the later value counts. */
function withdraw({ setOutput, log }: ResultHost, output: string): void {
  try {
    setOutput(output, '');
  } catch (error) {
    log.warning(`The output ${output} names a file that is not there: ${errorMessage(error)}.`);
  }
}

async function writeSummary(
  { writeSummary: write, run, log }: ResultHost,
  result: RecordedRun,
  receiptPath: string | undefined,
): Promise<void> {
  try {
    await write(renderSummary(result, { ...run, receiptPath }));
  } catch (error) {
    log.warning(`The job summary could not be written: ${errorMessage(error)}.`);
  }
}
