import { type Cell, POSITIONS, type Position, TIMES, type Times, wireOf } from './cell.ts';
import { CALLS, type Call, type FaultCase } from './fault-case.ts';
import { FAULTS, isTelling } from './faults.ts';
import { MISLEADING_FINDINGS, UNREADABLE_FINDINGS } from './finding-faults.ts';
import { CLOCKS_SET, RECENCY_FAULTS } from './recency-faults.ts';
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

/** The report is read in full once the scan is over, so one position is all of them. */
const ONCE_OVER = { calls: ['full report'], positions: ['start'], mode: 'trigger' } as const;

/** Every fault × call × how often × when, and a share of that in other modes and with other scans. */
export const MATRIX: readonly Cell[] = [
  ...cellsIn({
    faults: FAULTS,
    calls: CALLS.filter((call) => call !== 'full report'),
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
  // Without a gate, nothing that comes of reading the findings decides.
  ...cellsIn({
    ...ONCE_OVER,
    faults: [...FAULTS.filter(isTelling), ...UNREADABLE_FINDINGS],
    times: ['once', 'for good'],
    prospect: 'good',
  }),
  // With a gate, what has a grave finding never passes, and what has none passes wherever the fault does.
  ...(['clean', 'vulnerable'] as const).flatMap((prospect) => [
    ...cellsIn({ ...ONCE_OVER, faults: [...FAULTS, ...UNREADABLE_FINDINGS], times: TIMES, prospect }),
    ...cellsIn({
      faults: FAULTS.filter(isTelling),
      calls: ['authenticate', 'report', 'trigger', 'progress'],
      times: prospect === 'clean' ? ['once', 'twice'] : TIMES,
      positions: prospect === 'clean' ? ['start', 'end'] : POSITIONS,
      mode: 'trigger',
      prospect,
    }),
    ...cellsIn({
      faults: UPHEAVALS,
      calls: ['any'],
      times: TIMES,
      positions: POSITIONS,
      mode: 'trigger',
      prospect,
    }),
  ]),
  ...cellsIn({ ...ONCE_OVER, faults: MISLEADING_FINDINGS, times: TIMES, prospect: 'vulnerable' }),
  ...cellsIn({
    ...ONCE_OVER,
    faults: FAULTS.filter(({ name }) =>
      ['dropped within the body', 'cut short', 'a log-in page', 'gzip, which nobody asked for'].includes(
        name,
      ),
    ),
    times: ['once', 'for good'],
    prospect: 'large',
  }),
  // A scan of before that may do.
  ...(['recent', 'stale', 'recent-vulnerable'] as const).flatMap((prospect) => [
    ...cellsIn({
      faults: prospect === 'recent-vulnerable' ? FAULTS.filter(isTelling) : RECENCY_FAULTS,
      calls: ['report', 'full report'],
      times: prospect === 'recent-vulnerable' ? ['once', 'for good'] : TIMES,
      positions: ['start'],
      mode: 'trigger',
      prospect,
    }),
    ...cellsIn({
      faults: [...CLOCKS_SET, ...UPHEAVALS],
      calls: ['any'],
      times: ['once', 'for good'],
      positions: ['start'],
      mode: 'trigger',
      prospect,
    }),
  ]),
  ...cellsIn({
    faults: FAULTS.filter(isTelling),
    calls: ['report', 'full report'],
    times: TIMES,
    positions: ['start'],
    mode: 'trigger',
    prospect: 'recent',
  }),
  // Three images in one step, of which one fails by itself.
  ...cellsIn({
    faults: FAULTS.filter(isTelling),
    calls: ['report', 'trigger', 'progress'],
    times: ['once', 'for good'],
    positions: ['middle'],
    mode: 'trigger',
    prospect: 'several',
  }),
  ...cellsIn({
    faults: UPHEAVALS,
    calls: ['any'],
    times: ['twice', 'for good'],
    positions: ['middle', 'end'],
    mode: 'trigger',
    prospect: 'several',
  }),
  ...cellsIn({
    ...ONCE_OVER,
    faults: [...FAULTS.filter(isTelling), ...UNREADABLE_FINDINGS],
    times: TIMES,
    prospect: 'several-gated',
  }),
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
