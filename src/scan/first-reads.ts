import type { RetryableFailure } from './call-failure.ts';
import type { Calls } from './calls.ts';
import type { Progress, ReportSnapshot, Result } from './evidence.ts';
import type { FindingsReader, FullyRead } from './findings-reader.ts';
import { isRecent } from './history.ts';
import type { Pace } from './pace.ts';
import type { ReportReader } from './report-reader.ts';
import {
  beginRegularScan,
  beginWait,
  type Criteria,
  type Finished,
  isOpen,
  type OpenState,
} from './state.ts';
import type { PollerDependencies, Wait } from './wait.ts';

/** The parts of a wait that call the Console. */
export interface WaitParts {
  readonly calls: Calls;
  readonly pace: Pace;
  readonly report: ReportReader;
  readonly findings: FindingsReader;
}

/** The state in which a wait begins, an accepted recent scan, or the failure of a call that had to be answered. */
type Begun =
  | { readonly kind: 'open'; readonly state: OpenState }
  | { readonly kind: 'recent'; readonly read: FullyRead }
  | { readonly kind: 'no-response'; readonly failure: RetryableFailure };

/** Reads the report and then progress, once each, before anything is triggered. */
export class FirstReads {
  readonly #wait: Wait;
  readonly #deps: PollerDependencies;
  readonly #criteria: Criteria;
  readonly #parts: WaitParts;

  constructor(wait: Wait, deps: PollerDependencies, criteria: Criteria, parts: WaitParts) {
    this.#wait = wait;
    this.#deps = deps;
    this.#criteria = criteria;
    this.#parts = parts;
  }

  async run(): Promise<Begun> {
    const { calls, pace, report } = this.#parts;
    const { emit, deadline } = this.#deps;
    const isRegular = this.#wait.scan === 'regular';
    const baseline = isRegular ? undefined : await this.#untilAnswered(() => report.baseline());
    if (baseline?.ok === false) return { kind: 'no-response', failure: baseline.failure };
    if (baseline !== undefined)
      emit({ kind: 'baseline', snapshot: baseline.value, atMs: deadline.elapsedMs() });
    const first = await this.#untilAnswered(() => calls.progress());
    if (!first.ok) return { kind: 'no-response', failure: first.failure };
    if (baseline !== undefined) return this.#judge(baseline.value, first.value);
    const state = beginRegularScan(first.value, pace.nowMs());
    // The log says that the step looks for the scan, however long there is none.
    emit({ kind: 'baseline', snapshot: state.history.baseline, atMs: deadline.elapsedMs() });
    return { kind: 'open', state };
  }

  async #judge(baseline: ReportSnapshot, first: Progress): Promise<Begun> {
    const { findings, report } = this.#parts;
    const readAtMs = this.#wait.source.consoleTimeMs();
    const mayBeRecent = first.length === 0 && isRecent(baseline, readAtMs, this.#wait.maxScanAgeMs);
    const isWanted = mayBeRecent && (await report.isRowWanted(baseline));
    const state = this.#stateOf(baseline, first, isWanted);
    if (isOpen(state)) return { kind: 'open', state };
    const read = await findings.read(state);
    if (!hasError(read.state)) return { kind: 'recent', read };
    const open = this.#stateOf(baseline, first, false);
    if (!isOpen(open)) throw new Error('A wait begins open without a recent row.');
    return { kind: 'open', state: open };
  }

  /** The first state. All answers so far are older than the scan, because its request has not been sent yet. */
  #stateOf(baseline: ReportSnapshot, first: Progress, isWanted: boolean): OpenState | Finished {
    const origin = this.#wait.start === undefined ? 'awaited' : 'triggered';
    const readAtMs = this.#wait.source.consoleTimeMs();
    const atMs = this.#parts.pace.nowMs();
    return beginWait({ origin, baseline, first, isWanted, readAtMs, atMs }, this.#criteria);
  }

  /** Repeats a call until it is answered, or another attempt is pointless. */
  async #untilAnswered<T>(call: () => Promise<Result<T>>): Promise<Result<T>> {
    const { calls, pace } = this.#parts;
    for (;;) {
      const isLast = pace.isFinalPoll();
      const result = await call();
      if (result.ok || isLast || calls.failures.exhausted(pace.nowMs())) return result;
      const nextPollMs = pace.delayMs({ kind: 'unknown' });
      const atMs = this.#deps.deadline.elapsedMs();
      const failures = [result.failure];
      this.#deps.emit({ kind: 'polled', atMs, stage: 'pending', counts: undefined, failures, nextPollMs });
      await pace.sleep(nextPollMs);
    }
  }
}

function hasError({ error, row }: Finished): boolean {
  return (error ?? row?.error) !== undefined;
}
