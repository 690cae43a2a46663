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
      return unique(inGood.map((reason) => (isPass(reason) ? 'severity-cutoff' : reason)));
    case 'fails':
      return itselfOr('scan-error', cell, inGood);
    case 'never ends':
      return itselfOr('still-scanning', cell, inGood);
  }
}

/** True if the fault is over by itself: then an image that is good has to pass. */
export function isToPass(cell: Cell, end: ExpectedEnd): boolean {
  return cell.times !== 'for good' && expectedReasons(cell, end).every(isPass);
}

function isPass(reason: Reason): boolean {
  return reason === 'scan-completed' || reason === 'recent-scan';
}

function reasonsInGood(cell: Cell): readonly Reason[] {
  const { images, isGated, maxScanAgeMs } = setupOf(cell.setup);
  const reasons = isGated ? gatedReasons(cell) : maxScanAgeMs ? recentReasons(cell) : plainReasons(cell);
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

/**
 * For setups that accept an earlier scan if it is recent and has the requested digest. If that is not clear, another
 * scan is started, and the report has to show its digest.
 */
function recentReasons(cell: Cell): readonly Reason[] {
  const own: readonly Reason[] = cell.setup === 'stale' ? [PASSED] : ['recent-scan', PASSED];
  const isForGood = cell.times === 'for good';
  const meaning = meaningOf(cell);
  switch (meaning) {
    case 'of-another':
      if (isForGood && cell.call === 'report') return ['digest-mismatch'];
      // A row that is read in full after the proof has the last word.
      return cell.call === 'report' ? own : [...own, 'digest-mismatch'];
    case 'undated':
      return own;
    case 'dated-ahead':
      // Every row is older than the first response claims to be.
      return cell.call === 'full report' ? own : [...own, UNCONFIRMED];
    case 'without-digest':
      return isForGood ? [...own, UNREAD] : own;
    case 'misdated':
      return isForGood && cell.call === 'report' ? [...own, UNCONFIRMED] : own;
    default:
      break;
  }
  if (cell.call === 'full report') return own;
  const reasons = goodReasons(cell).flatMap((reason) => (reason === PASSED ? own : [reason]));
  if (!isForGood) return reasons;
  // Only a row has a digest.
  if (isUnreadable(cell)) return reasons.map((reason) => (isPass(reason) ? UNREAD : reason));
  return meaning === 'odd' ? unique([...reasons, UNREAD]) : reasons;
}

/** True if the report is refused from its first request on, so that progress alone has to show the end. */
function isUnreadable(cell: Cell): boolean {
  const meaning = meaningOf(cell);
  return cell.call === 'report' && (meaning === 'forbidden' || meaning === 'not-found');
}

/** A scan that does not finish well cannot pass. It may still fail for the fault before it fails by itself. */
function itselfOr(itself: Reason, cell: Cell, inGood: readonly Reason[]): readonly Reason[] {
  return unique([itself, ...unprovable(cell), ...inGood.filter((reason) => !isPass(reason))]);
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
