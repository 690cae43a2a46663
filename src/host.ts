import type { TlsOptions } from './http/tls.ts';
import type { HttpTransport } from './http/transport.ts';
import type { RecordedRun } from './policy/record.ts';
import type { Clock } from './scan/clock.ts';

/** Environment variables, for proxies and registry credentials. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The log of a run. Every text is redacted on its way. */
export interface Log {
  readonly info: (line: string) => void;
  /** The deciding line of a run that passed. */
  readonly passed: (line: string) => void;
  /** Shows a line that the next one replaces, such as a progress bar; undefined if lines cannot be replaced. */
  readonly status: ((line: string) => void) | undefined;
  readonly debug: (text: string) => void;
  readonly warning: (text: string) => void;
  /** The one annotation of a run that did not pass. */
  readonly error: (title: string, text: string) => void;
}

/** The files of the machine, as far as a run reads and writes them. */
export interface Files {
  /** Reads a regular file as UTF-8; throws if it cannot. */
  readonly read: (path: string) => string;
  /** Writes a file completely or not at all; throws if it cannot. */
  readonly write: (path: string, text: string) => void;
  /** Waits a short time for readers of pipes; returns a sentence for each text that did not arrive. */
  readonly unwritten: () => Promise<readonly string[]>;
  /**
   * The path of an output file of this name, such as `receipt.json`. The file does not exist before it is written.
   */
  readonly outputPath: (name: string) => string;
}

/** The files that a run writes. */
export type WrittenFiles = Omit<Files, 'read'>;

/** Knows the secrets of a run. */
interface Secrets {
  /** Adds a secret that is obtained during the run, such as a renewed token. */
  readonly add: (secret: string) => void;
  /** The text with every secret replaced by `***`. */
  readonly redact: (text: string) => string;
}

/**
 * The needs of a run, provided by the CI system, terminal or program that starts it. Functions take the parts they
 * use.
 */
export interface RunHost {
  /**
   * Inputs by name, `console-url` and so on. An input that was not given is absent; one that was given empty is
   * empty.
   */
  readonly inputs: ReadonlyMap<string, string>;
  readonly environment: Environment;
  readonly redactor: Secrets;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  /** Aborts with a `CancelledError` when the run has to end. */
  readonly signal: AbortSignal;
  readonly connect: (tls: TlsOptions) => HttpTransport;
  readonly files: Pick<Files, 'read'>;
  /** Kills the leader of a process group, and all processes that it has started. */
  readonly killGroup: (leaderPid: number) => void;
  readonly log: Log;
  /** The runner's wall clock. No decision about a scan depends on it. */
  readonly now: () => Date;
  /** When the step began, on the clock: the time that the shell needed counts, too. */
  readonly startedAtMs: number;
  /** Mistakes that the shell found in its arguments, one sanitized line for each. */
  readonly problems: readonly string[];
}

/** Facts about the run, for its outputs. */
export interface RunInfo {
  readonly version: string;
  /** The page of this run in the CI system; empty if there is none. */
  readonly url: string;
  /** The address of the documentation's page on reasons. */
  readonly reasonsPage: string;
}

/** A file that is made from the result of a run. */
export interface OutputFile {
  /** Its name in a warning. */
  readonly name: string;
  readonly path: string;
  /** Returns the content, given the paths of the files written so far; undefined for no file. */
  readonly render: (written: ReadonlySet<string>) => string | undefined;
  /** The output that names the file; undefined for none. */
  readonly output: `${string}-path` | undefined;
  /** The reason why there is no such file, for the log; undefined if there is one, or if no reason is needed. */
  readonly absence?: string | undefined;
  /** True if the absence is a warning, since the file was requested. */
  readonly isWarning?: boolean;
}

/** The host for the results of a run. */
export interface ResultHost {
  readonly files: WrittenFiles;
  readonly log: Log;
  /** The files to write for a result. */
  readonly outputFiles: (result: RecordedRun) => readonly OutputFile[];
  /** Sets outputs, all or none; of two values of one output, the later one counts. */
  readonly setOutputs: (outputs: readonly (readonly [name: string, value: string])[]) => void;
  readonly writeSummary: (markdown: string) => Promise<void>;
  readonly run: RunInfo;
}

/** A shell that starts runs and receives their results. */
export type Host = RunHost & ResultHost;
