import type { ScanRecord } from '../../emulator/image-history.ts';
import { RegularScan } from '../../emulator/regular-scan.ts';
import type { ProgressAnswer, ReportReading } from '../../src/scan/evidence.ts';
import { nextPauseMs, progressSpacingMs } from '../../src/scan/schedule.ts';
import { image, registriesOf, scenarioOf } from './world.ts';
import { type Asked, CONSOLE_STARTS_AT_MS, type Run } from './world-run.ts';

/**
 * What a run may and must have come to, by what truly happened in its Console. The first question is answered
 * with one line that says what is wrong, or with undefined.
 */

type Shown = Asked<'progress', ProgressAnswer> & { readonly entries: ProgressAnswer };

/** The progress answers that arrived, in order. */
export function shownTo(run: Run): Shown[] {
  return run.calls.flatMap((call) =>
    call.question === 'progress' && call.given.kind === 'answer'
      ? [{ ...call, entries: call.given.value }]
      : [],
  );
}

type Read = Asked<'report', ReportReading> & { readonly reading: ReportReading };

function readBy(run: Run): Read[] {
  return run.calls.flatMap((call) =>
    call.question === 'report' && call.given.kind === 'answer'
      ? [{ ...call, reading: call.given.value }]
      : [],
  );
}

export function isOngoing(entries: ProgressAnswer): boolean {
  return entries.some(({ ongoing }) => ongoing);
}

function hasError(entries: ProgressAnswer): boolean {
  return entries.some(({ discovery, imageScan }) => discovery.error !== '' || imageScan.error !== '');
}

export function hasPassed({ end }: Run): boolean {
  return end.kind === 'ending' && end.judged.decision.verdict === 'passed';
}

/** Why a pass is not proven; undefined where it is, and where nothing was passed. */
export function unsound(run: Run): string | undefined {
  if (!hasPassed(run)) return undefined;
  return shownFailure(run) ?? (run.world.mode === 'await-regular' ? unsoundRegular(run) : unsoundScan(run));
}

/** Whatever else is true: an error that was shown beside the scan that was waited for cannot be overlooked. */
function shownFailure(run: Run): string | undefined {
  const shown = shownTo(run).filter(({ entries }) => entries.length > 0);
  const last = shown.at(-1);
  // An end that was there before our scan began may be an earlier scan's, and so may its error.
  const leftoverPossible = run.world.mode === 'trigger' && someEndedBefore(run, earlierReadAtMs(run));
  const isProvenByReport =
    run.end.kind === 'ending' && run.end.ending.phase === 'finished' && run.end.ending.proof === 'report';
  if (last !== undefined && hasError(last.entries) && !(leftoverPossible && isProvenByReport)) {
    return 'passed although the last thing that progress showed was an error';
  }
  const beside = shown.some(({ entries }) => isOngoing(entries) && hasError(entries));
  if (beside && !leftoverPossible) return 'passed although progress showed an error while the scan went on';
  return undefined;
}

function unsoundRegular(run: Run): string | undefined {
  const { end, world } = run;
  if (end.kind !== 'ending' || end.ending.phase !== 'finished') return 'passed without a finished scan';
  const registries = registriesOf(world.registries);
  const starts = [
    world.startedAtMs,
    ...world.events.filter(({ kind }) => kind === 'scan').map(({ atMs }) => atMs),
  ];
  const { settings } = scenarioOf(world);
  const hasEnded = starts.some(
    (atMs) => atMs <= run.overAtMs && !new RegularScan(atMs, registries, settings).ongoing(run.overAtMs),
  );
  // Where a restart made the regular scan vanish, nothing tells that from an end which someone else read.
  const isExcused = end.ending.proof === 'vanished' && restartedSince(run, 0);
  return hasEnded || isExcused ? undefined : 'passed while the regular scan was under way';
}

