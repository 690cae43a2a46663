import type { ActiveScans, Clock } from './clock.ts';
import type { Deadline } from './deadline.ts';
import { DurationEstimator } from './estimator.ts';
import type { PollEvent, Stage } from './events.ts';
import { FailureTracker } from './failure-tracker.ts';
import { type FullRow, readFullRow } from './full-row.ts';
import type { Limits, PollInterval } from './limits.ts';
import { honouredRetryAfterMs, nextDelayMs, progressSpacingMs } from './schedule.ts';
import {
  beginWait,
  type Criteria,
  expire,
  type Finished,
  type GivenUp,
  type History,
  hasNoSign,
  isNewer,
  isRecent,
  isSuperseded,
  type Observation,
  type OpenState,
  observe,
  observeRegularScan,
  phaseEndsAtMs,
  progressShows,
  type ScanState,
} from './state.ts';
import { type StartScan, Trigger } from './trigger.ts';
import {
  type Counts,
  countPhase,
  type ImageScanResult,
  type Progress,
  type ReportSnapshot,
  type Result,
  type RetryableFailure,
  success,
} from './types.ts';

/** Where the evidence about one scan comes from. What another attempt cannot help is thrown. */
export interface ScanSource {
  progress(signal: AbortSignal): Promise<Result<Progress>>;
  /** `compact` spares the Console and the network the findings; it may leave out the digest as well. */
  report(detail: 'compact' | 'full', signal: AbortSignal): Promise<Result<ReportSnapshot>>;
}

/** What to wait for. */
export interface Wait {
  readonly source: ScanSource;
  /** `regular`: the regular scan of the registries, which has no row. */
  readonly scan: 'on-demand' | 'regular';
  /** Undefined where something else starts the scan. */
  readonly start: StartScan | undefined;
  readonly limits: Limits;
  readonly pollInterval: PollInterval;
  readonly maxScanAgeMs: number | undefined;
  /** Whether a digest was asked for. */
  readonly hasDigest: boolean;
  /** Whether a row is of the digest asked for; may read the registry. */
  readonly isWanted: (row: ImageScanResult) => Promise<boolean>;
  /** Whether the findings decide, so that it is worth reading them again and again. */
  readonly needsFindings: boolean;
}

export interface PollerDependencies {
  readonly clock: Clock;
  readonly deadline: Deadline;
  readonly random: () => number;
  readonly signal: AbortSignal;
  readonly activeScans: ActiveScans;
  readonly emit: (event: PollEvent) => void;
}

/** How a wait ends. */
export type WaitOutcome =
  | {
      readonly kind: 'ended';
      readonly state: Finished | GivenUp;
      /** Why the row could not be read in full; empty where it was, or that was not tried. */
      readonly unread: string;
    }
  /** The Console did not answer a call that had to be answered. */
  | { readonly kind: 'no-response'; readonly failure: RetryableFailure; readonly progress: Progress };

/** The response to the trigger is waited for this long before progress is polled without it. */
const TRIGGER_HEAD_START_MS = 5_000;

/**
 * Polls until the scan is proven finished, or until it is clear that this will not be known in time. Throws what the
 * Console refuses finally, and the signal's reason when aborted.
 */
export async function waitForScan(wait: Wait, dependencies: PollerDependencies): Promise<WaitOutcome> {
  const over = new AbortController();
  const signal = AbortSignal.any([dependencies.signal, over.signal]);
  try {
    return await new Poller(wait, { ...dependencies, signal }).run();
  } finally {
    over.abort();
  }
}

class Poller {
  readonly #wait: Wait;
  readonly #deps: PollerDependencies;
  readonly #criteria: Criteria;
  readonly #failures = new FailureTracker();
  readonly #trigger: Trigger | undefined;
  /** What it takes to get this far says nothing of the scan. */
  #waitingSinceMs: number;
  #progressPolledAtMs = Number.NEGATIVE_INFINITY;
  #isWanted = false;

