import type { Progress, RegistryScanProgress } from './api-types.ts';
import type { ConsoleClock } from './clock.ts';
import type { Settings } from './settings.ts';

/** Times of one scan on the Console's clock, in epoch milliseconds. */
export interface Phases {
  readonly registeredAtMs: number;
  readonly discoveredAtMs: number;
  readonly scannedAtMs: number;
  readonly endsAtMs: number;
}

interface Durations {
  readonly registerDelayMs: number;
  readonly discoveryMs: number;
  readonly scanMs: number;
  readonly closingMs: number;
  readonly outcome: string;
}

/** Computes the phases from the time of the trigger. After a failed discovery there is no scan phase. */
export function phasesFrom(triggeredAtMs: number, spec: Durations): Phases {
  const registeredAtMs = triggeredAtMs + spec.registerDelayMs;
  const discoveredAtMs = registeredAtMs + spec.discoveryMs;
  const scannedAtMs = spec.outcome === 'discovery-error' ? discoveredAtMs : discoveredAtMs + spec.scanMs;
  return { registeredAtMs, discoveredAtMs, scannedAtMs, endsAtMs: scannedAtMs + spec.closingMs };
}

/** How many of `total` are done at `atMs`, at constant speed. */
export function doneBetween(fromMs: number, toMs: number, atMs: number, total: number): number {
  if (atMs >= toMs) return total;
  if (atMs <= fromMs) return 0;
  return Math.floor((total * (atMs - fromMs)) / (toMs - fromMs));
}

export interface Step {
  readonly title: string;
  readonly total: number;
  readonly scanned: number;
  readonly error: string;
}

export interface ScanView {
  readonly onDemand: boolean;
  readonly startedAtMs: number;
  readonly ongoing: boolean;
  readonly discovering: boolean;
  readonly discovery: Step;
  readonly imageScan: Step;
}

export const ZERO_TIME = '0001-01-01T00:00:00Z';

/** Builds one entry of a progress answer, with fields in the order of the documented samples. */
export function progressEntry(view: ScanView, settings: Settings, clock: ConsoleClock): RegistryScanProgress {
  const flagged = view.discovering && settings.discoveryFlag === 'while-discovering';
  const entry: RegistryScanProgress = {
    discovery: stepProgress(view.discovery, flagged, view, settings),
    imageScan: stepProgress(view.imageScan, false, view, settings),
    isScanOngoing: view.ongoing,
  };
  if (settings.specScanStartTime === 'zero') entry.specScanStartTime = ZERO_TIME;
  if (settings.specScanStartTime === 'start')
    entry.specScanStartTime = timestamp(clock.shown(view.startedAtMs));
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
        progress.scanTime = ZERO_TIME;
        break;
      case 'aisInitialScanInProgress':
      case 'aisOnDemandScanInProgress':
        progress[field] = false;
        break;
    }
  }
  return progress;
}

/** Formats a time as the Console does: RFC 3339 in UTC, with or without trailing zeros. */
export function timestamp(epochMs: number, trimmed = false): string {
  const time = new Date(epochMs).toISOString();
  return trimmed ? time.replace(/\.?0+Z$/, 'Z') : time;
}
