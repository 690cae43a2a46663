import type { OutputFile, ResultHost } from '../host.ts';
import type { RecordedRun } from '../policy/record.ts';
import { countsLine, openGateWarning } from '../text/counts-line.ts';
import { lossText } from '../text/loss-text.ts';
import { errorMessage } from '../text/sanitize.ts';
import { verdictLine } from '../text/verdict-line.ts';
import { verdictText } from '../text/verdict-text.ts';
import { TITLE } from '../text/version.ts';
import { checkLines } from './check-table.ts';
import { NO_PATHS, type OutputPaths, outputsOf } from './outputs.ts';
import { renderSummary } from './summary.ts';

/** A pass that cannot be written to the outputs is not a pass: a later step would not find it, or find half of it. */
export class OutputsLostError extends Error {
  constructor(cause: unknown) {
    super(errorMessage(cause), { cause });
    this.name = 'OutputsLostError';
  }
}

/**
 * Publishes the result of a run: outputs, files, the summary, and finally the warnings, the counts and the deciding
 * line. Throws if a pass cannot be written to the outputs; later failures cannot change the verdict.
 */
export async function publish(host: ResultHost, result: RecordedRun): Promise<void> {
  await writeSummary(host, result, writeMachineReadable(host, result));
  for (const loss of await host.files.unwritten()) host.log.warning(loss);
  writeVerdict(host, result);
}

/** The same for a process that is about to end: without the summary, and without waiting. */
export function publishAtOnce(host: ResultHost, result: RecordedRun): void {
  writeMachineReadable(host, result);
  writeVerdict(host, result);
}

/** Writes the outputs before any file is created, and returns the path of the receipt; undefined if there is none. */
function writeMachineReadable(host: ResultHost, result: RecordedRun): string | undefined {
  const files = host.outputFiles(result);
  const hasOutputs = writeOutputs(host, result, outputPathsOf(files));
  // The log explains to a reader why there is no SARIF file.
  for (const { absence, isWarning } of files) {
    if (absence !== undefined) (isWarning === true ? host.log.warning : host.log.info)(absence);
  }
  const written = writeFiles(host, files, hasOutputs);
  return files.find(({ output, path }) => output === 'receipt-path' && written.has(path))?.path;
}

function outputPathsOf(files: readonly OutputFile[]): OutputPaths {
  const paths = files.flatMap(({ output, path }) => (output === undefined ? [] : [[output, path] as const]));
  return { ...NO_PATHS, ...Object.fromEntries(paths) };
}

/**
 * Writes the outputs. If that fails, a pass becomes an error; without a pass, the failure is only logged. True if they
 * are written.
 */
function writeOutputs({ setOutputs, log }: ResultHost, result: RecordedRun, paths: OutputPaths): boolean {
  const hasPassed = result.decision.verdict === 'passed';
  const outputs = Object.entries(outputsOf(result.record, paths));
  try {
    // The verdict is the first output, so a pass is written last: a log that breaks off must not contain it.
    setOutputs(hasPassed ? outputs.toReversed() : outputs);
    return true;
  } catch (error) {
    if (hasPassed) throw new OutputsLostError(error);
    // The deciding line already reports it.
    if (result.decision.because.kind !== 'outputs-lost') {
      log.warning(lossText({ kind: 'outputs' }, error));
    }
    return false;
  }
}

/**
 * Writes the warnings, the checks of a preflight, the counts, and, as the last line of the log, the deciding line.
 */
function writeVerdict({ log, run }: ResultHost, result: RecordedRun): void {
  const openGate = openGateWarning(result);
  for (const warning of result.warnings) log.warning(warning);
  if (openGate !== undefined) log.warning(openGate);
  for (const line of checkLines(result.checks)) log.info(line);
  const counts = countsLine(result);
  if (counts !== undefined) log.info(counts);
  const line = verdictLine(result, run.reasonsPage);
  if (result.decision.verdict === 'passed') log.passed(line);
  else log.error(`${TITLE}: ${verdictText(result.decision)}`, line);
}

/** Writes the files independently of each other, and returns the paths of those that exist. */
function writeFiles(
  host: ResultHost,
  files: readonly OutputFile[],
  hasOutputs: boolean,
): ReadonlySet<string> {
  const written = new Set<string>();
  for (const file of files) {
    if (writeFile(host, file, written)) written.add(file.path);
    else if (hasOutputs && file.output !== undefined) withdraw(host, file.output);
  }
  return written;
}

/** Writes a file. A failure is a warning only, since files have no part in the verdict. */
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
    log.warning(lossText({ kind: 'file', name }, error));
    return false;
  }
}

/**
 * Clears the output of a file that does not exist, so that no later step reads it. If an output is written twice, the
 * later value counts.
 */
function withdraw({ setOutputs, log }: ResultHost, output: string): void {
  try {
    setOutputs([[output, '']]);
  } catch (error) {
    log.warning(lossText({ kind: 'output', name: output }, error));
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
    log.warning(lossText({ kind: 'summary' }, error));
  }
}
