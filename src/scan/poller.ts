import type { RetryableFailure } from './call-failure.ts';
import { Calls, FinalRefusal } from './calls.ts';
import { DurationEstimator } from './estimator.ts';
import { FindingsReader } from './findings-reader.ts';
import { FirstReads } from './first-reads.ts';
import type { History, Observation } from './history.ts';
import { Observer } from './observer.ts';
import { Pace } from './pace.ts';
import { progressShows } from './progress.ts';
import { ReportReader } from './report-reader.ts';
import { stageOf } from './stage.ts';
import {
  type Criteria,
  expire,
  type GivenUp,
  hasNoSign,
  isOpen,
  type OpenState,
  observe,
  observeRegularScan,
  type ScanState,
} from './state.ts';
import { Trigger } from './trigger.ts';
import type { PollerDependencies, Wait, WaitOutcome } from './wait.ts';

/** Progress is polled without a response to the trigger after this time. */
const TRIGGER_HEAD_START_MS = 5_000;

/**
 * Polls until the scan is proven finished, or until no proof can come in time. Throws the signal's reason when
 * aborted.
 */
export async function waitForScan(wait: Wait, dependencies: PollerDependencies): Promise<WaitOutcome> {
  const over = new AbortController();
  const signal = AbortSignal.any([dependencies.signal, over.signal]);
  const poller = new Poller(wait, { ...dependencies, signal });
  try {
    return await poller.run();
  } catch (error) {
    if (!(error instanceof FinalRefusal)) throw error;
    return { kind: 'refused', error: error.cause, history: poller.history() };
  } finally {
    over.abort();
  }
}

class Poller {
  readonly #wait: Wait;
  readonly #deps: PollerDependencies;
  readonly #criteria: Criteria;
  readonly calls: Calls;
  readonly pace: Pace;
  readonly report: ReportReader;
  readonly findings: FindingsReader;
  readonly #observer: Observer;
  readonly #trigger: Trigger | undefined;
  #estimator = new DurationEstimator(undefined);
  #state: ScanState | undefined;

  constructor(wait: Wait, deps: PollerDependencies) {
    this.#wait = wait;
    this.#deps = deps;
    const { startTimeoutMs, reportTimeoutMs } = wait.limits;
    const { maxScanAgeMs, hasDigest } = wait;
    this.#criteria = { startTimeoutMs, reportTimeoutMs, maxScanAgeMs, hasDigest };
    this.calls = new Calls(wait, deps);
    this.pace = new Pace(wait.pollInterval, deps, this.calls.failures);
    this.report = new ReportReader(wait, this.calls);
    this.findings = new FindingsReader(wait, this.calls, this.report, this.pace);
    this.#observer = new Observer(wait, deps, this.#criteria, this);
    this.#trigger = wait.start && new Trigger(wait.start, deps.signal);
  }

  /** The evidence collected so far. */
  history(): History | undefined {
    return this.#state?.history;
  }

