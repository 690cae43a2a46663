import { type Progress, type ReportSnapshot, success } from '../../src/scan/evidence.ts';
import type { Observation } from '../../src/scan/history.ts';
import { type Criteria, type Finished, type GivenUp, isOpen, type ScanState } from '../../src/scan/state.ts';
import {
  absent,
  ended,
  entry,
  nothing,
  OTHER_DIGEST,
  row,
  running,
  shows,
  unanswered,
  unreadable,
} from './evidence.ts';

/*
 * All observations that a poll can make, and what a reader of docs/completion.md knows after each of them. It shares
 * nothing with the state machine but the shapes of the evidence, so that it can disagree with it.
 */

/** The time that passes between two polls, if any does. Both phase timeouts take two of it. */
export const STEP_MS = 10_000;
export const TIMEOUT_STEPS = 2;

const stopped = [entry({ scanned: 0 })];
const failedEnd = [entry({ scanError: 'no such layer' })];
const failing = [entry({ isOngoing: true, scanned: 0, discoveryError: 'unauthorized' })];

/** Every answer of progress; the baseline is read at 09:00. */
export const PROGRESS = {
  running,
  failing,
  ended,
  failedEnd,
  stopped,
  twoRunning: [...running, ...running],
  twoEnded: [...ended, ...ended],
  empty: nothing,
} as const satisfies Record<string, Progress>;

const wrong = { digest: OTHER_DIGEST, digests: [OTHER_DIGEST] };

/** Every answer of the report. `spoiled` is another answer about the scan that `good` shows. */
export const REPORT = {
  old: (date: string | undefined) => shows(row('08:00:00'), date),
  good: (date: string | undefined) => shows(row('09:00:20'), date),
  spoiled: (date: string | undefined) => shows(row('09:00:20', { error: 'no such layer' }), date),
  bad: (date: string | undefined) => shows(row('09:00:30', { error: 'no such layer' }), date),
  other: (date: string | undefined) => shows(row('09:00:40', wrong), date),
  absent: (date: string | undefined) => absent(date),
  unreadable: (date: string | undefined) => unreadable(date),
} as const satisfies Record<string, (date: string | undefined) => ReportSnapshot>;

const ENDS: ReadonlySet<string> = new Set(['ended', 'failedEnd', 'stopped', 'twoEnded']);

export type ProgressName = keyof typeof PROGRESS | 'failed' | 'not-polled';
export type ReportName = keyof typeof REPORT | 'failed' | 'not-polled';

const PROGRESS_NAMES = [
  'running',
  'failing',
  'ended',
  'failedEnd',
  'stopped',
  'twoRunning',
  'twoEnded',
  'empty',
  'failed',
  'not-polled',
] as const satisfies readonly ProgressName[];
const REPORT_NAMES = [
  'old',
  'good',
  'spoiled',
  'bad',
  'other',
  'absent',
  'unreadable',
  'failed',
  'not-polled',
] as const satisfies readonly ReportName[];

/** One poll by the names of its answers. */
export interface Poll {
  readonly progress: ProgressName;
  readonly report: ReportName;
  readonly hasPassed: boolean;
  /** Made a step after the last poll, or at the same time. */
  readonly seen: Observation;
}

export interface BeginningCase {
  readonly origin: 'triggered' | 'awaited';
  readonly first: keyof typeof PROGRESS;
  readonly baseline: 'old' | 'absent' | 'unreadable';
  readonly hasDate: boolean;
  readonly hasDigest: boolean;
  /** True if `max-scan-age` allows two hours. */
  readonly hasAge: boolean;
}

const ORIGINS = ['triggered', 'awaited'] as const;
const FIRSTS = ['empty', 'running', 'twoRunning', 'ended', 'failedEnd', 'stopped'] as const;
const BASELINES = ['old', 'absent', 'unreadable'] as const;
const EITHER = [true, false] as const;

