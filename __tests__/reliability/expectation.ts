import type { Reason } from '../../src/gate/verdict.ts';
import type { Cell } from './cell.ts';
import { gatedReasons } from './gated-expectation.ts';
import { plainReasons } from './plain-expectation.ts';
import { type Fate, planOf } from './prospects.ts';
import { recentReasons } from './recent-expectation.ts';

/**
 * The reasons that the contract allows for an image of a cell. Mostly it is one; several where the contract leaves it
 * open, and the comment beside them says why. Whether a pass is true is asked of the Console, not of this table.
 */
export function expectedReasons(cell: Cell, fate: Fate): readonly Reason[] {
  const inGood = reasonsInGood(cell);
  switch (fate) {
    case 'passes':
      return inGood;
    case 'is held':
      return [...new Set(inGood.map((reason) => (isPass(reason) ? 'severity-cutoff' : reason)))];
    case 'fails':
      return itselfOr('scan-error', cell, inGood);
    case 'never ends':
      return itselfOr('still-scanning', cell, inGood);
  }
}

/** What passes by itself: then an image that is good has to pass. */
export function isToPass(cell: Cell, fate: Fate): boolean {
  return cell.times !== 'for good' && expectedReasons(cell, fate).every(isPass);
}

function isPass(reason: Reason): boolean {
  return reason === 'scan-completed' || reason === 'recent-scan';
}

function reasonsInGood(cell: Cell): readonly Reason[] {
  const { images, isGated, maxScanAgeMs } = planOf(cell.prospect);
  const plain = isGated ? gatedReasons(cell) : plainReasons(cell);
  // What strikes the question about one image leaves the others alone.
  if (images.length > 1) return [...new Set<Reason>(['scan-completed', ...plain])];
  if (isGated) return plain;
  if (maxScanAgeMs !== undefined) return recentReasons(cell);
  // The findings decide nothing, so nothing that comes of reading them does.
  return cell.call === 'full report' ? ['scan-completed'] : plain;
}

/** A scan that does not finish well cannot pass. It may still fail for the fault before it fails by itself. */
function itselfOr(itself: Reason, cell: Cell, inGood: readonly Reason[]): readonly Reason[] {
  return [...new Set([itself, ...unprovable(cell), ...inGood.filter((reason) => !isPass(reason))])];
}

/** Progress that denies a running scan for good leaves nothing to wait for but the report. */
function unprovable(cell: Cell): readonly Reason[] {
  return cell.times === 'for good' ? ['unconfirmed', 'not-started', 'unreachable', 'invalid-response'] : [];
}
