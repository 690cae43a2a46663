import type { Exchange } from '../console/exchange.ts';
import type { Trust } from '../console/trust.ts';
import type { ReportedRun } from '../report/record.ts';
import type { Clock } from '../scan/clock.ts';
import type { ReadFile } from './input-text.ts';
import type { Secrets } from './secrets.ts';

/** The CI system that runs us, as far as we need one. */
export interface Runner {
  /** The inputs by name, trimmed. */
  readonly inputs: ReadonlyMap<string, string>;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly random: () => number;
  /** The day, `2026-12-31` in UTC. */
  readonly today: () => string;
  /** Opens the way to the Console, with the given idea of whom to trust. */
  readonly connect: (trust: Trust) => Exchange;
  readonly readFile: ReadFile;
  /** Aborts with a `Cancelled` when the run is to end. */
  readonly signal: AbortSignal;
  /** Where the documentation of the reasons is. */
  readonly reasonsPage: string;
  readonly log: (line: string) => void;
  readonly debug: (text: string) => void;
  readonly warn: (title: string, text: string) => void;
  readonly fail: (title: string, text: string) => void;
  readonly output: (name: string, value: string) => void;
  readonly summary: (markdown: string) => Promise<void>;
  /** What reports say of the run that made them, by the runner's wall clock as it is now. Nothing is decided by it. */
  readonly reportedRun: () => ReportedRun;
  /** Where a report of this name goes. Nothing is there before it is written. */
  readonly reportPath: (name: string) => string;
  /** Writes a report, whole or not at all; throws where it cannot. */
  readonly writeReport: (path: string, text: string) => void;
}

/** Somebody wants the run to end. */
export class Cancelled extends Error {
  constructor(signalName: string) {
    super(`Stopped by ${signalName}.`);
    this.name = 'Cancelled';
  }
}
