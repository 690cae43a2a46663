import type { Reason } from '../../src/gate/verdict.ts';
import { type Cell, meaningOf } from './cell.ts';
import { final, plainReasons } from './plain-expectation.ts';

const RECENT = 'recent-scan' satisfies Reason;
const PASSED = 'scan-completed' satisfies Reason;
const UNREAD = 'report-unavailable' satisfies Reason;

/**
 * The reasons that the contract allows where a scan of before may do, if it is recent and of the digest asked for. Where
 * that is not clear another scan is started, and the report has to show its digest.
 */
export function recentReasons(cell: Cell): readonly Reason[] {
  const own: readonly Reason[] = cell.prospect === 'stale' ? [PASSED] : [RECENT, PASSED];
  const passes = cell.times !== 'for good';
  const meaning = meaningOf(cell);
  switch (meaning) {
    case 'of-another':
      if (!passes) return ['digest-mismatch'];
      // The report that is read last has the last word, right or wrong.
      return cell.call === 'report' && cell.times === 'once' ? own : [...own, 'digest-mismatch'];
    case 'undated':
      return own;
    case 'misdated':
      // No later row is newer than one of the future, so none is known to be of the scan that was started.
      return passes || cell.call === 'full report' ? own : [...own, UNREAD];
    case 'harmless':
      return own;
    default:
      break;
  }
  if (cell.call === 'full report') return own;
  switch (meaning) {
    case 'odd':
      return passes ? own : [...own, 'invalid-response', UNREAD];
    case 'empty':
      return passes ? own : [UNREAD];
    case 'forbidden':
    case 'not-found':
      return passes ? own : [UNREAD];
    case 'rejected':
    case 'tls':
    case 'bad-request':
    case 'refused':
      return final(cell, meaning).flatMap((reason) => (reason === PASSED ? own : [reason]));
    default:
      return plainReasons(cell).flatMap((reason) => (reason === PASSED ? own : [reason]));
  }
}