  constructor(wait: Wait, deps: PollerDependencies) {
    this.#wait = wait;
    this.#deps = deps;
    this.#criteria = {
      startTimeoutMs: wait.limits.startTimeoutMs,
      reportTimeoutMs: wait.limits.reportTimeoutMs,
      maxScanAgeMs: wait.maxScanAgeMs,
      hasDigest: wait.hasDigest,
    };
    this.#trigger = wait.start && new Trigger(wait.start, deps.signal);
    this.#waitingSinceMs = deps.deadline.startedAtMs;
  }

  async run(): Promise<WaitOutcome> {
    const baseline = await this.#untilAnswered(() => this.#report('compact'));
    if (!baseline.ok) return { kind: 'no-response', failure: baseline.failure, progress: [] };
    this.#emit({ kind: 'baseline', snapshot: baseline.value, atMs: this.#elapsedMs() });
    const begun = await this.#begin(baseline.value);
    if ('kind' in begun) return begun;

    const estimator = new DurationEstimator(baseline.value);
    this.#waitingSinceMs = this.#now();
    return (await this.#start(begun, estimator)) ?? this.#poll(begun, estimator);
  }

  // ── Before the trigger ──────────────────────────────────────────────────────────────────────────────────────

  /** Reads progress once, right after the report, and accepts a recent scan where one is there. */
  async #begin(baseline: ReportSnapshot): Promise<OpenState | WaitOutcome> {
    const origin = this.#trigger === undefined ? 'awaited' : 'triggered';
    if (this.#wait.scan === 'regular') return this.#open('triggered', baseline, []);
    const first = await this.#untilAnswered(() => this.#progress());
    if (!first.ok) return { kind: 'no-response', failure: first.failure, progress: [] };
    const isWanted = isRecent(baseline, this.#criteria) && (await this.#isRowWanted(baseline));
    const state = beginWait(origin, baseline, first.value, isWanted, this.#now(), this.#criteria);
    if (state.phase !== 'finished') return this.#open(origin, baseline, first.value);
    const recent = await this.#inFull(state);
    const isGood = recent.kind === 'ended' && recent.state.phase === 'finished' && !hasError(recent.state);
    return isGood ? recent : this.#open(origin, baseline, first.value);
  }

  async #isRowWanted(baseline: ReportSnapshot): Promise<boolean> {
    const inFull = this.#lacksDigest(baseline) ? await this.#report('full') : success(baseline);
    return inFull.ok && this.#checkWanted(inFull.value);
  }

  #open(origin: 'triggered' | 'awaited', baseline: ReportSnapshot, first: Progress): OpenState {
    const state = beginWait(origin, baseline, first, false, this.#now(), this.#criteria);
    if (state.phase === 'finished' || state.phase === 'given-up') throw new Error('A wait begins open.');
    return state;
  }

  /** Sends the trigger, if any; an outcome only where there is no time left to wait for a scan. */
  async #start(state: OpenState, estimator: DurationEstimator): Promise<WaitOutcome | undefined> {
    if (this.#trigger === undefined) {
      // The first poll has just been made.
      if (this.#wait.scan === 'on-demand') await this.#sleep(this.#boundedDelayMs(state, estimator));
      return undefined;
    }
    if (this.#isFinalPoll()) {
      const { phase, history } = state;
      return ended({ phase: 'given-up', why: 'not-triggered', from: phase, history });
    }
    await this.#send(estimator);
    // Right after the trigger there is nothing to see yet.
    if (this.#trigger.isAccepted() && this.#wait.pollInterval === 'auto') {
      await this.#sleep(this.#delayMs(estimator.expected(this.#now())), this.#trigger.pending());
    }
    return undefined;
  }

  async #send(estimator: DurationEstimator): Promise<void> {
    if (this.#trigger === undefined) return;
    estimator.triggered(this.#now());
    this.#emit({ kind: 'trigger-sent', atMs: this.#elapsedMs() });
    const answered = this.#trigger.send(this.#now(), (result) => {
      this.#failures.record('trigger', result, this.#now());
      if (result.ok) this.#emit({ kind: 'trigger-accepted', atMs: this.#elapsedMs() });
    });
    await this.#sleep(TRIGGER_HEAD_START_MS, answered);
    this.#trigger.throwIfRefused();
  }

  // ── Polling ─────────────────────────────────────────────────────────────────────────────────────────────────

  async #poll(begun: OpenState, estimator: DurationEstimator): Promise<WaitOutcome> {
    for (let state = begun; ; ) {
      const isFinal = this.#isFinalPoll();
      const isUnclear = this.#trigger?.isUnclear() === true;
      const seen = await this.#observe(state, isFinal || isUnclear);
      const next = this.#next(state, seen);
      this.#forgetUnpolled(next, seen);
      estimator.polled(next, seen.progress !== 'not-polled' && seen.progress.ok);
      const isOver = next.phase === 'finished' || next.phase === 'given-up';
      const hopeless = isOver ? undefined : this.#failures.exhausted(this.#now());
      if (isOver || isFinal || hopeless !== undefined) {
        this.#emitPoll(next, seen, undefined);
        if (hopeless !== undefined) {
          return { kind: 'no-response', failure: hopeless, progress: next.history.progress };
        }
        return this.#end(next);
      }
      const delayMs = this.#boundedDelayMs(next, estimator);
      this.#emitPoll(next, seen, delayMs);
      await this.#sleep(delayMs, this.#trigger?.pending());
      this.#trigger?.throwIfRefused();
      if (isUnclear && this.#mayTriggerAgain(next, seen)) await this.#send(estimator);
      state = next;
    }
  }

  #next(state: OpenState, seen: Observation): ScanState {
    return this.#wait.scan === 'regular'
      ? observeRegularScan(state, seen, this.#criteria)
      : observe(state, seen, this.#criteria);
  }

  /**
   * One poll. While progress shows the scan running the report cannot have it. Of many images progress is polled
   * rarely, because the report answers for all of them at once; but a newer row is held against it in the same poll.
   */
  async #observe(state: OpenState, isProgressDue: boolean): Promise<Observation> {
    const isPolled = isProgressDue || this.#isProgressDue(state);
    let progress: Observation['progress'] = isPolled ? await this.#progress() : 'not-polled';
    const shows = progressShows(progress);
    // Some rows count only once progress has shown the scan, which an end does.
    const history = { ...state.history, wasSeen: state.history.wasSeen || shows === 'ended' };
    const report = shows === 'running' ? 'not-polled' : await this.#reportWithDigest(state, history);
    const hasNews = report !== 'not-polled' && report.ok && isNewer(report.value, history);
    if (!isPolled && hasNews) progress = await this.#progress();
    // Only a row that decides something is worth a question to the registry.
    const isThere = state.phase === 'over-before' && isRowThere(report, history);
    if (report !== 'not-polled' && report.ok && (hasNews || isThere)) {
      this.#isWanted = await this.#checkWanted(report.value);
    }
    return { atMs: this.#now(), progress, report, isWanted: this.#isWanted };
  }

  #isProgressDue(state: OpenState): boolean {
    const sinceMs = this.#now() - this.#progressPolledAtMs;
    const phaseEndMs = phaseEndsAtMs(state, this.#criteria) ?? Number.POSITIVE_INFINITY;
    return sinceMs >= progressSpacingMs(this.#deps.activeScans.size) || this.#now() >= phaseEndMs;
  }

  /** A compact row can lack the digest that it has to be judged by. */
  async #reportWithDigest(state: OpenState, history: History): Promise<Result<ReportSnapshot>> {
    const compact = await this.#report('compact');
    if (!compact.ok || !this.#lacksDigest(compact.value)) return compact;
    const isDecisive = state.phase === 'over-before' || isNewer(compact.value, history);
    return isDecisive ? this.#report('full') : compact;
  }

  #lacksDigest(snapshot: ReportSnapshot): boolean {
    return this.#wait.hasDigest && snapshot.kind === 'row' && snapshot.row.digests.length === 0;
  }

  async #checkWanted(snapshot: ReportSnapshot): Promise<boolean> {
    if (!this.#wait.hasDigest) return true;
    return snapshot.kind === 'row' && this.#wait.isWanted(snapshot.row);
  }

  /** A call that is not made any more has no failure that matters. */
  #forgetUnpolled(state: ScanState, seen: Observation): void {
    if (seen.report === 'not-polled') this.#failures.forget('report');
    if (!hasNoSign(state) && state.phase !== 'given-up') this.#failures.forget('trigger');
  }

  /** A lost request is sent again only where the Console says plainly that there is no scan of ours. */
  #mayTriggerAgain(state: OpenState, seen: Observation): boolean {
    const hasNone = hasNoSign(state) && progressShows(seen.progress) === 'empty';
    const isReportRead = seen.report !== 'not-polled' && seen.report.ok;
    const mayRepeat = this.#trigger?.maySendAgain(this.#now()) === true && !this.#isFinalPoll();
    return hasNone && isReportRead && mayRepeat;
  }

  // ── Ends ────────────────────────────────────────────────────────────────────────────────────────────────────

  async #end(state: ScanState): Promise<WaitOutcome> {
    const over = expire(state, this.#criteria, this.#isWanted);
    if (over.phase === 'finished') return this.#inFull(over);
    // Where the time ran out on a call that was not answered, that is the reason. The final poll has little time, so
    // its failure alone says less than those before it.
    const isUntriggered = over.why === 'not-started';
    const failure =
      (isUntriggered ? this.#failures.failure('trigger') : undefined) ??
      this.#failures.failure('progress', 2) ??
      this.#failures.failure('report', 2);
    if (failure === undefined || over.why === 'incomplete') return ended(over);
    return { kind: 'no-response', failure, progress: over.history.progress };
  }

  /** The row with its findings. Where these decide nothing, one attempt is enough, and a failure changes nothing. */
  async #inFull(state: Finished): Promise<WaitOutcome> {
    const { row } = state;
    if (row === undefined || state.error !== '') return ended(state);
    const { needsFindings, limits } = this.#wait;
    const isWorthRepeating = needsFindings || row.digests.length === 0;
    const endMs = this.#now() + (isWorthRepeating ? limits.reportTimeoutMs : 0);
    for (const sinceMs = this.#now(); ; ) {
      const isLast = this.#isFinalPoll() || this.#now() >= endMs;
      const full = await this.#readFull(row);
      const isEnough = full.unread === '' && (!needsFindings || full.row.findings !== undefined);
      if (isEnough || isLast)
        return { kind: 'ended', state: { ...state, row: full.row }, unread: full.unread };
      const delayMs = this.#delayMs({ kind: 'settling', elapsedMs: this.#now() - sinceMs });
      await this.#sleep(Math.min(delayMs, Math.max(0, endMs - this.#now())));
    }
  }

  async #readFull(row: ImageScanResult): Promise<FullRow> {
    if (row.findings !== undefined) return { row, unread: '' };
    try {
      const full = readFullRow(row, await this.#report('full'));
      const isSame = full.row.scanTime?.epochMs === row.scanTime?.epochMs;
      if (isSame || (await this.#isGood(full.row))) return full;
      return { row, unread: 'The report shows a later scan instead, which failed or is of another digest.' };
    } catch (error) {
      this.#deps.signal.throwIfAborted();
      return { row, unread: error instanceof Error ? error.message : 'The Console refused the report.' };
    }
  }

  async #isGood(row: ImageScanResult): Promise<boolean> {
    return row.error === '' && (!this.#wait.hasDigest || (await this.#wait.isWanted(row)));
  }

  // ── Calls and time ──────────────────────────────────────────────────────────────────────────────────────────

  async #progress(): Promise<Result<Progress>> {
    const result = await this.#wait.source.progress(this.#deps.signal);
    this.#progressPolledAtMs = this.#now();
    this.#failures.record('progress', result, this.#now());
    return result;
  }

  async #report(detail: 'compact' | 'full'): Promise<Result<ReportSnapshot>> {
    const result = await this.#wait.source.report(detail, this.#deps.signal);
    // The regular scan has no row, so this is no response of the Console.
    if (this.#wait.scan === 'on-demand') this.#failures.record('report', result, this.#now());
    return result;
  }

  /** Repeats a call that has to be answered before the trigger, until it is pointless. */
  async #untilAnswered<T>(call: () => Promise<Result<T>>): Promise<Result<T>> {
    for (;;) {
      const isLast = this.#isFinalPoll();
      const result = await call();
      if (result.ok || isLast || this.#failures.exhausted(this.#now()) !== undefined) return result;
      const delayMs = this.#delayMs({ kind: 'unknown' });
      this.#emit({
        kind: 'polled',
        atMs: this.#elapsedMs(),
        stage: 'pending',
        counts: undefined,
        failures: [result.failure],
        nextPollMs: delayMs,
      });
      await this.#sleep(delayMs);
    }
  }

  #delayMs(
    estimate: Parameters<typeof nextDelayMs>[1]['estimate'],
    retryAfterMs = this.#failures.retryAfterMs(),
  ): number {
    const { deadline, activeScans, random } = this.#deps;
    const context = {
      waitedMs: this.#now() - this.#waitingSinceMs,
      leftMs: deadline.leftMs(),
      failures: this.#failures.longest(),
      retryAfterMs,
      estimate,
      activeScans: activeScans.size,
    };
    return nextDelayMs(this.#wait.pollInterval, context, random());
  }

  /** A phase that ends has to be judged in time, but not while a failing Console asks for a longer delay. */
  #boundedDelayMs(state: OpenState, estimator: DurationEstimator): number {
    const phaseEndMs = phaseEndsAtMs(state, this.#criteria);
    const retryAfterMs = this.#retryAfterMs(state, phaseEndMs);
    const delayMs = this.#delayMs(estimator.estimate(state, this.#now()), retryAfterMs);
    const isBounded = phaseEndMs !== undefined && this.#failures.longest() === 0;
    return isBounded ? Math.max(0, Math.min(delayMs, phaseEndMs - this.#now())) : delayMs;
  }

  /** `start-timeout` runs on while only the trigger is refused, so the pause has to leave time for another one. */
  #retryAfterMs(state: OpenState, phaseEndMs: number | undefined): number | undefined {
    const retryAfterMs = this.#failures.retryAfterMs();
    const isAnswered = (['progress', 'report'] as const).every((call) => !this.#failures.failure(call));
    if (!hasNoSign(state) || !isAnswered || phaseEndMs === undefined) return retryAfterMs;
    return honouredRetryAfterMs({ retryAfterMs, leftMs: Math.max(0, phaseEndMs - this.#now()) });
  }

  /** Sleeps, never past the final poll, and no longer than until `event`. Throws the signal's reason. */
  async #sleep(ms: number, event?: Promise<void>): Promise<void> {
    const { clock, deadline, signal } = this.#deps;
    const boundedMs = Math.max(0, Math.min(ms, deadline.finalPollAtMs - this.#now()));
    if (event === undefined) {
      await clock.sleep(boundedMs, signal);
    } else {
      const done = new AbortController();
      await Promise.race([clock.sleep(boundedMs, AbortSignal.any([signal, done.signal])), event]);
      done.abort();
    }
    signal.throwIfAborted();
  }

  #isFinalPoll(): boolean {
    return this.#now() >= this.#deps.deadline.finalPollAtMs;
  }

  #now(): number {
    return this.#deps.clock.nowMs();
  }

  #elapsedMs(): number {
    return this.#deps.deadline.elapsedMs();
  }

  #emit(event: PollEvent): void {
    this.#deps.emit(event);
  }

  #emitPoll(state: ScanState, seen: Observation, nextPollMs: number | undefined): void {
    const failures = [seen.progress, seen.report].flatMap((result) =>
      result === 'not-polled' || result.ok ? [] : [result.failure],
    );
    const trigger = this.#failures.failure('trigger');
    this.#emit({
      kind: 'polled',
      atMs: this.#elapsedMs(),
      ...stageOf(state),
      failures: trigger === undefined ? failures : [trigger, ...failures],
      nextPollMs,
    });
  }
}

