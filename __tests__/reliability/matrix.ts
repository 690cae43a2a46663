import { type Cell, POSITIONS, type Position, TIMES, type Times, wireOf } from './cell.ts';
import { CONSOLE_FAULTS } from './console-faults.ts';
import { CALLS, type Call, type FaultCase } from './fault-case.ts';
import { FAULTS, isRepresentative } from './faults.ts';
import { MISLEADING_FINDINGS, UNREADABLE_FINDINGS } from './finding-faults.ts';

interface Range {
  readonly faults: readonly FaultCase[];
  readonly calls: readonly (Call | 'any')[];
  readonly times: readonly Times[];
  readonly positions: readonly Position[];
  readonly mode: Cell['mode'];
  readonly setup: Cell['setup'];
}

/** Faults of whichever request is next, as when the Console or the network path to it is gone. */
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
    setup: 'good',
  }),
  ...cellsIn({
    faults: [...OUTAGES, ...CONSOLE_FAULTS],
    calls: ['any'],
    times: TIMES,
    positions: POSITIONS,
    mode: 'trigger',
    setup: 'good',
  }),
  // A scan that does not end well: nothing may make it pass.
  ...cellsIn({
    faults: CONSOLE_FAULTS,
    calls: ['any'],
    times: ['once', 'for good'],
    positions: POSITIONS,
    mode: 'trigger',
    setup: 'failing',
  }),
  ...(['failing', 'endless'] as const).flatMap((setup) =>
    cellsIn({
      faults: FAULTS.filter(isRepresentative),
      // The report is not read while progress shows the scan running.
      calls: setup === 'failing' ? ['report', 'progress', 'any'] : ['progress', 'any'],
      times: setup === 'failing' ? ['once', 'for good'] : ['for good'],
      positions: ['middle'],
      mode: 'trigger',
      setup,
    }),
  ),
  // Without a gate, nothing that comes of reading the findings decides.
  ...cellsIn({
    ...ONCE_OVER,
    faults: [...FAULTS.filter(isRepresentative), ...UNREADABLE_FINDINGS],
    times: ['once', 'for good'],
    setup: 'good',
  }),
  // With a gate, what has a grave finding never passes, and what has none passes wherever the fault does.
  ...(['clean', 'vulnerable'] as const).flatMap((setup) => [
    ...cellsIn({ ...ONCE_OVER, faults: [...FAULTS, ...UNREADABLE_FINDINGS], times: TIMES, setup }),
    ...cellsIn({
      faults: FAULTS.filter(isRepresentative),
      calls: ['report'],
      times: ['once', 'twice'],
      positions: ['start', 'end'],
      mode: 'trigger',
      setup,
    }),
  ]),
  ...cellsIn({ ...ONCE_OVER, faults: MISLEADING_FINDINGS, times: TIMES, setup: 'vulnerable' }),
  ...cellsIn({
    ...ONCE_OVER,
    faults: FAULTS.filter(({ name }) =>
      ['dropped within the body', 'cut short', 'a log-in page', 'gzip'].includes(name),
    ),
    times: ['once', 'for good'],
    setup: 'large',
  }),
  // Three images in one step, of which one fails by itself.
  ...cellsIn({
    faults: FAULTS.filter(isRepresentative),
    calls: ['report', 'trigger', 'progress'],
    times: ['once', 'for good'],
    positions: ['middle'],
    mode: 'trigger',
    setup: 'several',
  }),
  ...cellsIn({
    faults: CONSOLE_FAULTS,
    calls: ['any'],
    times: ['twice', 'for good'],
    positions: ['middle', 'end'],
    mode: 'trigger',
    setup: 'several',
  }),
  ...cellsIn({
    ...ONCE_OVER,
    faults: [...FAULTS.filter(isRepresentative), ...UNREADABLE_FINDINGS],
    times: TIMES,
    setup: 'several-gated',
  }),
  // A scan that another job started.
  ...cellsIn({
    faults: FAULTS.filter(isRepresentative),
    calls: ['report', 'progress'],
    times: ['once', 'for good'],
    positions: POSITIONS,
    mode: 'await',
    setup: 'good',
  }),
  ...cellsIn({
    faults: FAULTS.filter(isRepresentative),
    calls: ['authenticate', 'progress'],
    times: ['twice', 'for good'],
    positions: ['middle', 'end'],
    mode: 'await-regular',
    setup: 'good',
  }),
];

function cellsIn({ faults, calls, times, positions, mode, setup }: Range): readonly Cell[] {
  const cells = faults.flatMap((fault) =>
    calls.flatMap((call) =>
      times.flatMap((often) =>
        positions.map((position) => ({ fault, call, times: often, position, mode, setup })),
      ),
    ),
  );
  return cells.filter((cell) => wireOf(cell) !== undefined && isWorthwhile(cell));
}

function isWorthwhile({ fault, call, times, position, mode, setup }: Cell): boolean {
  // A clock that is set is not set back by itself.
  if (fault.wire('progress')?.kind === 'clock') return times === 'for good';
  if (fault.isHeavy !== true) return true;
  if (mode !== 'trigger' || setup !== 'good') return false;
  return times === 'once' || (times === 'for good' && call === 'report' && position === 'start');
}