/** Every beginning. */
export const BEGINNINGS: readonly BeginningCase[] = ORIGINS.flatMap((origin) =>
  FIRSTS.flatMap((first) =>
    BASELINES.flatMap((baseline) =>
      EITHER.flatMap((hasDate) =>
        EITHER.flatMap((hasDigest) =>
          EITHER.map((hasAge) => ({ origin, first, baseline, hasDate, hasDigest, hasAge })),
        ),
      ),
    ),
  ),
);

/** The part of the beginning that still matters: an end that was there first does until the scan is seen. */
export function contextOf(begun: BeginningCase, { wasSeen }: Memory): string {
  const { baseline, hasDate, hasDigest, origin, first, hasAge } = begun;
  const isOverBefore = origin === 'awaited' && first !== 'empty' && !wasSeen;
  const terms = (hasDate ? 4 : 0) + (hasDigest ? 2 : 0);
  return isOverBefore ? `${baseline}${terms + (hasAge ? 1 : 0)}${first}` : `${baseline}${terms}`;
}

/** The memory as a text: equal ones have equal texts. */
export function keyOfMemory(memory: Memory): string {
  const { last, latest, bad, badFor } = memory;
  const flags = [
    memory.hasError,
    memory.wasReadable,
    memory.wasSeen,
    memory.hadSeveral,
    memory.hadStoppedEnd,
  ];
  const bits = [memory.isAnswered, memory.isSpoiled, ...flags].reduce(
    (sum, flag) => sum * 2 + (flag ? 1 : 0),
    0,
  );
  return `${bits}${last}${latest}${bad}${badFor}${memory.unanswered}${memory.empties}${memory.open}${memory.missing}${memory.quiet}`;
}

export function criteriaOf({ hasDigest, hasAge }: BeginningCase): Criteria {
  const timeoutMs = TIMEOUT_STEPS * STEP_MS;
  return {
    startTimeoutMs: timeoutMs,
    reportTimeoutMs: timeoutMs,
    maxScanAgeMs: hasAge ? 7_200_000 : undefined,
    hasDigest,
  };
}

/** Every poll of a wait, with each combination of answers. */
export function pollsOf({ hasDate, hasDigest }: BeginningCase): readonly Poll[] {
  const key = `${hasDate}${hasDigest}`;
  const polls = POLLS.get(key) ?? listPolls(hasDate, hasDigest);
  POLLS.set(key, polls);
  return polls;
}

const POLLS = new Map<string, readonly Poll[]>();

function listPolls(hasDate: boolean, hasDigest: boolean): readonly Poll[] {
  const date = hasDate ? '09:01:00' : undefined;
  // Without a digest asked for, a row of another digest is a good one; two answers about one scan are tried there.
  const reports = REPORT_NAMES.filter((report) => report !== (hasDigest ? 'spoiled' : 'other'));
  return PROGRESS_NAMES.flatMap((progress) =>
    reports.flatMap((report) =>
      (progress === 'not-polled' && report === 'not-polled' ? [] : EITHER).map((hasPassed) => ({
        progress,
        report,
        hasPassed,
        seen: {
          atMs: hasPassed ? STEP_MS : 0,
          progress: progressAnswer(progress),
          report: reportAnswer(report, date),
          isWanted: report !== 'other',
          isTriggerRefused: false,
        },
      })),
    ),
  );
}

function progressAnswer(name: ProgressName): Observation['progress'] {
  if (name === 'not-polled') return name;
  return name === 'failed' ? unanswered : success(PROGRESS[name]);
}

function reportAnswer(name: ReportName, date: string | undefined): Observation['report'] {
  if (name === 'not-polled') return name;
  return name === 'failed' ? unanswered : success(REPORT[name](date));
}

