import { type Counts, countPhase } from '../scan/evidence.ts';
import type { History } from '../scan/history.ts';
import type { Limits } from '../scan/limits.ts';
import type { GivenUp } from '../scan/state.ts';

/** The way in which a scan begins: requested by this step, by another job, or by the schedule of the registries. */
export type WaitMode = 'trigger' | 'await' | 'await-regular';

/** The wait ended without a proof. */
export interface WaitGivenUp {
  readonly mode: WaitMode;
  readonly why: GivenUp['why'];
  /** The phase in which the wait ended. */
  readonly from: GivenUp['from'];
  /** The time that ran out, in milliseconds: that of the step, to start, or for the report. */
  readonly waitedMs: number;
  /** The value of `max-scan-age`; undefined if only a new scan counts. */
  readonly maxScanAgeMs: number | undefined;
  /** The counts of the last progress that had entries. */
  readonly discovery: Counts;
  readonly imageScan: Counts;
  readonly shown: ShownInstead;
}

/** The row that the report shows instead of the expected scan. */
export type ShownInstead =
  | { readonly kind: 'scan'; readonly scanTime: string; readonly ageMs: number | undefined }
  /** A newer row whose scan was over before the step read the report first. */
  | { readonly kind: 'outdated-scan'; readonly scanTime: string; readonly baselineAtMs: number | undefined }
  /** The Console sends no `Date`, and there was no earlier row to compare this one with. */
  | { readonly kind: 'undated-scan'; readonly scanTime: string }
  | { readonly kind: 'unscanned-row' }
  | { readonly kind: 'no-row' }
  | { readonly kind: 'unreadable' };

/** The parts of a run that the facts depend on. */
interface GivenUpContext {
  readonly mode: WaitMode;
  readonly limits: Limits;
  /** The value of `max-scan-age`; undefined for never. */
  readonly maxScanAgeMs: number | undefined;
}

/** The facts of a wait that was given up. */
export function givenUpFacts({ why, from, history }: GivenUp, context: GivenUpContext): WaitGivenUp {
  const { mode, limits, maxScanAgeMs } = context;
  return {
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

function shownInstead({ snapshot, outdated, baseline, readAtMs }: History): ShownInstead {
  if (outdated !== undefined) {
    return { kind: 'outdated-scan', scanTime: outdated.text, baselineAtMs: readAtMs };
  }
  switch (snapshot.kind) {
    case 'row': {
      const { scanTime } = snapshot.row;
      if (scanTime === undefined) return { kind: 'unscanned-row' };
      if (readAtMs === undefined && baseline.kind !== 'row') {
        return { kind: 'undated-scan', scanTime: scanTime.text };
      }
      const atMs = snapshot.readAtMs ?? readAtMs;
      const ageMs = atMs === undefined ? undefined : Math.max(0, atMs - scanTime.epochMs);
      return { kind: 'scan', scanTime: scanTime.text, ageMs };
    }
    case 'absent':
      return { kind: 'no-row' };
    case 'unreadable':
      return { kind: 'unreadable' };
  }
}
