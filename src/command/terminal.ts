import type { Environment, Log } from '../host.ts';
import { resultVariable } from '../output/variable-files.ts';
import { TITLE } from '../text/version.ts';

/** A CI system that is known by its variables; `none` is a terminal or a plain log. */
type CiSystem = 'azure' | 'buildkite' | 'github' | 'teamcity' | 'none';

/** The CI system that the environment belongs to. */
export function ciSystemOf(environment: Environment): CiSystem {
  if (environment.TF_BUILD) return 'azure';
  if (environment.BUILDKITE) return 'buildkite';
  if (environment.GITHUB_ACTIONS) return 'github';
  if (environment.TEAMCITY_VERSION) return 'teamcity';
  return 'none';
}

/** The stream that a log is written to. */
interface LogStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface TerminalOptions {
  readonly ciSystem: CiSystem;
  readonly environment: Environment;
  /** True if a terminal gets a progress bar. */
  readonly hasProgressBar: boolean;
  readonly isDebug: boolean;
  /** True to print only warnings and the deciding line. */
  readonly isQuiet: boolean;
  readonly redact: (text: string) => string;
}

const CLEAR_LINE = '\r\u001b[2K';
const COLOURS = { warning: '\u001b[33m', error: '\u001b[31m', dim: '\u001b[2m', reset: '\u001b[0m' } as const;

/**
 * The log of the command line: lines, colours and a progress bar on a terminal, and annotations if the CI system has
 * them.
 */
export function terminalLog(stream: LogStream, options: TerminalOptions): Log {
  const { ciSystem, environment, hasProgressBar, isDebug, isQuiet, redact } = options;
  const isTerminal = stream.isTTY === true && ciSystem === 'none' && environment.TERM !== 'dumb';
  // https://no-color.org: any value but the empty one.
  const hasColour = isTerminal && !environment.NO_COLOR;
  const colour = (name: 'warning' | 'error' | 'dim', text: string) =>
    hasColour ? `${COLOURS[name]}${text}${COLOURS.reset}` : text;
  let hasStatus = false;
  const writeLine = (line: string) => {
    stream.write(`${hasStatus ? CLEAR_LINE : ''}${line}\n`);
    hasStatus = false;
  };
  return {
    info: (line) => {
      if (!isQuiet) writeLine(redact(line));
    },
    passed: (line) => writeLine(redact(line)),
    status:
      isTerminal && hasProgressBar && !isQuiet
        ? (line) => {
            // A wrapped line could not be replaced.
            stream.write(CLEAR_LINE + [...redact(line)].slice(0, (stream.columns ?? 80) - 1).join(''));
            hasStatus = true;
          }
        : undefined,
    debug: (text) => {
      if (isDebug) writeLine(colour('dim', `debug: ${redact(text)}`));
    },
    warning: (text) => {
      const line = redact(text);
      writeLine(annotation(ciSystem, 'warning', TITLE, line) ?? colour('warning', `warning: ${line}`));
    },
    error: (title, text) => {
      const line = redact(text);
      writeLine(annotation(ciSystem, 'error', title, line) ?? colour('error', line));
    },
  };
}

/** A warning or an error as the CI system marks it; undefined if it has no marks. */
function annotation(
  ciSystem: CiSystem,
  level: 'warning' | 'error',
  title: string,
  text: string,
): string | undefined {
  switch (ciSystem) {
    case 'azure':
      return `##vso[task.logissue type=${level}]${escapeForAzure(text)}`;
    case 'github': {
      const safeTitle = escapeForGitHub(title).replaceAll(':', '%3A').replaceAll(',', '%2C');
      return `::${level} title=${safeTitle}::${escapeForGitHub(text)}`;
    }
    case 'buildkite':
    case 'teamcity':
    case 'none':
      return undefined;
  }
}

function escapeForGitHub(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeForAzure(text: string): string {
  return text.replaceAll('%', '%AZP25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** The command that sets a variable for later jobs, in a CI system that has one; undefined for none. */
export function outputCommand(ciSystem: CiSystem, name: string, value: string): string | undefined {
  if (ciSystem !== 'azure') return undefined;
  return `##vso[task.setvariable variable=${resultVariable(name)};isoutput=true]${escapeForAzure(value)}`;
}

/** The style of an annotation in Buildkite; any other verdict is an error. */
const ANNOTATION_STYLES: Readonly<Record<string, string>> = { passed: 'success', 'timed-out': 'warning' };

/** The line that attaches a Markdown file as the summary of a run; undefined if the CI system has no such command. */
export function summaryCommand(ciSystem: CiSystem, path: string, verdict: string): string | undefined {
  switch (ciSystem) {
    case 'azure':
      return `##vso[task.uploadsummary]${path}`;
    case 'buildkite':
      return `Annotate: buildkite-agent annotate --style ${ANNOTATION_STYLES[verdict] ?? 'error'} --context scan-gate < ${path}`;
    case 'github':
    case 'teamcity':
    case 'none':
      return undefined;
  }
}
