import type { Reason } from '../../src/policy/reasons.ts';
import { type Cell, meaningOf } from './cell.ts';
import { goodReasons } from './good-reasons.ts';
import { type ExpectedEnd, setupOf } from './setups.ts';

const PASSED = 'scan-completed' satisfies Reason;
const UNREAD = 'report-unavailable' satisfies Reason;
const UNCONFIRMED = 'unconfirmed' satisfies Reason;

/**
 * The reasons that the contract allows for an image of a cell. Mostly it is one; several if the contract leaves it
 * open, with the reason in the comment beside them. The Console, not this table, decides if a pass is true.
 */
export function expectedReasons(cell: Cell, end: ExpectedEnd): readonly Reason[] {
  const inGood = reasonsInGood(cell);
  switch (end) {
    case 'passes':
      return inGood;
    case 'violates':
      return unique(inGood.map((reason) => (reason === PASSED ? 'severity-cutoff' : reason)));
    case 'fails':
      return itselfOr('scan-error', cell, inGood);
    case 'never ends':
      return itselfOr('still-scanning', cell, inGood);
  }
}

/** True if the fault is over by itself: then an image that is good has to pass. */
export function isToPass(cell: Cell, end: ExpectedEnd): boolean {
  return cell.times !== 'for good' && expectedReasons(cell, end).every((reason) => reason === PASSED);
}

function reasonsInGood(cell: Cell): readonly Reason[] {
  const { images, isGated } = setupOf(cell.setup);
  const reasons = isGated ? gatedReasons(cell) : plainReasons(cell);
  if (images.length === 1) return reasons;
  // A read in full for one image answers for those beside it, and may show no row of them for good.
  const mayHideRows = isGated && cell.call === 'full report' && cell.times === 'for good';
  const hidden: readonly Reason[] = mayHideRows ? [UNCONFIRMED] : [];
  // A fault of a request about one image leaves the others alone.
  return unique([PASSED, ...reasons, ...hidden]);
}

/** Without a gate, the findings decide nothing. */
function plainReasons(cell: Cell): readonly Reason[] {
  return cell.call === 'full report' ? [PASSED] : goodReasons(cell);
}

/** For a gate that needs the findings, and is met. */
function gatedReasons(cell: Cell): readonly Reason[] {
  const isForGood = cell.times === 'for good';
  const meaning = meaningOf(cell);
  if (cell.call === 'full report') {
    if (meaning === 'harmless' || !isForGood) return [PASSED];
    return meaning === 'odd' ? [PASSED, UNREAD] : [UNREAD];
  }
  const reasons = goodReasons(cell);
  if (cell.call !== 'report' || !isForGood) return reasons;
  // Progress proves the end, but nothing shows the findings.
  if (isUnreadable(cell)) return reasons.map((reason) => (reason === PASSED ? UNREAD : reason));
  return meaning === 'odd' ? unique([...reasons, UNREAD]) : reasons;
}

/** True if the report is refused from its first request on, so that progress alone has to show the end. */
function isUnreadable(cell: Cell): boolean {
  const meaning = meaningOf(cell);
  return cell.call === 'report' && (meaning === 'forbidden' || meaning === 'not-found');
}

/** A scan that does not finish well cannot pass. It may still fail for the fault before it fails by itself. */
function itselfOr(itself: Reason, cell: Cell, inGood: readonly Reason[]): readonly Reason[] {
  return unique([itself, ...unprovable(cell), ...inGood.filter((reason) => reason !== PASSED)]);
}

/** Progress that hides a scan for good leaves nothing to wait for but the report, which has no row of such a scan. */
function unprovable({ call, times }: Cell): readonly Reason[] {
  if (times !== 'for good') return [];
  return call === 'progress' || call === 'any'
    ? [UNCONFIRMED, 'not-started', 'unreachable', 'invalid-response', 'bad-request', 'forbidden', 'not-found']
    : [UNCONFIRMED];
}

function unique(reasons: readonly Reason[]): readonly Reason[] {
  return [...new Set(reasons)];
}
