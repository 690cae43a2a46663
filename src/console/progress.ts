import type { PhaseProgress, ProgressAnswer, ScanEntry } from '../scan/evidence.ts';
import { booleanAt, listOf, objectAt, optionalCountAt, optionalObjectAt, optionalTextAt } from './decode.ts';
import { errorText } from './plain-text.ts';

/** Reads the answer of `GET registry/progress`. `null` is what Go makes of an empty list. */
export function decodeProgress(json: unknown): ProgressAnswer {
  return listOf(json, 'progress', decodeEntry);
}

/** Absent fields are normal, but an entry that does not say whether its scan goes on says nothing. */
function decodeEntry(json: unknown, field: string): ScanEntry {
  const entry = objectAt(json, field);
  return {
    discovery: decodePhase(entry.discovery, `${field}.discovery`),
    imageScan: decodePhase(entry.imageScan, `${field}.imageScan`),
    ongoing: booleanAt(entry.isScanOngoing, `${field}.isScanOngoing`),
  };
}

function decodePhase(json: unknown, field: string): PhaseProgress {
  const phase = optionalObjectAt(json, field);
  return {
    scanned: optionalCountAt(phase.scanned, `${field}.scanned`),
    total: optionalCountAt(phase.total, `${field}.total`),
    error: errorText(optionalTextAt(phase.error, `${field}.error`)),
  };
}
