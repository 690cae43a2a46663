import {
  booleanAt,
  listOf,
  objectAt,
  optionalCountAt,
  optionalObjectAt,
  optionalTextAt,
} from '../http/decode.ts';
import type { PhaseProgress, Progress, ProgressEntry } from '../scan/types.ts';
import { sanitizeError } from '../text/sanitize.ts';

/** Reads the response of `GET registry/progress`; `null` is Go's empty list. `redact` removes secrets from texts. */
export function decodeProgress(json: unknown, redact: (text: string) => string): Progress {
  return listOf(json, 'progress', (element, field) => decodeEntry(element, field, redact));
}

/** Absent fields are normal, but an entry that does not say whether its scan goes on is useless. */
function decodeEntry(json: unknown, field: string, redact: (text: string) => string): ProgressEntry {
  const entry = objectAt(json, field);
  return {
    discovery: decodePhase(entry.discovery, `${field}.discovery`, redact),
    imageScan: decodePhase(entry.imageScan, `${field}.imageScan`, redact),
    isOngoing: booleanAt(entry.isScanOngoing, `${field}.isScanOngoing`),
  };
}

function decodePhase(json: unknown, field: string, redact: (text: string) => string): PhaseProgress {
  const phase = optionalObjectAt(json, field);
  return {
    scanned: optionalCountAt(phase.scanned, `${field}.scanned`),
    total: optionalCountAt(phase.total, `${field}.total`),
    error: sanitizeError(redact(optionalTextAt(phase.error, `${field}.error`))),
  };
}
