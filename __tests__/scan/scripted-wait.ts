import type { RetryableFailure } from '../../src/scan/call-failure.ts';
import { ActiveScans } from '../../src/scan/clock.ts';
import { Deadline } from '../../src/scan/deadline.ts';
import type { PollEvent } from '../../src/scan/events.ts';
import {
  type ImageScanResult,
  type Progress,
  type ReportSnapshot,
  type Result,
  retryable,
  success,
} from '../../src/scan/evidence.ts';
import { waitForScan } from '../../src/scan/poller.ts';
import type { EvaluableOutcome, Wait } from '../../src/scan/wait.ts';
import { FakeClock } from '../builders/fake-clock.ts';

/** The answer of a Console: data, a failure that may be repeated, or a final error, which is thrown. */
type Scripted<T> = T | RetryableFailure | Error;

/** The answer of a Console at a time, in milliseconds from the start of the step. */
export interface Script {
  readonly progress: (atMs: number) => Scripted<Progress>;
  readonly report: (atMs: number, detail: 'compact' | 'full') => Scripted<ReportSnapshot>;
  /** The result of the trigger, and its delay; undefined if nothing is triggered. */
  readonly trigger?: (attempt: number) => { readonly afterMs: number; readonly result: Scripted<'accepted'> };
  readonly isWanted?: (row: ImageScanResult) => boolean;
}

type WaitGiven = Partial<
  Pick<Wait, 'scan' | 'pollInterval' | 'maxScanAgeMs' | 'hasDigest' | 'needsFindings'>
> & {
  readonly limits?: Partial<Wait['limits']>;
  /** How many scans the step waits for. */
  readonly active?: number;
  readonly abortAtMs?: number;
};

export interface ScriptedRun {
  /** The outcome of the wait; an error if one was thrown. */
  readonly outcome: EvaluableOutcome | Error;
  /** The calls in their order, such as `report compact`, with their times. */
  readonly calls: readonly { readonly call: string; readonly atMs: number }[];
  readonly events: readonly PollEvent[];
  readonly tookMs: number;
}

/** Lets the poller wait on a scripted Console, under a clock that no machine slows down. */
export async function waitOn(script: Script, given: WaitGiven = {}): Promise<ScriptedRun> {
  const { limits, active = 1, abortAtMs, ...wait } = given;
  const clock = new FakeClock(1_000);
  const allLimits = { timeoutMs: 600_000, startTimeoutMs: 60_000, reportTimeoutMs: 10_000, ...limits };
  const deadline = new Deadline(clock, allLimits.timeoutMs);
  const abort = new AbortController();
  const over = new AbortController();
  if (abortAtMs !== undefined) {
    void clock.sleep(abortAtMs, over.signal).then(() => abort.abort(new Error('broken off')));
  }
  const calls: { call: string; atMs: number }[] = [];
  const events: PollEvent[] = [];
  const record = (call: string) => {
    calls.push({ call, atMs: deadline.elapsedMs() });
    return deadline.elapsedMs();
  };
  let attempts = 0;
  let consoleTimeMs: number | undefined;
  const { trigger } = script;
  const start =
    trigger &&
    (async (signal: AbortSignal) => {
      record('trigger');
      attempts += 1;
      const { afterMs, result } = trigger(attempts);
      await clock.sleep(afterMs, signal);
      signal.throwIfAborted();
      return resultOf(result);
    });
  const activeScans = new ActiveScans();
  const others = Promise.withResolvers<void>();
  for (let other = 1; other < active; other += 1) void activeScans.during(() => others.promise);
  const waiting = activeScans.during(() =>
    waitForScan(
      {
        source: {
          progress: async () => resultOf(script.progress(record('progress'))),
          report: async (detail) => {
            const result = resultOf(script.report(record(`report ${detail}`), detail));
            const readAtMs = result.ok ? result.value.readAtMs : undefined;
            if (readAtMs !== undefined) consoleTimeMs = Math.max(readAtMs, consoleTimeMs ?? readAtMs);
            return result;
          },
          consoleTimeMs: () => consoleTimeMs,
        },
        scan: 'on-demand',
        start,
        limits: allLimits,
        pollInterval: 'auto',
        maxScanAgeMs: undefined,
        hasDigest: false,
        isWanted: async (row) => script.isWanted?.(row) ?? true,
        needsFindings: false,
        ...wait,
      },
      {
        clock,
        deadline,
        random: () => 0.5,
        signal: abort.signal,
        activeScans,
        emit: (event) => events.push(event),
      },
    ),
  );
  const outcome = await clock.run(
    waiting.then(
      (end) => (end.kind === 'refused' ? asError(end.error) : end),
      (error: unknown) => asError(error),
    ),
  );
  over.abort();
  others.resolve();
  return { outcome, calls, events, tookMs: deadline.elapsedMs() };
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

function resultOf<T extends object | string>(scripted: Scripted<T>): Result<T> {
  if (scripted instanceof Error) throw scripted;
  return isFailure(scripted) ? retryable(scripted) : success(scripted);
}

function isFailure<T extends object | string>(scripted: T | RetryableFailure): scripted is RetryableFailure {
  return typeof scripted === 'object' && 'retryAfterMs' in scripted;
}

/** Answers that change with time: each holds from its time on, in milliseconds. */
export function from<const Steps extends readonly (readonly [atMs: number, answer: unknown])[]>(
  ...steps: Steps
): (atMs: number) => Steps[number][1] {
  return (atMs) => {
    const step = steps.findLast(([fromMs]) => fromMs <= atMs) ?? steps[0];
    if (step === undefined) throw new Error('A script has at least one step.');
    return step[1];
  };
}
