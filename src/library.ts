import type { InputName } from './config/inputs.ts';
import type { RecordedRun } from './policy/record.ts';
import { execute } from './run.ts';
import { runHost } from './shell/shell.ts';

export type { InputName } from './config/inputs.ts';
export type { Decision } from './policy/decision.ts';
export type { GateDetail, GateResult } from './policy/gates.ts';
export type { Reason, Verdict } from './policy/reasons.ts';
export type { ImageRecord, RecordedRun, RunRecord } from './policy/record.ts';
export type { Assessment, Check, ImageResult, RunResult } from './policy/result.ts';
export { VERSION } from './text/version.ts';

/** The inputs of the action by name, such as `{ 'console-url': …, images: … }`; absent ones have their default. */
export type GateOptions = Readonly<Partial<Record<InputName, string>>>;

/**
 * The log for the progress of the wait; texts of an absent kind are dropped. Every text is one line, and redacted.
 */
export interface GateLog {
  readonly info?: (line: string) => void;
  readonly warning?: (text: string) => void;
  /** Each request, its status and duration, and the delay before the next poll. */
  readonly debug?: (text: string) => void;
}

/** The parts that an embedding program may provide; the rest has a default. */
export interface GateHost {
  /** Nothing is written by default. */
  readonly log?: GateLog;
  /** Aborts the wait; the result then has the verdict `cancelled`. */
  readonly signal?: AbortSignal;
  /** Variables for proxies and registry credentials; empty by default, so that only given variables are read. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Receives every secret of the run, for the masks of a CI system. */
  readonly onSecret?: (secret: string) => void;
}

/**
 * Waits until the scans of the images are proven finished, and evaluates their reports. Never rejects because of
 * inputs, Console or registry: the result names the error. Only `result.decision.verdict === 'passed'` is a pass.
 */
export async function gate(options: GateOptions, host: GateHost = {}): Promise<RecordedRun> {
  const { log = {}, signal = new AbortController().signal, environment = {} } = host;
  const inputs = new Map(
    Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  );
  return execute(
    runHost({
      inputs,
      environment,
      signal,
      onSecret: host.onSecret ?? (() => undefined),
      logWith: (redact) => ({
        info: (line) => log.info?.(redact(line)),
        passed: (line) => log.info?.(redact(line)),
        status: undefined,
        debug: (text) => log.debug?.(redact(text)),
        warning: (text) => log.warning?.(redact(text)),
        error: () => undefined,
      }),
    }),
  );
}
