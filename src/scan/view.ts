import { type Counts, countPhase } from './evidence.ts';
import type { Completion } from './state.ts';

/** Where a wait stands, in the terms that a person follows it in. */
export type Stage =
  | 'waiting'
  | 'discovery'
  | 'image-scan'
  | 'end-unproven'
  | 'report-pending'
  | 'vanished'
  | 'finished'
  | 'given-up';

/** What each stage is called, wherever people see it. */
export const STAGE_TEXT = {
  waiting: 'waiting for the scan to show up',
  discovery: 'step 1/2  discovering tags',
  'image-scan': 'step 2/2  scanning images',
  'end-unproven': 'progress shows the end of a scan that may be an earlier one; waiting for the report',
  'report-pending': 'scan ended; waiting for the report to show it',
  vanished: 'progress no longer shows the scan; waiting for the report to show it',
  finished: 'the scan is over',
  'given-up': 'giving up',
} as const satisfies Record<Stage, string>;

export interface View {
  readonly stage: Stage;
  /** What the stage counts; undefined where there is nothing to count. */
  readonly counts: Counts | undefined;
}

/** What a state looks like from outside. */
export function viewOf(state: Completion): View {
  switch (state.phase) {
    case 'unseen':
      return { stage: 'waiting', counts: undefined };
    case 'end-unproven':
      return { stage: 'end-unproven', counts: undefined };
    case 'ended':
      return { stage: 'report-pending', counts: countPhase(state.entries, 'imageScan') };
    case 'vanished':
      return { stage: 'vanished', counts: countPhase(state.entries, 'imageScan') };
    case 'finished':
      return { stage: 'finished', counts: undefined };
    case 'given-up':
      return { stage: 'given-up', counts: undefined };
    case 'scanning': {
      const discovery = countPhase(state.entries, 'discovery');
      const imageScan = countPhase(state.entries, 'imageScan');
      // The second phase is announced by its counts; `discovery.discovery` is false in every published sample.
      const isScanningImages =
        imageScan.scanned > 0 || (imageScan.total > 0 && discovery.scanned >= discovery.total);
      return isScanningImages
        ? { stage: 'image-scan', counts: imageScan }
        : { stage: 'discovery', counts: discovery };
    }
  }
}
