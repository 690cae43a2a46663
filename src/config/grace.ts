import type { Grace } from '../policy/waivers/grace-waivers.ts';
import { isAtLeast, SEVERITIES, type Severity } from '../scan/severity.ts';
import type { InputReader } from './input-reader.ts';

const ENTRY = /^([a-z]+)\s*=\s*(\d{1,5})([dh])$/;
const HOUR_MS = 3_600_000;
const LONGEST_GRACE_MS = 365 * 24 * HOUR_MS;
const EXPECTED_GRACE = 'none, or a list such as critical=7d, high=30d, in days or hours of at most 365d';

/**
 * Reads `grace`, the time that findings of each severity may wait; only for severities that `severity-cutoff` counts.
 */
export function readGrace(reader: InputReader, severityCutoff: Severity | undefined): Grace {
  const value = reader.text('grace');
  if (value === 'none') return {};
  const parts = value.split(/[,\r\n]/).map((part) => part.trim());
  const entries = parts.filter((part) => part !== '').map(graceIn);
  const good = entries.filter((entry) => entry !== undefined);
  const severities = good.map(({ severity }) => severity);
  if (entries.length === 0 || good.length < entries.length || new Set(severities).size < severities.length) {
    reader.refuseValue('grace', `${EXPECTED_GRACE}, each severity once`);
    return {};
  }
  if (severityCutoff === undefined) {
    reader.refuse('Input grace needs severity-cutoff, the only gate that it delays.');
    return {};
  }
  for (const severity of severities.filter((each) => !isAtLeast(each, severityCutoff))) {
    reader.refuse(
      `Input grace names ${severity}, which severity-cutoff ${severityCutoff} does not count; leave it out.`,
    );
  }
  return Object.fromEntries(good.map(({ severity, ms }) => [severity, ms]));
}

function graceIn(text: string): { readonly severity: Severity; readonly ms: number } | undefined {
  const [, word, count, unit] = ENTRY.exec(text) ?? [];
  const severity = SEVERITIES.find((each) => each === word);
  const ms = Number(count) * (unit === 'd' ? 24 * HOUR_MS : HOUR_MS);
  return severity === undefined || !(ms > 0 && ms <= LONGEST_GRACE_MS) ? undefined : { severity, ms };
}