  async run(): Promise<WaitOutcome> {
    const begun = await this.#begin();
    if ('kind' in begun) return begun;
    this.pace.begin();
    return (await this.#start(begun)) ?? this.#poll(begun);
  }

  // ── Before the trigger ──────────────────────────────────────────────────────────────────────────────────────

  async #begin(): Promise<OpenState | WaitOutcome> {
    const reads = new FirstReads(this.#wait, this.#deps, this.#criteria, this);
    const begun = await reads.run();
    switch (begun.kind) {
      case 'no-response':
        return this.#noResponse(begun.failure);
      case 'recent':
        return { kind: 'ended', ...begun.read, calls: this.calls.counts() };
      case 'open':
        this.#state = begun.state;
        this.#estimator = new DurationEstimator(begun.state.history.baseline);
        if (this.#wait.scan === 'regular') this.#emitPoll(begun.state, [], this.#delayMs(begun.state));
        return begun.state;
    }
  }

  /** Sends the trigger, if any; returns an outcome only if there is no time left to wait for a scan. */
  async #start(state: OpenState): Promise<WaitOutcome | undefined> {
    if (this.#trigger === undefined) {
      // The first poll has just been made.
      await this.pace.sleep(this.#delayMs(state));
      return undefined;
    }
    if (this.pace.isFinalPoll()) {
      const { phase, history } = state;
      return this.#ended({ phase: 'given-up', why: 'not-triggered', from: phase, history });
    }
    await this.#send(this.#trigger);
    // Right after the trigger, progress shows nothing yet.
    if (this.#trigger.isAccepted() && this.#wait.pollInterval === 'auto') {
      const delayMs = this.pace.delayMs(this.#estimator.expected(this.pace.nowMs()));
      await this.pace.sleep(delayMs, this.#trigger.pending());
    }
    return undefined;
  }

  async #send(trigger: Trigger): Promise<void> {
    const { emit, deadline } = this.#deps;
    this.#estimator.triggered(this.pace.nowMs());
    emit({ kind: 'trigger-sent', atMs: deadline.elapsedMs() });
    const answered = trigger.send(this.pace.nowMs(), (result) => {
      this.calls.failures.record('trigger', result, this.pace.nowMs());
      if (result.ok) emit({ kind: 'trigger-accepted', atMs: deadline.elapsedMs() });
    });
    await this.pace.sleep(TRIGGER_HEAD_START_MS, answered);
    trigger.throwIfRefused();
  }

  // ── The loop ────────────────────────────────────────────────────────────────────────────────────────────────

  async #poll(begun: OpenState): Promise<WaitOutcome> {
    for (let state = begun; ; ) {
      const isFinal = this.pace.isFinalPoll();
      const isUnclear = this.#trigger?.isUnclear() === true;
      const polled = await this.#observer.observe(state, { isFinal, isUnclear });
      const seen = { ...polled, isTriggerRefused: this.#trigger?.isRateLimited() === true };
      const next = this.#next(state, seen);
      this.#state = next;
      this.#forgetUnpolled(next, seen);
      this.#estimator.polled(next, seen.progress !== 'not-polled' && seen.progress.ok);
      if (!isOpen(next)) return this.#endAfter(next, seen, undefined);
      const hopeless = this.calls.failures.exhausted(this.pace.nowMs());
      if (isFinal || hopeless !== undefined) return this.#endAfter(next, seen, hopeless);
      const delayMs = this.#delayMs(next);
      this.#emitPoll(next, failuresOf(seen), delayMs);
      await this.pace.sleep(delayMs, this.#trigger?.pending());
      await this.#triggerAgain(next, seen, isUnclear);
      state = next;
    }
  }

  #next(state: OpenState, seen: Observation): ScanState {
    return this.#wait.scan === 'regular'
      ? observeRegularScan(state, seen, this.#criteria)
      : observe(state, seen, this.#criteria);
  }

  /** Forgets the failures of calls that are no longer made. */
  #forgetUnpolled(state: ScanState, seen: Observation): void {
    if (seen.report === 'not-polled') this.calls.failures.forget('report');
    if (!hasNoSign(state) && state.phase !== 'given-up') this.calls.failures.forget('trigger');
  }

  /** Sends the trigger again if it may be lost, but only if the Console clearly shows no scan. */
  async #triggerAgain(state: OpenState, seen: Observation, isUnclear: boolean): Promise<void> {
    const trigger = this.#trigger;
    if (trigger === undefined) return;
    trigger.throwIfRefused();
    const hasNone = hasNoSign(state) && progressShows(seen.progress) === 'empty';
    const isReportRead = seen.report !== 'not-polled' && seen.report.ok;
    const mayRepeat = trigger.maySendAgain(this.pace.nowMs()) && !this.pace.isFinalPoll();
    if (isUnclear && hasNone && isReportRead && mayRepeat) await this.#send(trigger);
  }

  // ── Ends ────────────────────────────────────────────────────────────────────────────────────────────────────

  #endAfter(
    state: ScanState,
    seen: Observation,
    hopeless: RetryableFailure | undefined,
  ): WaitOutcome | Promise<WaitOutcome> {
    this.#emitPoll(state, failuresOf(seen), undefined);
    return hopeless === undefined ? this.#end(state) : this.#noResponse(hopeless);
  }

  async #end(state: ScanState): Promise<WaitOutcome> {
    const over = expire(state, this.#criteria);
    if (over.phase === 'finished') {
      const read = await this.findings.read(over);
      return { kind: 'ended', ...read, calls: this.calls.counts() };
    }
    // If the time ran out while a call was not answered, that is the reason.
    const trigger = over.why === 'not-started' ? this.calls.failures.failure('trigger') : undefined;
    const failure = trigger ?? this.calls.lastFailure();
    return failure === undefined || over.why === 'incomplete' ? this.#ended(over) : this.#noResponse(failure);
  }

  #ended(state: GivenUp): WaitOutcome {
    return { kind: 'ended', state, unread: undefined, calls: this.calls.counts() };
  }

  #noResponse(failure: RetryableFailure): WaitOutcome {
    return { kind: 'no-response', failure, history: this.history(), calls: this.calls.counts() };
  }

  #delayMs(state: OpenState): number {
    const estimate = this.#estimator.estimate(state, this.pace.nowMs());
    return this.pace.boundedDelayMs(state, this.#criteria, estimate);
  }

  #emitPoll(state: ScanState, failures: readonly RetryableFailure[], nextPollMs: number | undefined): void {
    const trigger = this.calls.failures.failure('trigger');
    this.#deps.emit({
      kind: 'polled',
      atMs: this.#deps.deadline.elapsedMs(),
      ...stageOf(state),
      failures: trigger === undefined ? failures : [trigger, ...failures],
      nextPollMs,
    });
  }
}

function failuresOf({ progress, report }: Observation): readonly RetryableFailure[] {
  return [progress, report].flatMap((result) =>
    result === 'not-polled' || result.ok ? [] : [result.failure],
  );
}
