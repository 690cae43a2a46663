import type { TlsOptions } from './http/tls.ts';
import type { HttpTransport } from './http/transport.ts';
import type { RecordedRun } from './policy/record.ts';
import type { Clock } from './scan/clock.ts';

/** Environment variables, for proxies and registry credentials. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where a run writes to. Every text is redacted on its way. */
export interface Log {
  readonly info: (line: string) => void;
  /** The line that decides, of a run that passed. */
  readonly passed: (line: string) => void;
  /** Shows a line that the next one replaces, such as a progress bar; undefined where lines stay. */
  readonly status: ((line: string) => void) | undefined;
  readonly debug: (text: string) => void;
  readonly warning: (text: string) => void;
  /** The one annotation of a run that did not pass. */
  readonly error: (title: string, text: string) => void;
}

/** The files of the machine, as far as a run reads and writes them. */
export interface Files {
  /** Reads a regular file as UTF-8; throws where it cannot. */
  readonly read: (path: string) => string;
  /** Writes a file whole or not at all; throws where it cannot. */
  readonly write: (path: string, text: string) => void;
  /** Where an output file of this name goes, such as `receipt.json`. Nothing is there before it is written. */
  readonly outputPath: (name: string) => string;
}

/** Knows the secrets of a run. */
export interface Secrets {
  /** Adds a secret that is obtained during the run, such as a renewed token. */
  readonly add: (secret: string) => void;
  /** The text with every secret replaced by `***`. */
  readonly redact: (text: string) => string;
}

/** What a run needs of the CI system, terminal or program that starts it. Functions take the parts they use. */
export interface RunHost {
  /** Inputs by name, `console-url` and so on. An input that was not given is absent; an empty one was given empty. */
  readonly inputs: ReadonlyMap<string, string>;
  readonly environment: Environment;
  readonly redactor: Secrets;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  /** Aborts with a `CancelledError` when the run is to end. */
  readonly signal: AbortSignal;
  readonly connect: (tls: TlsOptions) => HttpTransport;
  readonly files: Pick<Files, 'read'>;
  /** Kills a process that was started as the leader of a group, with all that it has started. */
  readonly killGroup: (leaderPid: number) => void;
  readonly log: Log;
  /** The runner's wall clock. No decision about a scan depends on it. */
  readonly now: () => Date;
  /** When the step began, on the clock: what the shell needed until now counts, too. */
  readonly startedAtMs: number;
  /** Mistakes that the shell found in what it was given, one sanitized line for each. */
  readonly problems: readonly string[];
}

/** What outputs say of the run that made them. */
export interface RunInfo {
  readonly version: string;
  /** The page of this run in the CI system; empty where it has none. */
  readonly url: string;
  /** The address of the documentation's page on reasons. */
  readonly reasonsPage: string;
}

/** A file that is made from the result of a run. */
export interface OutputFile {
  /** What a warning calls it. */
  readonly name: string;
  readonly path: string;
  /** The whole content, given the paths of the files that were written before; undefined for no file. */
  readonly render: (written: ReadonlySet<string>) => string | undefined;
  /** The output that names the file; undefined for none. */
  readonly output: `${string}-path` | undefined;
  /** Why there is no such file, for the log; undefined where there is one, or where that needs no words. */
  readonly absence?: string | undefined;
  /** True if the absence is a warning, since the file was asked for. */
  readonly isWarning?: boolean;
}

/** Where the results of a run go. */
export interface ResultHost {
  readonly files: Pick<Files, 'write' | 'outputPath'>;
  readonly log: Log;
  /** The files to write of a result. */
  readonly outputFiles: (result: RecordedRun) => readonly OutputFile[];
  readonly setOutput: (name: string, value: string) => void;
  readonly writeSummary: (markdown: string) => Promise<void>;
  readonly run: RunInfo;
}

/** A shell that starts runs and takes their results. */
export type Host = RunHost & ResultHost;
