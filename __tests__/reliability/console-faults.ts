import { everywhere, type FaultCase } from './fault-case.ts';

const HOUR_MS = 3_600_000;

/** Faults of the Console itself, and not of one response. They are injected into every call. */
export const CONSOLE_FAULTS: readonly FaultCase[] = [
  everywhere('Clock of the Console', '7 h ahead', 'harmless', { kind: 'clock', byMs: 7 * HOUR_MS }),
  everywhere('Clock of the Console', '30 s behind', 'harmless', { kind: 'clock', byMs: -30_000 }),
  everywhere('Clock of the Console', '7 h behind', 'set-back', { kind: 'clock', byMs: -7 * HOUR_MS }),
  // Before the earlier row, so that a new row is older than it.
  everywhere('Clock of the Console', '70 h behind', 'set-back', { kind: 'clock', byMs: -70 * HOUR_MS }),
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