/** The memory of a reader of a wait. */
export interface Memory {
  /** Progress has shown an error since the beginning. */
  readonly hasError: boolean;
  /** The report has been answered with something else than a refusal. */
  readonly wasReadable: boolean;
  /** Our scan has been shown: running, or ended since. */
  readonly wasSeen: boolean;
  /** The last answer of progress. */
  readonly last: 'running' | 'ended' | 'empty';
  readonly hadSeveral: boolean;
  /** Polls of progress without an answer since then, up to two. */
  readonly unanswered: number;
  /** Answers in a row that were `[]`, up to two. */
  readonly empties: number;
  /** Entries that were shown running, and not ended since. */
  readonly open: number;
  /** Of these, the ones that were missing in the last answer that had entries. */
  readonly missing: number;
  readonly hadStoppedEnd: boolean;
  /** Another answer about the scan of the good row showed an error. */
  readonly isSpoiled: boolean;
  /** The row that is there, as far as the report showed any. */
  readonly latest: 'none' | 'old' | 'good' | 'bad' | 'other';
  /** The last poll was answered, and for how many steps that was so since progress last showed something new. */
  readonly isAnswered: boolean;
  readonly quiet: number;
  /** The steps since a row that fails the image is there, and nothing ran. */
  readonly badFor: number | undefined;
  /** Which row that is. */
  readonly bad: Memory['latest'];
}

const MOST_STEPS = TIMEOUT_STEPS + 1;

export function firstMemory({ first, baseline }: BeginningCase): Memory {
  const isRunning = first === 'running' || first === 'twoRunning';
  return {
    hasError: false,
    wasReadable: baseline !== 'unreadable',
    wasSeen: isRunning,
    last: isRunning ? 'running' : first === 'empty' ? 'empty' : 'ended',
    hadSeveral: first === 'twoRunning',
    unanswered: 0,
    empties: first === 'empty' ? 1 : 0,
    open: first === 'twoRunning' ? 2 : first === 'running' ? 1 : 0,
    missing: 0,
    hadStoppedEnd: false,
    isSpoiled: false,
    latest: baseline === 'old' ? 'old' : 'none',
    isAnswered: true,
    quiet: 0,
    badFor: undefined,
    bad: 'none',
  };
}

const RANK = { none: 0, old: 1, good: 2, bad: 3, other: 4 } as const;

export function remember(
  memory: Memory,
  { progress, report, hasPassed }: Poll,
  begun: BeginningCase,
): Memory {
  const isAnswered = progress !== 'failed' && report !== 'failed';
  const stepsCounted = hasPassed && isAnswered && memory.isAnswered ? 1 : 0;
  const shown = { ...memory, ...shownBy(memory, progress, stepsCounted) };
  const row = report === 'spoiled' ? 'good' : report;
  const isRow = row === 'old' || row === 'good' || row === 'bad' || row === 'other';
  const isSpoiled = memory.isSpoiled || report === 'spoiled';
  const failing =
    isRow &&
    progress !== 'not-polled' &&
    isNewRow(report, shown.wasSeen, begun) &&
    (row !== 'good' || isSpoiled)
      ? row
      : 'none';
  // Two unanswered polls after it ran leave it to the row.
  const isRunning = shown.last === 'running' && (shown.unanswered < 2 || shown.hadSeveral);
  const standing = standsFor(isRunning ? undefined : memory, stepsCounted, isRunning ? 'none' : failing);
  return relevant(
    {
      ...shown,
      wasReadable: memory.wasReadable || isRow || report === 'absent',
      isSpoiled,
      latest: isRow && RANK[row] > RANK[memory.latest] ? row : memory.latest,
      isAnswered,
      ...standing,
    },
    begun,
  );
}

/** Leaves out what no invariant asks for any more, so that more nodes are equal. */
function relevant(memory: Memory, { origin, first }: BeginningCase): Memory {
  const mayBeOverBefore = origin === 'awaited' && !memory.wasSeen && first !== 'empty';
  // While a row that fails the image stands, only its own time counts.
  const stands = memory.badFor !== undefined;
  return {
    ...memory,
    latest: mayBeOverBefore ? memory.latest : 'none',
    empties: memory.wasReadable ? 0 : memory.empties,
    unanswered: memory.last === 'running' ? memory.unanswered : 0,
    quiet: stands ? 0 : memory.quiet,
    last: stands && memory.last === 'ended' ? 'empty' : memory.last,
  };
}

