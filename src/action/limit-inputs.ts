import type { Limits } from '../scan/limits.ts';
import type { PollInterval } from '../scan/schedule.ts';
import { readDuration, type Text } from './input-text.ts';

/** How long things may take. */
export function readLimits(text: Text): Limits {
  const timeoutMs = readDuration('timeout', text, 1_000);
  return {
    timeoutMs,
    startTimeoutMs: Math.min(readDuration('start-timeout', text, 0), timeoutMs),
    reportTimeoutMs: readDuration('report-timeout', text, 0),
  };
}

/** How often to look. */
export function readInterval(text: Text): PollInterval {
  if (text('poll-interval') === 'auto') return 'auto';
  return { everyMs: readDuration('poll-interval', text, 1_000, 'auto, or ') };
}

/** A scan from before this says nothing of today's vulnerabilities. */
const OLDEST_SCAN_MS = 365 * 24 * 3_600_000;

/** How old an accepted scan may be, in milliseconds; undefined where none is accepted. */
export function readMaxScanAge(text: Text): number | undefined {
  const isGiven = text('max-scan-age') !== '';
  return isGiven ? readDuration('max-scan-age', text, 1_000, 'nothing, or ', OLDEST_SCAN_MS) : undefined;
}
