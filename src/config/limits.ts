import { formatDuration } from '../scan/duration.ts';
import type { Limits, PollInterval } from '../scan/limits.ts';
import type { InputReader } from './input-reader.ts';

/** No job runs longer than five days. */
const LONGEST_LIMIT = { mostMs: 5 * 86_400_000 } as const;

/** Time limit of a preflight with all of its checks; the documentation promises ten seconds. */
export const PREFLIGHT_MS = 9_000;

/** An older scan proves nothing about today's vulnerabilities. */
const OLDEST_SCAN_MS = 365 * 86_400_000;

/** Reads the time limits: `timeout`, `start-timeout`, `report-timeout`. */
export function readLimits(reader: InputReader): Limits {
  const timeoutMs = reader.durationMs('timeout', { leastMs: 1_000, ...LONGEST_LIMIT });
  const startTimeoutMs = reader.durationMs('start-timeout', { leastMs: 0, ...LONGEST_LIMIT });
  const reportTimeoutMs = reader.durationMs('report-timeout', { leastMs: 0, ...LONGEST_LIMIT });
  if (reader.isSet('start-timeout') && startTimeoutMs > timeoutMs) {
    reader.warn(
      `Input start-timeout (${formatDuration(startTimeoutMs)}) is longer than timeout (${formatDuration(timeoutMs)}), ` +
        'which ends the step first.',
    );
  }
  return { timeoutMs, startTimeoutMs: Math.min(startTimeoutMs, timeoutMs), reportTimeoutMs };
}

/** Reads how often to poll. */
export function readPollInterval(reader: InputReader): PollInterval {
  if (reader.text('poll-interval') === 'auto') return 'auto';
  return { everyMs: reader.durationMs('poll-interval', { leastMs: 1_000, ...LONGEST_LIMIT, word: 'auto' }) };
}

/** Reads the maximum age of an accepted scan; undefined if only a new scan is accepted. */
export function readMaxScanAge(reader: InputReader): number | undefined {
  if (reader.text('max-scan-age') === 'never') return undefined;
  return reader.durationMs('max-scan-age', { leastMs: 1_000, mostMs: OLDEST_SCAN_MS, word: 'never' });
}
