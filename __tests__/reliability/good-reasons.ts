import { isAccepted } from 'compute-console-emulator';
import type { Reason } from '../../src/policy/reasons.ts';
import { type Cell, meaningOf, wireOf } from './cell.ts';
import type { Meaning } from './fault-case.ts';

const PASSED = 'scan-completed' satisfies Reason;
const UNCONFIRMED = 'unconfirmed' satisfies Reason;
const INCOMPLETE = 'scan-incomplete' satisfies Reason;

const REASON_OF = {
  unanswered: 'unreachable',
  forgotten: 'unreachable',
  nonsense: 'invalid-response',
  odd: 'invalid-response',
  rejected: 'unauthorized',
  tls: 'tls',
  'bad-request': 'bad-request',
  forbidden: 'forbidden',
  'not-found': 'not-found',
  // The contract has no reason for the rest of 4xx.
  refused: 'bad-request',
} as const satisfies Partial<Record<Meaning, Reason>>;

type Failing = keyof typeof REASON_OF;

/**
 * The reasons that the contract allows if the scan finishes without an error, and neither a gate nor its age decides.
 */
export function goodReasons(cell: Cell): readonly Reason[] {
  const meaning = meaningOf(cell);
  const isForGood = cell.times === 'for good';
  switch (meaning) {
    case 'harmless':
      return [PASSED];
    case 'accepted':
      return ['not-started'];
    case 'set-back':
      // The new row is older than the first response, by more than clocks may differ.
      return cell.position === 'middle' ? [UNCONFIRMED] : [PASSED];
    case 'unanswered':
    case 'nonsense':
      return isForGood ? neverAnswered(cell, meaning) : onceLost(cell);
    case 'odd':
      return isForGood ? unique([...neverAnswered(cell, meaning), ...neverShown(cell)]) : onceLost(cell);
    case 'empty':
      return isForGood ? neverShown(cell) : onceLost(cell);
    case 'forgotten':
      return isForGood ? neverAnswered(cell, meaning) : forgotten(cell);
    case 'tls':
      return afterFull(cell, 'tls');
    case 'rejected':
      return rejected(cell);
    case 'bad-request':
    case 'forbidden':
    case 'not-found':
    case 'refused':
      return refused(cell, meaning);
  }
}

/** A token is renewed once; the log-in that renews it is not tried again. */
function rejected({ call, times, position }: Cell): readonly Reason[] {
  if (call !== 'authenticate' && times === 'once') return [PASSED];
  // The read in full after the end may be the one that is refused; the compact form follows it.
  if (call === 'report' && times === 'twice' && position !== 'start') return [PASSED, 'unauthorized'];
  return ['unauthorized'];
}

/** After the end the row is read in full, and in its compact form if the read in full failed finally. */
function afterFull({ call, times, position }: Cell, reason: Reason): readonly Reason[] {
  return call === 'report' && times === 'once' && position !== 'start' ? [PASSED, reason] : [reason];
}

/** A call that is answered again. */
function onceLost(cell: Cell): readonly Reason[] {
  const { mode, position, call } = cell;
  // The end of a regular scan, which has no row, is lost with the one response that shows it.
  if (mode === 'await-regular' && call === 'progress' && position !== 'start' && hasActed(cell)) {
    return [PASSED, INCOMPLETE];
  }
  // A first response that takes half a minute, or a window of the rate limit, comes when the awaited scan is over.
  const isLate = isSlow(cell) || cell.fault.family === 'Status 429';
  if (mode === 'await' && call === 'report' && position === 'start' && isLate) {
    return [PASSED, UNCONFIRMED];
  }
  return [PASSED];
}

/** True if the response takes as long as the client waits for it. */
function isSlow(cell: Cell): boolean {
  const wire = wireOf(cell);
  return wire?.kind === 'fault' && (wire.fault.kind === 'stall' || wire.fault.kind === 'flood');
}

/** A call that is never answered again. */
function neverAnswered(cell: Cell, meaning: Failing): readonly Reason[] {
  const { call, position, mode } = cell;
  const reason = REASON_OF[meaning];
  switch (call) {
    case 'report':
    case 'full report':
      // A report that was readable has the proof; progress alone is not enough.
      return [reason];
    case 'trigger':
      return hasActed(cell) ? [PASSED] : [reason];
    case 'progress':
      if (mode === 'await-regular') return neverAnsweredOfRegular(cell, reason);
      // It has to be answered before the trigger; later a newer row proves the end without it.
      return position === 'start' && changesEmptyList(cell) ? [reason] : [PASSED];
    case 'authenticate':
    case 'any':
      return [reason];
  }
}

function neverAnsweredOfRegular(cell: Cell, reason: Reason): readonly Reason[] {
  if (changesEmptyList(cell)) return [reason];
  // The scan is hidden, and the empty list before and after it is not.
  return cell.position === 'start' ? ['not-started'] : [INCOMPLETE, PASSED];
}

/** A response that shows nothing, for good. */
function neverShown({ call, mode, position }: Cell): readonly Reason[] {
  if (call === 'report') return [UNCONFIRMED];
  if (call === 'progress' && mode === 'await-regular') {
    return position === 'start' ? ['not-started'] : [INCOMPLETE, PASSED];
  }
  return [PASSED];
}

/** A Console that restarts and has lost its scans. */
function forgotten({ position }: Cell): readonly Reason[] {
  // A scan that is requested after the restart runs, and one that has finished before it keeps its row.
  if (position !== 'middle') return [PASSED];
  // A scan that was lost before progress showed it looks as if it had never started.
  return [UNCONFIRMED, 'not-started'];
}

/** A refusal of the first request of a call is final; of a call that was answered before it is an outage. */
function refused(cell: Cell, meaning: Failing): readonly Reason[] {
  const reason = REASON_OF[meaning];
  const { call, position, times, mode } = cell;
  if (call === 'trigger') return [reason];
  if (position === 'start') {
    const isUnreadable = call === 'report' && (meaning === 'forbidden' || meaning === 'not-found');
    return isUnreadable ? [PASSED] : [reason];
  }
  if (times !== 'for good') return [PASSED];
  // The report proves the end without progress, unless a minute is over before.
  if (call === 'progress' && mode !== 'await-regular') return [PASSED, reason];
  // After a minute the refusal is final; the row may have been given up before.
  return call === 'report' ? [reason, UNCONFIRMED] : [reason];
}

/** True if the Console processes the request although its response is lost. */
function hasActed(cell: Cell): boolean {
  const wire = wireOf(cell);
  return wire?.kind === 'fault' && isAccepted(wire.fault);
}

/** True if the fault also changes the empty list, which progress shows before and after a scan. */
function changesEmptyList(cell: Cell): boolean {
  const wire = wireOf(cell);
  if (wire?.kind !== 'fault' || wire.fault.kind !== 'rewrite') return true;
  return '[]'.replace(wire.fault.pattern, wire.fault.to) !== '[]';
}

function unique(reasons: readonly Reason[]): readonly Reason[] {
  return [...new Set(reasons)];
}
