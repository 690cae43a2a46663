import type { RunRecord } from '../policy/record.ts';
import { outputText, outputValues } from './outputs.ts';

/** GitLab accepts files of less than 5 KB. */
const MOST_DOTENV_BYTES = 5_000;

/** Tekton accepts 4,096 bytes for all results of a task, as JSON with a name and a type for each. */
const MOST_TEKTON_BYTES = 4_096;
const TEKTON_ENTRY_BYTES = 40;

/** The outputs that fit into variables: short texts without blanks, the most important first. */
const SHORT_OUTPUTS = [
  'verdict',
  'reason',
  'digest',
  'image-by-digest',
  'scan-time',
  'critical',
  'high',
  'medium',
  'low',
  'findings',
  'compliance',
  'scanned',
  'total',
  'duration-seconds',
] as const satisfies readonly (keyof ReturnType<typeof outputValues>)[];

/** The names of Tekton's results, which are files. */
export const TEKTON_RESULTS: readonly string[] = SHORT_OUTPUTS;

/** No blank, no quote, no comment, and nothing that a shell or GitLab expands. */
const PLAIN_VALUE = /^[A-Za-z0-9._:/@+=%-]*$/;

/**
 * The variable of an output, `SCAN_RESULT_…`. Not `SCAN_GATE_…`: later jobs inherit it, and another gate among them
 * would read it as an input.
 */
export function resultVariable(output: string): string {
  return `SCAN_RESULT_${output.toUpperCase().replaceAll('-', '_')}`;
}

/**
 * The outputs as a dotenv file for GitLab's `reports:dotenv`: a variable `SCAN_RESULT_…` for each. A value that needs
 * quotes is left empty.
 */
export function dotenvOf(record: RunRecord): string {
  let file = '';
  for (const [name, value] of shortOutputs(record)) {
    const line = `${resultVariable(name)}=${PLAIN_VALUE.test(value) ? value : ''}\n`;
    if (Buffer.byteLength(file + line) < MOST_DOTENV_BYTES) file += line;
  }
  return file;
}

/** The outputs as files for a Tekton task, one for each result, by the name of the result. */
export function tektonResultsOf(record: RunRecord): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  let bytes = 2;
  for (const [name, value] of shortOutputs(record)) {
    bytes += Buffer.byteLength(JSON.stringify(name) + JSON.stringify(value)) + TEKTON_ENTRY_BYTES;
    // A result that does not fit is empty, since a task has to write what it declares.
    const isFitting = bytes <= MOST_TEKTON_BYTES;
    if (!isFitting) bytes -= Buffer.byteLength(JSON.stringify(value));
    files.set(name, isFitting ? value : '');
  }
  return files;
}

function shortOutputs(record: RunRecord): readonly (readonly [name: string, value: string])[] {
  const values = outputValues(record);
  return SHORT_OUTPUTS.map((name) => [name, outputText(values[name])]);
}
