import type { Limits } from '../scan/limits.ts';
import type { GivenUp, History } from '../scan/state.ts';
import { countPhase } from '../scan/types.ts';
import type { ShownInstead, WaitGivenUp, WaitMode } from './because.ts';
import { type Decision, decide } from './decision.ts';
import type { Reason } from './reasons.ts';

/** The parts of a run that the facts depend on. */
export interface GivenUpContext {
  readonly mode: WaitMode;
  readonly limits: Limits;
  /** The value of `max-scan-age`; undefined for never. */
  readonly maxScanAgeMs: number | undefined;
}

const REASONS = {
  'not-triggered': 'not-started',
  'not-started': 'not-started',
  'still-scanning': 'still-scanning',
  incomplete: 'scan-incomplete',
  unconfirmed: 'unconfirmed',
} as const satisfies Record<GivenUp['why'], Reason>;

/** The decision about a wait that was given up. `isPlatform`: it was for one platform of a multi-platform image. */
export function decisionOfGivenUp(state: GivenUp, context: GivenUpContext, isPlatform: boolean): Decision {
  const because = givenUpFacts(state, context);
  const reason = REASONS[state.why];
  // Either no Defender is of its architecture, or the settings of the Console leave the platform out.
  const isUnscanned = reason === 'not-started' || reason === 'scan-incomplete';
  return isPlatform && isUnscanned
    ? decide('platform-unscanned', { kind: 'platform-not-scanned', because })
    : decide(reason, because);
}

function givenUpFacts({ why, from, history }: GivenUp, context: GivenUpContext): WaitGivenUp {
  const { mode, limits, maxScanAgeMs } = context;
  return {
    kind: 'wait-given-up',
    mode,
    why,
    from,
    waitedMs: waitedMs(why, limits),
    maxScanAgeMs,
    discovery: countPhase(history.progress, 'discovery'),
    imageScan: countPhase(history.progress, 'imageScan'),
    shown: shownInstead(history),
  };
}

function waitedMs(why: GivenUp['why'], { timeoutMs, startTimeoutMs, reportTimeoutMs }: Limits): number {
  switch (why) {
    case 'not-triggered':
    case 'still-scanning':
      return timeoutMs;
    case 'not-started':
      return Math.min(startTimeoutMs, timeoutMs);
    case 'incomplete':
    case 'unconfirmed':
      return Math.min(reportTimeoutMs, timeoutMs);
  }
}

function shownInstead({ snapshot, outdated, baseline }: History): ShownInstead {
  if (outdated !== undefined) {
    return { kind: 'outdated-scan', scanTime: outdated.text, baselineAtMs: baseline.readAtMs };
  }
  switch (snapshot.kind) {
    case 'row': {
      const { scanTime } = snapshot.row;
      if (scanTime === undefined) return { kind: 'unscanned-row' };
      const { readAtMs } = snapshot;
      const ageMs = readAtMs === undefined ? undefined : Math.max(0, readAtMs - scanTime.epochMs);
      return { kind: 'scan', scanTime: scanTime.text, ageMs };
    }
    case 'absent':
      return { kind: 'no-row' };
    case 'unreadable':
      return { kind: 'unreadable' };
  }
}
