/** The path that stands for standard output. */
export const STANDARD_OUTPUT = '-';

/** Opening these again would truncate the file behind them, and lose its content: the log, or another format. */
const STANDARD_OUTPUTS: ReadonlySet<string> = new Set([
  STANDARD_OUTPUT,
  '/dev/stdout',
  '/dev/fd/1',
  '/proc/self/fd/1',
]);
const STANDARD_ERRORS: ReadonlySet<string> = new Set(['/dev/stderr', '/dev/fd/2', '/proc/self/fd/2']);

/** The path of an output file as given, with one spelling for standard output. */
export function outputPathOf(given: string): string {
  return STANDARD_OUTPUTS.has(given) ? STANDARD_OUTPUT : given;
}

/** True for standard error, which has only the log. */
export function isStandardError(path: string): boolean {
  return STANDARD_ERRORS.has(path);
}
