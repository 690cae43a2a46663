import type { ScanRecord } from 'compute-console-emulator';
import type { ImageScanResult, Progress } from '../../src/scan/evidence.ts';
import type { Finished } from '../../src/scan/state.ts';
import { PUSHED, REPOSITORY, scenarioOf, TAG, type World } from './world.ts';
import { type Call, CONSOLE_STARTS_AT_MS, type Run } from './world-run.ts';

/**
 * The passes that a run may have by the true events in its Console. A scan that finishes in time does pass: the matrix of
 * `reliability/` and `sequences.test.ts` hold that.
 */

type Shown = Call & { readonly entries: Progress };

/** The responses of progress that arrived, in order. */
export function shownTo({ calls }: Run): Shown[] {
  return calls.flatMap((call) => (call.entries === undefined ? [] : [{ ...call, entries: call.entries }]));
}

export function isOngoing(entries: Progress): boolean {
  return entries.some((entry) => entry.isOngoing);
}

function onlyOngoing<T extends { readonly entries: Progress }>(shown: T): T {
  return { ...shown, entries: shown.entries.filter(({ isOngoing }) => isOngoing) };
}

function isEnd(entries: Progress | undefined): boolean {
  return entries !== undefined && entries.length > 0 && !isOngoing(entries);
}

function hasError(entries: Progress): boolean {
  return entries.some(
    ({ discovery, imageScan }) => discovery.error !== undefined || imageScan.error !== undefined,
  );
}

/** The state of a wait that lets its image pass: finished, without an error, with the digest asked for. */
export function passOf({ end, world }: Run): Finished | undefined {
  if (end.kind === 'thrown' || end.outcome.kind === 'no-response') return undefined;
  const { state } = end.outcome;
  if (state.phase === 'given-up' || state.error !== undefined) return undefined;
  const { row } = state;
  const isWanted = row === undefined || !world.hasDigest || row.digests.includes(PUSHED);
  return isWanted && row?.error === undefined ? state : undefined;
}

/** The reason why a pass is not proven; undefined if it is, and without a pass. */
export function unsound(run: Run): string | undefined {
  const state = passOf(run);
  if (state === undefined) return undefined;
  const isRegular = run.world.mode === 'await-regular';
  return shownOtherwise(run) ?? (isRegular ? unsoundRegular(run) : unsoundScan(run, state));
}

/** Whatever else is true: an error that was shown stands, and what was running has to be seen over. */
function shownOtherwise(run: Run): string | undefined {
  const shown = shownTo(run);
  const [first, ...later] = shown;
  const firstRunning = shown.findIndex(({ entries }) => isOngoing(entries));
  // The first poll drains unread ends: an end that is there beside registries that run is last night's.
  const tonight = shown
    .slice(firstRunning)
    .map((one, at) => (firstRunning + at === 0 ? onlyOngoing(one) : one));
  const ours = run.world.mode === 'await-regular' ? tonight : later;
  if (ours.some(({ entries }) => hasError(entries))) return 'passed although progress showed an error';
  const last = shown.at(-1);
  if (first === undefined || last === undefined) return 'passed although progress never answered';
  if (!isOngoing(last.entries)) return undefined;
  const polls = run.calls.filter(({ name }) => name === 'progress');
  const unansweredSince = polls.length - 1 - polls.findLastIndex(({ entries }) => entries !== undefined);
  const hadSeveral = shown.some(({ entries }) => entries.length > 1 && isOngoing(entries));
  return unansweredSince < 2 || hadSeveral ? 'passed while progress showed a scan running' : undefined;
}

function unsoundScan(run: Run, state: Finished): string | undefined {
  const { proof, row } = state;
  const { world } = run;
  const proven =
    row && recordsOf(run, world.registry).findLast(({ scanTime }) => scanTime === row.scanTime?.text);
  if (!isBlind(run)) {
    if (row === undefined || proven === undefined)
      return 'passed without a row that a scan of the image left';
    if (proven.outcome !== 'finished') return 'passed by the row of a scan that failed';
    if (proven.lostAtMs !== null || proven.finishedAtMs > run.overAtMs)
      return 'passed by a scan that is not over';
  }
  const first = shownTo(run)[0]?.entries;
  switch (proof) {
    case 'report':
      return row === undefined || proven === undefined
        ? 'proven by no row'
        : notCurrent(run, state, row, proven);
    case 'recent':
      return notRecent(run, row, proven);
    case 'digest':
      return world.mode === 'await' && world.hasDigest && isEnd(first)
        ? undefined
        : 'passed by a digest where nothing was over before';
    case 'progress':
    case 'progress-lost':
      return unsoundBlind(run, state, isEnd(first));
  }
}

/** Newer than what was there before: it ended since, or within the time that clocks may differ by. */
function notCurrent(run: Run, { history }: Finished, row: ImageScanResult, proven: Scan): string | undefined {
  const { world } = run;
  const { baseline } = history;
  const baselineAtMs = baselineHeardAtMs(run);
  const before = baseline.kind === 'row' ? baseline.row.scanTime : undefined;
  // Of a row of the future it is only asked that another one follows, which a lagging copy may show as well.
  const isOfFuture = before !== undefined && before.epochMs >= (baseline.readAtMs ?? Infinity) + 1_000;
  if (before?.text === row.scanTime?.text && !isOfFuture) return 'passed by the row of before';
  if (isTruthful(run) && !((proven.rowAtMs ?? Infinity) > baselineAtMs))
    return 'passed by a row that was there before';
  if (world.settings.dateHeader) {
    return proven.finishedAtMs >= baselineAtMs - clockToleranceMs(run) ? undefined : 'passed by an old row';
  }
  if (before !== undefined) {
    const isLater = Date.parse(row.scanTime?.text ?? '') > before.epochMs;
    return isLater ? undefined : 'passed by an older row';
  }
  return 'passed by a row that nothing dates';
}