function unsoundScan(run: Run): string | undefined {
  const { end } = run;
  if (end.kind !== 'ending' || end.ending.phase !== 'finished') return 'passed without a finished scan';
  const { proof, row } = end.ending;
  const ours = recordsOf(run, image.registry);
  const all = [image.registry, ...scenarioOf(run.world).images.map(({ registry }) => registry)].flatMap(
    (registry) => recordsOf(run, registry),
  );
  switch (proof) {
    case 'report': {
      // No excuses: the row is the truth, and it has to be a good one of a scan that this wait is about.
      const proven = ours.find(({ scanTime }) => scanTime === row?.scanTime?.text);
      if (proven === undefined) return 'passed by a row that no scan left';
      if (proven.outcome !== 'finished') return 'passed by the row of a scan that failed';
      if (!isCurrent(run, proven)) return 'passed by an old row';
      break;
    }
    case 'progress': {
      const isProven = all.some((record) => isGood(run, record) && isCurrent(run, record));
      if (!isProven && !isAwaitedEnd(run) && !isBlindLeftover(run)) {
        return 'passed by an end that is not this scan’s, or by that of a scan that failed';
      }
      const ofRow = ours.find(({ scanTime }) => scanTime === row?.scanTime?.text);
      const isOld = row !== undefined && (ofRow === undefined || !isCurrent(run, ofRow));
      if (isOld && !isEndedAtFirstLook(run)) return 'passed with the row of an old scan';
      break;
    }
    case 'recent':
      return 'passed by a scan of before, which nobody asked for';
    case 'vanished': {
      if (!isBlind(run)) return 'passed a scan that vanished, although the report could be read';
      // Nobody saw the end, so nobody can know how it ended: with an error that someone else read, in a
      // restart, or hidden by a scan that someone else started. The table accepts it, with a warning.
      const hasEnded = all.some((record) => hasFinished(run, record) && isCurrent(run, record));
      if (!hasEnded && !restartedSince(run, 0) && !isCrowded(run)) return 'passed while the scan was running';
      break;
    }
  }
  return shownButUnfinished(run);
}

interface Scan extends ScanRecord {
  readonly registry: string;
  /** When progress can show it. */
  readonly registeredAtMs: number;
  readonly isShown: boolean;
}

/** What happened to the image of a registry, in times of the step. */
function recordsOf(run: Run, registry: string): Scan[] {
  const scenario = scenarioOf(run.world);
  const script = scenario.images.find((each) => each.registry === registry)?.scans[0];
  return run.model.scansOf({ ...image, registry }).map((record) => ({
    ...record,
    registry,
    requestedAtMs: record.requestedAtMs - CONSOLE_STARTS_AT_MS,
    endsAtMs: record.endsAtMs - CONSOLE_STARTS_AT_MS,
    finishedAtMs: record.finishedAtMs - CONSOLE_STARTS_AT_MS,
    rowAtMs: record.rowAtMs === null ? null : record.rowAtMs - CONSOLE_STARTS_AT_MS,
    lostAtMs: record.lostAtMs === null ? null : record.lostAtMs - CONSOLE_STARTS_AT_MS,
    registeredAtMs: record.requestedAtMs - CONSOLE_STARTS_AT_MS + (script?.registerDelayMs ?? 0),
    isShown: script?.shownInProgress ?? false,
  }));
}

function hasFinished(run: Run, scan: Scan): boolean {
  return scan.lostAtMs === null && scan.finishedAtMs <= run.overAtMs;
}

/**
 * Finished without an error that anyone could have seen. An error that only the row tells is out of sight where
 * the row never came, or not before the report was last read: `report-timeout` over, the table passes it. And
 * the rows of other registries are not asked for.
 */
function isGood(run: Run, scan: Scan): boolean {
  if (!hasFinished(run, scan)) return false;
  if (scan.outcome === 'finished') return true;
  if (scan.outcome !== 'report-error') return false;
  if (scan.registry !== image.registry) return true;
  // What a veil hid was not read, although there was an answer.
  const isRead = ({ reading }: Read) =>
    reading.kind === 'row' || (reading.kind === 'absent' && run.world.veil === undefined);
  const lastReadAtMs = readBy(run).findLast(isRead)?.heardAtMs ?? -1;
  return scan.rowAtMs === null || scan.rowAtMs > lastReadAtMs;
}

/**
 * Newer than what was there before: it ended, or left its row, after the earlier report was read. A row may be there
 * before progress shows the end.
 */
function isCurrent(run: Run, { endsAtMs, rowAtMs }: Scan): boolean {
  const sinceMs = earlierReadAtMs(run);
  return endsAtMs >= sinceMs || (rowAtMs !== null && rowAtMs > sinceMs);
}

function earlierReadAtMs(run: Run): number {
  return readBy(run)[0]?.heardAtMs ?? 0;
}

function isBlind(run: Run): boolean {
  return readBy(run).some(({ reading }) => reading.kind === 'unreadable');
}

/** In `await`, an end at the first look is the one that was waited for, however long it lay there unread. */
function isAwaitedEnd(run: Run): boolean {
  const first = shownTo(run)[0];
  const isEnd = first !== undefined && first.entries.length > 0 && !isOngoing(first.entries);
  return run.world.mode === 'await' && isEnd && !hasError(first.entries);
}

/** In `await`, nothing tells of an end that the very first question shows whether its row was there already. */
function isEndedAtFirstLook(run: Run): boolean {
  const beganAtMs = run.events.find(({ kind }) => kind === 'earlier-report')?.atMs ?? 0;
  const first = run.calls.find(({ askedAtMs }) => askedAtMs >= beganAtMs - 1e-6);
  return isAwaitedEnd(run) && first?.question === 'progress';
}