/** How long a row that fails the image has stood: a later one of these stands anew. */
function standsFor(
  before: Pick<Memory, 'bad' | 'badFor'> = { bad: 'none', badFor: undefined },
  steps: number,
  bad: Memory['latest'],
): Pick<Memory, 'bad' | 'badFor'> {
  if (RANK[bad] > RANK[before.bad]) return { bad, badFor: 0 };
  if (before.badFor === undefined) return { bad: before.bad, badFor: undefined };
  return { bad: before.bad, badFor: Math.min(before.badFor + steps, MOST_STEPS) };
}

function shownBy(memory: Memory, progress: ProgressName, steps: number): Partial<Memory> {
  const quiet = Math.min(memory.quiet + steps, MOST_STEPS);
  if (progress === 'not-polled') return { quiet };
  if (progress === 'failed') return { quiet, unanswered: Math.min(memory.unanswered + 1, 2) };
  if (progress === 'empty') {
    const isNews = memory.last === 'running';
    const empties = Math.min(memory.empties + 1, 2);
    return { quiet: isNews ? 0 : quiet, unanswered: 0, last: 'empty', empties };
  }
  const isRunning = progress === 'running' || progress === 'twoRunning' || progress === 'failing';
  const entries = progress === 'twoRunning' || progress === 'twoEnded' ? 2 : 1;
  const missing = Math.max(0, memory.open - entries);
  return {
    quiet: !isRunning && memory.last === 'ended' && memory.wasSeen ? quiet : 0,
    unanswered: 0,
    empties: 0,
    last: isRunning ? 'running' : 'ended',
    wasSeen: true,
    hasError: memory.hasError || progress === 'failing' || progress === 'failedEnd',
    hadSeveral: memory.hadSeveral || entries > 1,
    open: (isRunning ? entries : 0) + missing,
    missing,
    hadStoppedEnd: memory.hadStoppedEnd || progress === 'stopped',
  };
}

/** A row of a scan that ended since: later than the baseline, and dated. */
function isNewRow(report: ReportName, wasSeen: boolean, { baseline, hasDate }: BeginningCase): boolean {
  if (report !== 'good' && report !== 'spoiled' && report !== 'bad' && report !== 'other') return false;
  if (!hasDate) return baseline === 'old';
  return baseline !== 'unreadable' || wasSeen;
}

/** True if the state lets its image pass. */
export function isPass(state: ScanState): boolean {
  if (state.phase !== 'finished' || state.error !== undefined) return false;
  const { row: proven, history } = state;
  if (proven === undefined) return true;
  const isOther = proven.digests.includes(OTHER_DIGEST);
  return proven.error === undefined && (!isOther || history.rows.every(({ isWanted }) => isWanted));
}

/** The step at which a state was reached; `deadline` if the time of the whole step ran out after it. */
export interface Reached {
  readonly begun: BeginningCase;
  readonly before: Memory;
  readonly memory: Memory;
  readonly poll: Poll | undefined;
  readonly isDeadline: boolean;
}

// ── The invariants ──────────────────────────────────────────────────────────────────────────────────────────────

/** The invariant that a state breaks; undefined if it holds them all. */
export function broken(state: ScanState, reached: Reached): string | undefined {
  if (state.phase === 'finished' && isPass(state)) return unproven(state, reached);
  const missed = mustPass(reached) ? 'a good row, with nothing running, did not decide at once' : undefined;
  if (isOpen(state)) return missed ?? errorIsOpen(reached) ?? overdue(reached);
  if (missed !== undefined) return missed;
  return state.phase === 'finished' ? failedTooSoon(state, reached) : givenUpTooSoon(state, reached);
}

/** Why a pass has neither a newer row behind it, nor one of the weaker proofs with its condition. */
function unproven(state: Finished, reached: Reached): string | undefined {
  if (reached.memory.hasError) return 'passed although progress had shown an error';
  switch (state.proof) {
    case 'report':
      return unprovenByRow(reached);
    case 'progress':
      return reached.memory.wasSeen ? unprovenByEnd(reached) : unprovenByFirstEnd(reached);
    case 'progress-lost':
      return unprovenByLoss(reached);
    case 'recent':
      return notRecent(reached);
    case 'digest':
      if (!reached.begun.hasDigest) return 'passed by a digest that nobody asked for';
      return (
        notOverBefore(reached) ?? (isWantedRow(reached) ? undefined : 'passed by a row of another digest')
      );
  }
}

