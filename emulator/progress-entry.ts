import type { Settings } from './settings.ts';
import type { Progress, RegistryScanProgress } from './wire.ts';

export type Step = {
  readonly title: string;
  readonly total: number;
  readonly scanned: number;
  readonly error: string;
};

export type ScanView = {
  readonly onDemand: boolean;
  readonly startedAtMs: number;
  readonly ongoing: boolean;
  readonly discovering: boolean;
  readonly discovery: Step;
  readonly imageScan: Step;
};

const zeroTime = '0001-01-01T00:00:00Z';

/** One entry of a progress answer, its fields in the order of the documented samples. */
export function progressEntry(view: ScanView, settings: Settings): RegistryScanProgress {
  const flagged = view.discovering && settings.discoveryFlag === 'while-discovering';
  const entry: RegistryScanProgress = {
    discovery: stepProgress(view.discovery, flagged, view, settings),
    imageScan: stepProgress(view.imageScan, false, view, settings),
    isScanOngoing: view.ongoing,
  };
  if (settings.specScanStartTime === 'zero') entry.specScanStartTime = zeroTime;
  if (settings.specScanStartTime === 'start') entry.specScanStartTime = timestamp(view.startedAtMs);
  return entry;
}

function stepProgress(step: Step, discovery: boolean, view: ScanView, settings: Settings): Progress {
  const progress: Progress = {
    id: '',
    type: settings.progressType,
    discovery,
    total: step.total,
    scanned: step.scanned,
    title: step.title,
  };
  if (step.error !== '') progress.error = step.error;
  for (const field of settings.extraProgressFields) {
    switch (field) {
      case 'error':
        progress.error = step.error;
        break;
      case 'onDemand':
        progress.onDemand = view.onDemand;
        break;
      case 'hostname':
        progress.hostname = '';
        break;
      case 'scanTime':
        progress.scanTime = zeroTime;
        break;
      case 'aisInitialScanInProgress':
      case 'aisOnDemandScanInProgress':
        progress[field] = false;
        break;
    }
  }
  return progress;
}

/** RFC 3339 in UTC, as the Console writes times. */
export function timestamp(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