/**
 * Where the report may not be read, nothing tells an earlier scan's unread end from our scan's; but ours cannot have
 * ended before we knew that it was asked for.
 */
function isBlindLeftover(run: Run): boolean {
  const acceptedAtMs = run.posts.find(({ outcome }) => outcome === 'accepted')?.settlesAtMs ?? Infinity;
  const knownAtMs = run.world.mode === 'trigger' ? acceptedAtMs : 0;
  const hasEndedSince = shownTo(run).some(
    ({ entries, askedAtMs }) => entries.length > 0 && !isOngoing(entries) && askedAtMs >= knownAtMs - 1e-6,
  );
  const wasSeenRunning = shownTo(run).some(({ entries }) => isOngoing(entries));
  return isBlind(run) && someEndedBefore(run, earlierReadAtMs(run)) && (hasEndedSince || wasSeenRunning);
}

function someEndedBefore(run: Run, atMs: number): boolean {
  const { world } = run;
  const images = scenarioOf(world).images;
  const wasUnread = world.earlier?.unread === true;
  const others = images
    .flatMap(({ registry }) => recordsOf(run, registry))
    .filter(({ kind, isShown }) => kind === 'on-demand' && isShown);
  return wasUnread || others.some(({ finishedAtMs }) => finishedAtMs < atMs);
}

function restartedSince({ world, overAtMs }: Run, sinceMs: number): boolean {
  return world.events.some(({ kind, atMs }) => kind === 'restart' && atMs >= sinceMs && atMs <= overAtMs);
}

/** Whether someone else scanned the same image: of scans side by side, progress may show the latest only. */
function isCrowded({ world, posts }: Run): boolean {
  const accepted = posts.filter(({ acceptedAtMs }) => acceptedAtMs !== undefined).length;
  return accepted > 1 || world.events.some(({ kind }) => kind === 'scan');
}

/** What progress showed to be going on has to be over, in every registry; a restart or a crowd confuses that. */
function shownButUnfinished(run: Run): string | undefined {
  if (isCrowded(run) || restartedSince(run, -Infinity)) return undefined;
  const { images } = scenarioOf(run.world);
  // Of several registries, an answer with a single entry does not say which one it speaks of.
  const seenAtMs = shownTo(run).flatMap(({ entries, heardAtMs }) =>
    isOngoing(entries) && (entries.length > 1 || images.length === 1) ? [heardAtMs ?? 0] : [],
  );
  const scans = images.flatMap(({ registry }) => recordsOf(run, registry));
  const unfinished = scans.some(
    (scan) =>
      scan.kind === 'on-demand' &&
      scan.isShown &&
      seenAtMs.some((atMs) => scan.registeredAtMs <= atMs) &&
      scan.finishedAtMs > run.overAtMs,
  );
  return unfinished ? 'passed while an entry that progress had shown was going on' : undefined;
}

/**
 * Whether a run had to pass: the scan succeeds, and the evidence that the table asks for is there in time, with
 * some slack for pauses, answers on their way and outages. Cautious: `false` means that nothing is claimed.
 */
export function mustPass(run: Run): boolean {
  const { world } = run;
  const { events, twins, settings, outages, latenciesMs, mode } = world;
  const hasQuietEnd = outages.every(({ toMs, fromMs }) => toMs - fromMs <= 40_000);
  if (events.length > 0 || twins.length > 0 || !hasQuietEnd) return false;
  // A row that was hidden at first can be the new one, and proves nothing then.
  if (world.veil !== undefined) return false;
  // Beyond this an answer may be cut off, for each request has a limit of its own.
  if (Math.max(...latenciesMs) > 5_000) return false;

  const outagesMs = outages.reduce(
    (sum, { fromMs, toMs, retryAfterMs = 0 }) => sum + (toMs - fromMs) + retryAfterMs + 31_000,
    0,
  );
  const rationedMs = settings.rateLimit === null || mode === 'await-regular' ? 0 : 61_000;
  const pauseMs = nextPauseMs(
    world.interval,
    {
      waitedMs: world.timeoutMs,
      leftMs: world.timeoutMs,
      unanswered: 0,
      retryAfterMs: undefined,
      outlook: { kind: 'unknown' },
      crowd: world.crowd.size,
    },
    0.999,
  );
  const spacingMs = progressSpacingMs(world.crowd.size);
  const slackMs = pauseMs + spacingMs + 4 * Math.max(...latenciesMs) + outagesMs + rationedMs + 6_000;
  const lastLookAtMs = world.timeoutMs - Math.min(world.timeoutMs * 0.1, 10_000);
  const inTime = (atMs: number) => atMs + 2 * slackMs <= lastLookAtMs;
  const isEndSafe =
    settings.unreadEndMs === null && outages.every(({ how, of }) => how === 'unheard' || of === 'report');
  return mode === 'await-regular'
    ? mustPassRegular(run, slackMs, inTime, isEndSafe)
    : mustPassScan(run, slackMs, inTime, isEndSafe);
}

