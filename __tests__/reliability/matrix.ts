import { type Cell, POSITIONS, type Position, TIMES, type Times, wireOf } from './cell.ts';
import { CALLS, type Call, type FaultCase } from './fault-case.ts';
import { FAULTS } from './faults.ts';
import { UPHEAVALS } from './upheavals.ts';

interface Range {
  readonly faults: readonly FaultCase[];
  readonly calls: readonly (Call | 'any')[];
  readonly times: readonly Times[];
  readonly positions: readonly Position[];
  readonly mode: Cell['mode'];
  readonly prospect: Cell['prospect'];
}

/** Faults that can strike whatever is asked next, as when the Console or the way to it is gone. */
const OUTAGES = FAULTS.filter(({ family }) => family === 'Connection');

/** Every fault × call × how often × when, and a share of that in other modes and with other scans. */
export const MATRIX: readonly Cell[] = [
  ...cellsIn({
    faults: FAULTS,
    calls: CALLS,
    times: TIMES,
    positions: POSITIONS,
    mode: 'trigger',
    prospect: 'good',
  }),
  ...cellsIn({
    faults: [...OUTAGES, ...UPHEAVALS],
    calls: ['any'],
    times: TIMES,
    positions: POSITIONS,
    mode: 'trigger',
    prospect: 'good',
  }),
  // A scan that does not end well: nothing may make it pass.
  ...cellsIn({
    faults: UPHEAVALS,
    calls: ['any'],
    times: ['once', 'for good'],
    positions: POSITIONS,
    mode: 'trigger',
    prospect: 'failing',
  }),
  ...(['failing', 'endless'] as const).flatMap((prospect) =>
    cellsIn({
      faults: FAULTS.filter(isTelling),
      calls: ['report', 'progress', 'any'],
      times: prospect === 'failing' ? ['once', 'for good'] : ['for good'],
      positions: ['middle'],
      mode: 'trigger',
      prospect,
    }),
  ),
  // A scan that somebody else started.
  ...cellsIn({
    faults: FAULTS.filter(isTelling),
    calls: ['report', 'progress'],
    times: ['once', 'for good'],
    positions: POSITIONS,
    mode: 'await',
    prospect: 'good',
  }),
  ...(['good', 'endless'] as const).flatMap((prospect) =>
    cellsIn({
      // Two empty answers after one that showed it running are the end of a regular scan, by definition.
      faults: FAULTS.filter((fault) => isTelling(fault) && fault.meaning('progress') !== 'empty'),
      calls: ['authenticate', 'progress'],
      times: ['twice', 'for good'],
      positions: prospect === 'endless' ? ['middle'] : ['middle', 'end'],
      mode: 'await-regular',
      prospect,
    }),
  ),
];

function cellsIn({ faults, calls, times, positions, mode, prospect }: Range): readonly Cell[] {
  const cells = faults.flatMap((fault) =>
    calls.flatMap((call) =>
      times.flatMap((often) =>
        positions.map((position) => ({ fault, call, times: often, position, mode, prospect })),
      ),
    ),
  );
  return cells.filter((cell) => wireOf(cell) !== undefined && isWorthwhile(cell));
}

function isWorthwhile({ fault, call, times, position, mode, prospect }: Cell): boolean {
  // A clock that is set is not set back by itself.
  if (fault.wire('progress')?.kind === 'clock') return times === 'for good';
  if (fault.isHeavy !== true) return true;
  if (mode !== 'trigger' || prospect !== 'good') return false;
  return times === 'once' || (times === 'for good' && call === 'report' && position === 'start');
}

/** One fault of each kind: of the statuses, one of each meaning, with HTML. */
function isTelling({ family, name }: FaultCase): boolean {
  if (!family.startsWith('Status ')) return true;
  return /^Status (400|401|404|429|503)$/.test(family) && name === 'with HTML';
}