/** Whether the report shows the row that counts after an end that was there first. */
function isRowThere(report: Observation['report'], { snapshot }: History): boolean {
  return report !== 'not-polled' && report.ok && !isSuperseded(report.value, snapshot);
}

function ended(state: Finished | GivenUp): WaitOutcome {
  return { kind: 'ended', state, unread: '' };
}

function hasError({ error, row }: Finished): boolean {
  return error !== '' || (row?.error ?? '') !== '';
}

/** Where a wait stands, with what there is to count. */
function stageOf(state: ScanState): { readonly stage: Stage; readonly counts: Counts | undefined } {
  const { progress } = state.history;
  switch (state.phase) {
    case 'scanning': {
      const discovery = countPhase(progress, 'discovery');
      const imageScan = countPhase(progress, 'imageScan');
      // The counts tell when the second phase has begun; `discovery.discovery` is false in every published sample.
      const isScanningImages =
        imageScan.scanned > 0 || (imageScan.total > 0 && discovery.scanned >= discovery.total);
      return isScanningImages
        ? { stage: 'image-scan', counts: imageScan }
        : { stage: 'discovery', counts: discovery };
    }
    case 'awaiting-report':
    case 'lost':
    case 'between-batches':
      return { stage: state.phase, counts: countPhase(progress, 'imageScan') };
    case 'pending':
    case 'over-before':
    case 'awaiting-better-row':
    case 'finished':
    case 'given-up':
      return { stage: state.phase, counts: undefined };
  }
}