/** The answer to the trigger is waited for this long before anything is looked at. */
const BEFORE_ANY_LOOK_MS = 5_000;

function mustPassScan(
  run: Run,
  slackMs: number,
  inTime: (atMs: number) => boolean,
  isEndSafe: boolean,
): boolean {
  const { world, posts, model } = run;
  const { scan, settings, mode, outages, reportTimeoutMs } = world;
  const isBlindWorld = settings.reportStatus !== 200;
  const accepted = posts.flatMap(({ acceptedAtMs }) => acceptedAtMs ?? []);
  const [beganAtMs] = mode === 'trigger' ? accepted : [world.startedAtMs];
  if (beganAtMs === undefined || accepted.length > 1) return false;
  if (model.counts.scan > 1) return false;

  const registeredAtMs = beganAtMs + scan.registerDelayMs;
  const endsAtMs = registeredAtMs + scan.discoveryMs + scan.scanMs + scan.closingMs;
  const lag = scan.rowLagMs;
  const rowAtMs = lag === null || isBlindWorld ? undefined : Math.max(beganAtMs, endsAtMs + lag);
  const isRowNew = rowAtMs !== undefined && rowAtMs > earlierReadAtMs(run);
  const waitBeganAtMs = mode === 'trigger' ? beganAtMs : earlierReadAtMs(run);
  // Patience with a request that was lost is patience lost for the next one, until that is known to be accepted.
  const patientSinceMs = mode === 'trigger' ? (posts[0]?.sentAtMs ?? beganAtMs) : waitBeganAtMs;
  const startsBeforeMs = patientSinceMs + world.startTimeoutMs - slackMs;

  const isSurelySeen =
    scan.shownInProgress && endsAtMs - Math.max(registeredAtMs, waitBeganAtMs + 5_000) >= slackMs;
  const endStays = scan.shownInProgress && isEndSafe && scan.endReadByOtherAfterMs === undefined;
  const rowWithin = (ms: number) => isRowNew && rowAtMs <= endsAtMs + ms - slackMs && inTime(rowAtMs);
  if (!inTime(endsAtMs)) return false;

  // Whoever awaits a scan and finds an end takes it for the one awaited, however it ended.
  if (world.earlier?.unread === true && mode === 'await') return false;
  // An end at the first look takes the row for its own that two reads agree on, and with it its error.
  if (mode === 'await' && !isSurelySeen && (world.earlier?.err ?? '') !== '') return false;
  const trigger = world.triggers[0];
  const isAcceptedSoon =
    trigger?.answer === 'given' && trigger.answerAfterMs <= BEFORE_ANY_LOOK_MS && outages.length === 0;
  // An unread end makes the wait impatient from its first look on, unless it is taken for ours.
  if (world.earlier?.unread === true && mode === 'trigger' && !(isBlindWorld && isAcceptedSoon)) {
    const isSoon = registeredAtMs <= beganAtMs + reportTimeoutMs - slackMs && isSurelySeen;
    const isRowSoon = isRowNew && rowAtMs <= beganAtMs + reportTimeoutMs - slackMs;
    if (!isSoon && !isRowSoon) return false;
  }
  const signAtMs = isSurelySeen || endStays ? registeredAtMs : rowAtMs;
  if (signAtMs === undefined || signAtMs > startsBeforeMs) return false;
  if (isSurelySeen) return endStays || isBlindWorld || rowWithin(reportTimeoutMs);
  // Without a row, an end that was there when we first looked counts only for a request known to be accepted.
  if (endStays) return mode === 'await' || (isBlindWorld && isAcceptedSoon) || rowWithin(reportTimeoutMs);
  return rowWithin(reportTimeoutMs) && isRowNew && rowAtMs <= startsBeforeMs;
}

function mustPassRegular(
  run: Run,
  slackMs: number,
  inTime: (atMs: number) => boolean,
  isEndSafe: boolean,
): boolean {
  const { world } = run;
  const { settings } = scenarioOf(world);
  const scan = new RegularScan(world.startedAtMs, registriesOf(world.registries), settings);
  const lastsMs = world.registries.reduce(
    (sum, each) => sum + each.discoveryMs + each.scanMs + each.closingMs,
    0,
  );
  const isStarted = world.startedAtMs <= world.startTimeoutMs - slackMs;
  const isSurelySeen = scan.ongoing(Math.max(world.startedAtMs, 0) + slackMs);
  const endStays = isEndSafe && settings.regularEnd === 'shown-once';
  return isStarted && (isSurelySeen || endStays) && inTime(world.startedAtMs + lastsMs);
}
