import {
  booleanAt,
  DecodeError,
  listOf,
  objectAt,
  optionalCountAt,
  optionalObjectAt,
  optionalTextAt,
} from '../http/decode.ts';
import type { PhaseProgress, Progress, ProgressEntry } from '../scan/evidence.ts';
import { sanitizeError } from '../text/sanitize.ts';

/** Reads the response of `GET registry/progress`; `null` is Go's empty list. `redact` removes secrets from texts. */
export function decodeProgress(json: unknown, redact: (text: string) => string): Progress {
  const entries = listOf(json, 'progress', (element, field) => decodeProgressEntry(element, field, redact));
  if (entries.length > MAX_ENTRIES) {
    throw new DecodeError('progress', `at most ${MAX_ENTRIES} entries`, `${entries.length}`);
  }
  return entries;
}

/** A Console scans four registries at a time by default (documented); entries are compared in pairs. */
const MAX_ENTRIES = 1_000;

/** Absent fields are normal, but an entry that does not show whether its scan is running is useless. */
function decodeProgressEntry(json: unknown, field: string, redact: (text: string) => string): ProgressEntry {
  const entry = objectAt(json, field);
  return {
    discovery: decodePhase(entry.discovery, `${field}.discovery`, redact),
    imageScan: decodePhase(entry.imageScan, `${field}.imageScan`, redact),
    isOngoing: booleanAt(entry.isScanOngoing, `${field}.isScanOngoing`),
    registry: registryOf(entry.imageScan) ?? registryOf(entry.discovery),
  };
}

/** The registry in a title such as `Step 2/2 scanning images in registry ghcr.io: Scanned 0/2 images` (documented). */
function registryOf(phase: unknown): string | undefined {
  if (typeof phase !== 'object' || phase === null || !('title' in phase)) return undefined;
  const { title } = phase;
  return typeof title === 'string' ? / in registry (\S{1,300}): /.exec(title)?.[1] : undefined;
}

function decodePhase(json: unknown, field: string, redact: (text: string) => string): PhaseProgress {
  const phase = optionalObjectAt(json, field);
  return {
    scanned: optionalCountAt(phase.scanned, `${field}.scanned`),
    total: optionalCountAt(phase.total, `${field}.total`),
    error: sanitizeError(redact(optionalTextAt(phase.error, `${field}.error`))) || undefined,
  };
}
