import { everywhere, type FaultCase } from './fault-case.ts';

const HOUR_MS = 3_600_000;

/** What happens to the Console itself, and not to one of its answers. It strikes every call. */
export const UPHEAVALS: readonly FaultCase[] = [
  everywhere('Clock of the Console', '7 h ahead', 'harmless', { kind: 'clock', byMs: 7 * HOUR_MS }),
  everywhere('Clock of the Console', '7 h behind', 'harmless', { kind: 'clock', byMs: -7 * HOUR_MS }),
  // Behind the earlier row, so that a new row never looks newer.
  everywhere('Clock of the Console', '70 h behind', 'harmless', { kind: 'clock', byMs: -70 * HOUR_MS }),
  everywhere('Outage', '503 of a load balancer', 'unanswered', {
    kind: 'answer',
    status: 503,
    headers: { 'content-type': 'text/html' },
    body: '<html>',
  }),
  everywhere('Outage', 'a log-in page with 200', 'nonsense', { kind: 'answer', status: 200, body: '<html>' }),
  everywhere('Restart of the Console', 'scans go on', 'unanswered', { kind: 'restart', scans: 'kept' }),
  everywhere('Restart of the Console', 'scans are lost', 'forgotten', { kind: 'restart', scans: 'lost' }),
];
