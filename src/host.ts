import type { TlsOptions } from './http/tls.ts';
import type { HttpTransport } from './http/transport.ts';
import type { OutputFile } from './output/output-files.ts';
import type { Redactor } from './output/redaction.ts';
import type { RunResult } from './policy/result.ts';
import type { Clock } from './scan/clock.ts';

/** Where a run writes to. Every text is redacted on its way. */
export interface Log {
  readonly info: (line: string) => void;
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

/** What outputs say of the run that made them, by the runner's wall clock. No decision depends on it. */
export interface RunInfo {
  readonly version: string;
  /** The page of this run in the CI system; empty where it has none. */
  readonly url: string;
  /** The address of the documentation's page on reasons. */
  readonly reasonsPage: string;
  readonly now: () => Date;
}

/** The CI system or terminal that runs us, as far as we need one. Functions take the parts they use. */
export interface Host {
  /** Inputs by name, `console-url` and so on. An input that was not given is absent; an empty one was given empty. */
  readonly inputs: ReadonlyMap<string, string>;
  /** Environment variables, for proxies and registry credentials. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly redactor: Redactor;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  /** Aborts with a `CancelledError` when the run is to end. */
  readonly signal: AbortSignal;
  readonly connect: (tls: TlsOptions) => HttpTransport;
  readonly files: Files;
  readonly log: Log;
  /** The files to write of a result. */
  readonly outputFiles: (result: RunResult) => readonly OutputFile[];
  readonly setOutput: (name: string, value: string) => void;
  readonly writeSummary: (markdown: string) => Promise<void>;
  readonly run: RunInfo;
}

/** The run was asked to end, by a signal of the operating system. */
export class CancelledError extends Error {
  constructor(signalName: string) {
    super(`Stopped by ${signalName}.`);
    this.name = 'CancelledError';
  }
}