function notRecent(run: Run, row: ImageScanResult | undefined, proven: Scan | undefined): string | undefined {
  const { maxScanAgeMs } = run.world;
  if (maxScanAgeMs === undefined || row === undefined || proven === undefined) return 'recent for no reason';
  const isOld = proven.finishedAtMs < baselineHeardAtMs(run) - maxScanAgeMs - clockToleranceMs(run);
  return isOld ? 'passed by a scan that is older than allowed' : undefined;
}

/** The evidence of a scan whose row cannot be read: its end, or that it is no longer shown. */
function unsoundBlind(run: Run, { proof, history }: Finished, wasOverBefore: boolean): string | undefined {
  if (!isBlind(run)) return 'passed without the row, although the report could be read';
  const { images } = scenarioOf(run.world);
  const all = images.flatMap(({ registry, tag }) => (tag === TAG ? recordsOf(run, registry) : []));
  const sinceMs = shownTo(run)[0]?.heardAtMs ?? 0;
  const hasEnded = all.some(
    ({ lostAtMs, endsAtMs }) => lostAtMs === null && endsAtMs >= sinceMs && endsAtMs <= run.overAtMs,
  );
  if (proof === 'progress-lost') {
    return hasEnded || hasRestarted(run) ? undefined : 'passed a scan that vanished while it was running';
  }
  const counts = history.progress.map(({ imageScan }) => imageScan);
  const isIncomplete =
    counts.some(({ scanned, total }) => scanned < total) || counts.every(({ total }) => total === 0);
  if (isIncomplete) return 'passed by an incomplete end';
  return hasEnded || (run.world.mode === 'await' && wasOverBefore) ? undefined : 'passed by an end of before';
}

function unsoundRegular(run: Run): string | undefined {
  const { model, world } = run;
  const { settings } = world;
  if (hasRestarted(run)) return undefined;
  const lastPoll = shownTo(run).at(-1);
  const atMs = CONSOLE_STARTS_AT_MS + (lastPoll?.heardAtMs ?? 0);
  const scan = model.regularScan;
  if (scan === undefined) return 'passed without a regular scan';
  // Polls that were not answered may hide a whole batch.
  const isShownWhole = run.calls.every(({ entries }) => entries !== undefined);
  // Two polls ten seconds apart cannot see registries that are done in less.
  const areSeen = settings.regularBatchGapMs === null || world.registries.every(isLong);
  if (isShownWhole && areSeen && scan.startedAtMs <= atMs && scan.ongoing(atMs))
    return 'passed while registries were to come';
  const mayBeHidden =
    !isShownWhole ||
    settings.regularEnd === 'never-shown' ||
    settings.unreadEndMs !== null ||
    world.events.length > 0;
  // A failure before the first poll may belong to the previous regular scan.
  const hasFailed = world.registries.some((each) => each.outcome !== 'finished' && isLong(each));
  return hasFailed && !mayBeHidden ? 'passed although a registry failed' : undefined;
}

function isLong({ discoveryMs, scanMs, closingMs, outcome }: World['registries'][number]): boolean {
  return discoveryMs + closingMs + (outcome === 'discovery-error' ? 0 : scanMs) >= 40_000;
}

interface Scan extends ScanRecord {
  readonly registry: string;
}

/** The events of the image of a registry, in times of the step. */
function recordsOf(run: Run, registry: string): Scan[] {
  const relative = (atMs: number | null) => (atMs === null ? null : atMs - CONSOLE_STARTS_AT_MS);
  return run.model.scansOf({ registry, repo: REPOSITORY, tag: TAG }).map((record) => ({
    ...record,
    registry,
    requestedAtMs: record.requestedAtMs - CONSOLE_STARTS_AT_MS,
    endsAtMs: record.endsAtMs - CONSOLE_STARTS_AT_MS,
    finishedAtMs: record.finishedAtMs - CONSOLE_STARTS_AT_MS,
    rowAtMs: relative(record.rowAtMs),
    lostAtMs: relative(record.lostAtMs),
  }));
}

/** When the baseline was read. */
function baselineHeardAtMs({ calls }: Run): number {
  const isRead = ({ name, status }: Call) =>
    name === 'report' && (status === 200 || status === 403 || status === 404);
  return calls.find(isRead)?.heardAtMs ?? 0;
}

/** True if the report was never readable. */
function isBlind({ calls }: Run): boolean {
  return !calls.some(
    ({ name, status, heardAtMs }) => name === 'report' && status === 200 && heardAtMs !== undefined,
  );
}

/** True if the report of the world shows every row at once. */
function isTruthful({ world: { settings, outages } }: Run): boolean {
  const isWhole =
    settings.reportReplicaLagsMs.length === 0 &&
    settings.reportNullReads === 0 &&
    settings.reportNullMs === 0;
  return isWhole && !outages.some(({ how, of }) => how === 'refused' && of !== 'progress');
}

const CLOCK_SKEW_MS = 5 * 60_000;

/** By how much Console times of a world may be apart from what is true, and still be believed. */
function clockToleranceMs({ world: { settings, events } }: Run): number {
  const stepsMs = events.reduce(
    (sum, event) => (event.kind === 'clock' ? sum + Math.abs(event.byMs) : sum),
    0,
  );
  return CLOCK_SKEW_MS + 1_000 + Math.abs(settings.defenderSkewMs) + stepsMs;
}

function hasRestarted({ world, overAtMs }: Run): boolean {
  return world.events.some(({ kind, atMs }) => kind === 'restart' && atMs <= overAtMs);
}
