import type { Stage } from './events.ts';
import { type Counts, countPhase, type Progress } from './evidence.ts';
import type { ScanState } from './state.ts';

/** The stage of a wait, with its counts. */
export function stageOf(state: ScanState): { readonly stage: Stage; readonly counts: Counts | undefined } {
  const { progress } = state.history;
  switch (state.phase) {
    case 'scanning':
      return stageOfScan(progress);
    case 'awaiting-report':
    case 'lost':
    case 'between-batches':
      return { stage: state.phase, counts: countPhase(progress, 'imageScan') };
    case 'pending':
    case 'over-before':
    case 'awaiting-better-row':
    case 'finished':
    case 'given-up':
      return { stage: state.phase, counts: undefined };
  }
}

/** The counts show when the second phase has begun; `discovery.discovery` is false in every published sample. */
function stageOfScan(progress: Progress): ReturnType<typeof stageOf> {
  const discovery = countPhase(progress, 'discovery');
  const imageScan = countPhase(progress, 'imageScan');
  const isScanningImages =
    imageScan.scanned > 0 || (imageScan.total > 0 && discovery.scanned >= discovery.total);
  return isScanningImages
    ? { stage: 'image-scan', counts: imageScan }
    : { stage: 'discovery', counts: discovery };
}
