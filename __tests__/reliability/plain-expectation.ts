import type { Reason } from '../../src/gate/verdict.ts';
import { type Cell, meaningOf } from './cell.ts';
import type { Meaning } from './fault-case.ts';

const PASSED = 'scan-completed' satisfies Reason;

const LOST = 'Answer lost after the Console has acted';
const SPOILED = 'The Console’s answer, spoiled';

/** The reasons that the contract allows where the scan finishes well, and neither a gate nor its age decides. */
export function plainReasons(cell: Cell): readonly Reason[] {
  const meaning = meaningOf(cell);
  const passes = cell.times !== 'for good';
  switch (meaning) {
    case 'harmless':
      return [PASSED];
    case 'unanswered':
      return passes ? [PASSED] : forGood(cell, 'unreachable');
    case 'nonsense':
      return passes ? [PASSED] : forGood(cell, 'invalid-response');
    case 'odd':
      return odd(cell);
    case 'empty':
      return empty(cell);
    case 'forgotten':
      return forgotten(cell);
    case 'undated':
    case 'misdated':
    case 'of-another':
      return [PASSED];
    case 'rejected':
    case 'tls':
    case 'bad-request':
    case 'forbidden':
    case 'not-found':
    case 'refused':
      return final(cell, meaning);
  }
}

/** One question that is never answered again. */
function forGood(cell: Cell, reason: Reason): readonly Reason[] {
  const { call, position, mode } = cell;
  if (call === 'report') {
    // The report as it was before must be known before anything is asked for.
    if (position === 'start') return [reason];
    // Progress alone proves an end whose beginning it showed; whether it was asked in time to show it is open.
    return position === 'middle' ? [PASSED, reason, 'unconfirmed'] : [PASSED];
  }
  // The report alone proves an end that progress never shows, except that of a regular scan, which has no row.
  if (call === 'progress' && mode !== 'await-regular') return [PASSED];
  if (call === 'trigger') return acted(cell) ? [PASSED] : [reason, 'not-started'];
  // What is spoiled is an entry; the empty list after the end says as much to whoever saw the scan running.
  if (cell.fault.family === SPOILED) return [reason, 'still-scanning', PASSED];
  // Once the scan was seen, both are true at the deadline: it was still scanning, and the Console is silent.
  return position === 'start' ? [reason] : [reason, 'still-scanning'];
}

/** Whether the Console takes the trigger although its answer is spoiled. */
function acted({ fault }: Cell): boolean {
  return fault.family === LOST;
}

function odd(cell: Cell): readonly Reason[] {
  // Whatever is taken for an accepted trigger, though nobody took it: the scan never starts.
  if (cell.call === 'trigger') return [PASSED, 'not-started', 'invalid-response'];
  if (cell.times !== 'for good') return [PASSED];
  const asNonsense = forGood(cell, 'invalid-response');
  return [...new Set([...asNonsense, ...empty(cell)])];
}

function empty(cell: Cell): readonly Reason[] {
  // That is what an accepted trigger looks like.
  // An empty list is no empty body, though nobody can say that it is a refusal.
  if (cell.call === 'trigger') return [PASSED, 'not-started', 'invalid-response'];
  if (cell.times !== 'for good' || cell.mode !== 'await-regular') return [PASSED];
  // A regular scan that was never seen has not started; one that vanished for good counts as finished.
  return cell.position === 'start' ? ['not-started'] : [PASSED];
}

function forgotten(cell: Cell): readonly Reason[] {
  if (cell.times === 'for good') return forGood(cell, 'unreachable');
  // What is asked for after the restart runs, and what has finished before it keeps its row.
  if (cell.position !== 'middle') return [PASSED];
  // What was lost before anybody saw it looks as if it had never started.
  return ['unconfirmed', 'not-started'];
}

const REASON_OF = {
  rejected: 'unauthorized',
  tls: 'tls',
  'bad-request': 'bad-request',
  forbidden: 'forbidden',
  'not-found': 'not-found',
  // The contract has no reason for the rest of 4xx.
  refused: 'bad-request',
} as const satisfies Partial<Record<Meaning, Reason>>;

export function final(cell: Cell, meaning: keyof typeof REASON_OF): readonly Reason[] {
  const reason = REASON_OF[meaning];
  const { call, position, times } = cell;
  // A token is renewed once; the log-in that renews it is not tried again.
  if (meaning === 'rejected' && call !== 'authenticate' && times === 'once') return [PASSED];
  // A report that may not be read is a fact like another, and progress has to do.
  if (call === 'report' && (meaning === 'forbidden' || meaning === 'not-found')) return [PASSED];
  // A refusal while a finished scan is in hand: progress or the report has proven it, or would, if asked first.
  if (position === 'end' && (call === 'report' || call === 'progress')) return [reason, PASSED];
  return [reason];
}