function unprovenByRow({ begun, before, memory, poll, isDeadline }: Reached): string | undefined {
  if (poll === undefined || isDeadline) return 'passed without a row in this poll';
  if (!isNewRow(poll.report, memory.wasSeen, begun)) return 'passed without a newer row';
  if (poll.report !== 'good') return 'passed by a row that fails the image';
  if (memory.isSpoiled) return 'passed by the milder one of two answers about one scan';
  return notSeenOver(before, memory, poll);
}

/** Nothing is running in the same poll; an unanswered one needs another, and one row never stands for several entries. */
function notSeenOver(before: Memory, memory: Memory, { progress }: Poll): string | undefined {
  if (progress === 'not-polled') return 'passed without asking progress in the same poll';
  if (progress !== 'failed') return memory.last === 'running' ? 'passed while a scan was running' : undefined;
  if (before.last !== 'running') return undefined;
  if (memory.hadSeveral) return 'passed by the row of one, although several entries were running';
  return memory.unanswered < 2 ? 'passed by one unanswered poll after the scan was running' : undefined;
}

/** With a report that cannot be read, progress is all there is. */
function unprovenByEnd({ memory, poll }: Reached): string | undefined {
  if (memory.wasReadable) return 'passed by progress although the report can be read';
  if (poll?.report !== 'unreadable')
    return 'passed by progress before the report was refused in the same poll';
  if (memory.last === 'running') return 'passed by progress while a scan was running';
  if (memory.hadStoppedEnd) return 'passed although an end was not complete';
  return memory.open > 0 ? 'passed although an entry never ended' : undefined;
}

function unprovenByFirstEnd(reached: Reached): string | undefined {
  const { begun, memory } = reached;
  if (memory.wasReadable) return 'passed by the first end although the report can be read';
  if (begun.first !== 'ended') return 'passed by a first end that failed or was not complete';
  return notOverBefore(reached);
}

function unprovenByLoss({ before, memory, poll }: Reached): string | undefined {
  if (memory.wasReadable) return 'passed a lost scan although the report can be read';
  if (poll?.report !== 'unreadable')
    return 'passed a lost scan before the report was refused in the same poll';
  if (!memory.wasSeen) return 'passed a scan that was never seen';
  if (poll.progress !== 'empty' || before.empties < 1) return 'passed a lost scan by one poll';
  return memory.hadStoppedEnd || memory.missing > 0
    ? 'passed a lost scan of which a part was not complete'
    : undefined;
}

function notRecent(reached: Reached): string | undefined {
  const { begun, poll } = reached;
  if (!begun.hasAge) return 'passed as recent without max-scan-age';
  if (!begun.hasDate) return 'passed as recent without a date';
  if (!isWantedRow(reached)) return 'passed as recent by a row of another digest, or that failed';
  if (poll !== undefined) return notOverBefore(reached);
  return begun.first === 'empty' ? undefined : 'passed as recent although a scan ran or had just ended';
}

function isWantedRow({ begun, memory }: Reached): boolean {
  if (memory.latest === 'none' || memory.latest === 'bad') return false;
  return (memory.latest !== 'good' || !memory.isSpoiled) && (memory.latest !== 'other' || !begun.hasDigest);
}

/** `await`, the first poll showed an end, and nothing came since for all of `report-timeout`, or until the deadline. */
function notOverBefore({ begun, memory, isDeadline }: Reached): string | undefined {
  if (begun.origin !== 'awaited') return 'an end before the trigger counted';
  if (begun.first === 'empty' || memory.wasSeen)
    return 'a row from before counted although nothing was over before';
  if (!memory.isAnswered) return 'a row from before counted on a poll that was not answered';
  return isDeadline || memory.quiet >= TIMEOUT_STEPS
    ? undefined
    : 'a row from before counted before report-timeout';
}

