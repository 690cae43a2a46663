import type { Reason } from '../../src/gate/verdict.ts';
import { type Cell, meaningOf, wireOf } from './cell.ts';
import { final, plainReasons } from './plain-expectation.ts';

const PASSED = 'scan-completed' satisfies Reason;
const UNREAD = 'report-unavailable' satisfies Reason;

/** The reasons that the contract allows where a gate needs the findings, and has nothing to object to. */
export function gatedReasons(cell: Cell): readonly Reason[] {
  if (cell.call === 'full report') return withoutFindings(cell);
  const reasons = plainReasons(cell);
  // A clock that was set back makes a new row look old, and then nobody knows whose findings it has.
  if (wireOf(cell)?.kind === 'clock') return [PASSED, UNREAD];
  if (cell.call !== 'report' || cell.times !== 'for good') return reasons;
  switch (meaningOf(cell)) {
    case 'harmless':
      return reasons;
    case 'odd':
      return [...reasons, UNREAD];
    default:
      // Progress proves the end, and nothing tells what was found.
      return reasons.map((reason) => (reason === PASSED ? UNREAD : reason));
  }
}

/** The scan is finished, and its findings cannot be read. */
function withoutFindings(cell: Cell): readonly Reason[] {
  const passes = cell.times !== 'for good';
  const meaning = meaningOf(cell);
  switch (meaning) {
    case 'harmless':
      return [PASSED];
    case 'odd':
      return passes ? [PASSED] : [PASSED, UNREAD];
    case 'rejected':
    case 'tls':
      return final(cell, meaning);
    default:
      return passes ? [PASSED] : [UNREAD];
  }
}
