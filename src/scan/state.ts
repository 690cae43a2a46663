import type { ProgressAnswer, ReportReading, ReportRow } from './evidence.ts';

/** How far the proof has come that a scan is finished. */
export type Completion = Unseen | EndUnproven | Scanning | Ended | Vanished | Finished | GivenUp;

/** What is known whatever the state. */
export interface Known {
  /** Whether we started this scan ourselves (`triggered`) or wait for somebody else's (`awaited`). */
  readonly origin: 'triggered' | 'awaited';
  /** The report as it was before: what a newer row must be newer than. */
  readonly earlier: ReportReading;
  /** Whether it could be read only once the wait had begun. */
  readonly isEarlierLate: boolean;
  /** The last progress answer that had any entries. */
  readonly entries: ProgressAnswer;
  /** The first error that progress showed of this scan. It is kept, because each end is shown but once. */
  readonly error: string;
  /** Whether the scan has been asked for, by us and with success or by somebody else. */
  readonly isStarted: boolean;
  /** Whether progress ever showed several entries of this scan. */
  readonly isOfSeveral: boolean;
  /** How many looks in a row progress did not answer. */
  readonly silentLooks: number;
  /** How many looks in a row found the report unreadable, and progress not running. */
  readonly blindLooks: number;
  /** When the last look ended. */
  readonly lookedAtMs: number;
}

/** No sign of the scan yet. */
export interface Unseen extends Known {
  readonly phase: 'unseen';
  readonly sinceMs: number;
  readonly looks: number;
}

/** Progress showed an end that we never saw the beginning of: perhaps an earlier scan's, left unread. */
export interface EndUnproven extends Known {
  readonly phase: 'end-unproven';
  readonly sinceMs: number;
  /** How many answers showed an end. Only the first can be an earlier scan's: each end is shown but once. */
  readonly ends: number;
}

export interface Scanning extends Known {
  readonly phase: 'scanning';
}

/** Finished by progress; the report has yet to show it. */
export interface Ended extends Known {
  readonly phase: 'ended';
  readonly sinceMs: number;
  /** `agreeing`: seen only at its end, so any row will do once two reads in a row agree on it. */
  readonly rowCounts: 'when-newer' | 'when-agreeing';
  readonly lastRow: ReportRow | undefined;
}

/** Progress stopped showing a scan that it showed before: read by someone else, or lost in a restart. */
export interface Vanished extends Known {
  readonly phase: 'vanished';
  readonly sinceMs: number;
}

/**
 * What proved the end: progress showed it; the report's newer row alone; blind, progress staying empty; or the row of
 * a scan from before that is recent enough.
 */
export type Proof = 'progress' | 'report' | 'vanished' | 'recent';

export interface Finished extends Known {
  readonly phase: 'finished';
  readonly proof: Proof;
  /** The row of this very scan, where the report showed it. Its error, too, is in `error`. */
  readonly row: ReportRow | undefined;
  /** Why the row could not be read in full, with its findings; empty where it was, or nobody tried. */
  readonly unread: string;
}

export interface GivenUp extends Known {
  readonly phase: 'given-up';
  /** `not-asked-for`: the time was over before the Console could be asked to scan. */
  readonly why: 'not-asked-for' | 'no-sign' | 'end-unproven' | 'vanished' | 'still-scanning';
}

/** A state in which it is still worth looking. */
export type Open = Exclude<Completion, Finished | GivenUp>;

/**
 * The state before the first look. `earlier` must have been read before the trigger; `isStarted` says whether the
 * scan is known to have been asked for, by us with success or by somebody else.
 */
export function beginWait(
  origin: Known['origin'],
  earlier: ReportReading,
  atMs: number,
  isStarted = true,
): Completion {
  return {
    phase: 'unseen',
    origin,
    earlier,
    isEarlierLate: false,
    entries: [],
    error: '',
    isStarted,
    isOfSeveral: false,
    silentLooks: 0,
    blindLooks: 0,
    lookedAtMs: atMs,
    sinceMs: atMs,
    looks: 0,
  };
}

/** The state in which the end is proven, and the row of this very scan where the report showed it. */
export function finish(state: Known, proof: Proof, row: ReportRow | undefined): Finished {
  return {
    ...known(state),
    phase: 'finished',
    proof,
    row,
    error: state.error || (row?.error ?? ''),
    unread: '',
  };
}

/** The state in which it will not be known in time. */
export function giveUp(state: Known, why: GivenUp['why']): GivenUp {
  return { ...known(state), phase: 'given-up', why };
}

/** What a state hands on to the next. */
export function known(state: Known): Known {
  const {
    origin,
    earlier,
    isEarlierLate,
    entries,
    error,
    isStarted,
    isOfSeveral,
    silentLooks,
    blindLooks,
    lookedAtMs,
  } = state;
  return {
    origin,
    earlier,
    isEarlierLate,
    entries,
    error,
    isStarted,
    isOfSeveral,
    silentLooks,
    blindLooks,
    lookedAtMs,
  };
}