/** A good row decides at once. */
function mustPass({ begun, memory, poll, isDeadline }: Reached): boolean {
  if (poll === undefined || isDeadline || memory.hasError || memory.isSpoiled) return false;
  const isOver = poll.progress === 'empty' || ENDS.has(poll.progress);
  return isOver && poll.report === 'good' && isNewRow('good', memory.wasSeen, begun);
}

/** An error decides with the end of the scan: a row could not make it good. */
function errorIsOpen({ memory, poll }: Reached): string | undefined {
  const showsEnd = poll !== undefined && ENDS.has(poll.progress);
  return showsEnd && memory.hasError ? 'open after an end, although an error was shown' : undefined;
}

/** Nothing stays open for longer than its phase timeout while the Console answers both and shows nothing new. */
function overdue({ memory, poll, isDeadline }: Reached): string | undefined {
  if (isDeadline) return 'open after the deadline';
  if (poll === undefined || memory.last === 'running') return undefined;
  const isAsked = poll.progress !== 'not-polled' && poll.report !== 'not-polled';
  const isOver = memory.isAnswered && isAsked && (memory.badFor ?? memory.quiet) > TIMEOUT_STEPS;
  return isOver ? 'open after its phase timeout' : undefined;
}

/** A failure by the report has to stand; one by progress has to have been shown. */
function failedTooSoon(state: Finished, { begun, memory, isDeadline }: Reached): string | undefined {
  if (state.error !== undefined) {
    const isOfFirst = begun.first === 'failedEnd' && begun.origin === 'awaited' && !memory.wasSeen;
    return memory.hasError || isOfFirst ? undefined : 'failed by an error that progress did not show since';
  }
  if (state.proof === 'digest') return memory.latest === 'old' ? 'failed by a row that is good' : undefined;
  if (memory.badFor === undefined) return 'failed by a row that was not shown, or is not newer';
  return isDeadline || memory.badFor >= TIMEOUT_STEPS
    ? undefined
    : 'failed by a row that has not stood for report-timeout';
}

/** Evidence in hand beats the deadline. */
function decidable(from: GivenUp['from'], { badFor, hadStoppedEnd, open }: Memory): string | undefined {
  if (badFor !== undefined) return 'out of time although a row that fails the image stands';
  return from === 'awaiting-report' && (hadStoppedEnd || open > 0)
    ? 'out of time although an end was not complete'
    : undefined;
}

function givenUpTooSoon(
  { why, from }: GivenUp,
  { begun, before, memory, poll, isDeadline }: Reached,
): string | undefined {
  const isSign = memory.wasSeen || (begun.origin === 'awaited' && begun.first !== 'empty');
  if (isDeadline && why === 'not-started' && isSign)
    return 'not-started although there was a sign of the scan';
  if (isDeadline) return why === 'still-scanning' ? decidable(from, memory) : undefined;
  if (memory.badFor !== undefined) return 'given up although a row that fails the image stands';
  const isAsked = poll !== undefined && poll.progress !== 'not-polled' && poll.report !== 'not-polled';
  const isBlindEnd = why === 'incomplete' && !memory.wasReadable && poll?.report === 'unreadable';
  if (!isBlindEnd && !(isAsked && memory.isAnswered)) return 'given up on a poll that was not answered';
  if (!isBlindEnd && memory.quiet < TIMEOUT_STEPS) return 'given up before its phase timeout';
  const isPart = memory.hadStoppedEnd || memory.open > 0;
  const isFirstPart = !memory.wasSeen && begun.first === 'stopped';
  if (why === 'incomplete') return isPart || isFirstPart ? undefined : 'incomplete although all was scanned';
  if (why === 'not-started') return before.wasSeen ? 'not-started although the scan was seen' : undefined;
  return why === 'unconfirmed' && from === 'awaiting-report' && isPart
    ? 'unconfirmed although it was incomplete'
    : undefined;
}
