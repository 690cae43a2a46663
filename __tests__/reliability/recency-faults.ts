import { everywhere, type FaultCase, type Meaning } from './fault-case.ts';

const DATES = 'Time of the answer';
const ROWS = 'The earlier row, spoiled';
const HOUR_MS = 3_600_000;

function header(name: string, meaning: Meaning, headerName: string, value?: string): FaultCase {
  return everywhere(DATES, name, meaning, { kind: 'header', name: headerName, value });
}

function row(name: string, meaning: Meaning, pattern: RegExp, to: string): FaultCase {
  return everywhere(ROWS, name, meaning, { kind: 'rewrite', pattern, to });
}

/** Faults that make an earlier scan look more recent than it is, or less. */
export const RECENCY_FAULTS: readonly FaultCase[] = [
  header('no Date', 'undated', 'date'),
  header('an empty Date', 'undated', 'date', ''),
  header('a Date of rubbish', 'undated', 'date', 'yesterday, perhaps'),
  header('a Date of 1970', 'undated', 'date', 'Thu, 01 Jan 1970 00:00:00 GMT'),
  header('a Date of 2099', 'dated-ahead', 'date', 'Thu, 01 Jan 2099 00:00:00 GMT'),
  header('an Age of rubbish', 'undated', 'age', 'old'),
  header('an Age of days', 'dated-ahead', 'age', '999999'),
  // The response would be of just after a scan of three hours ago.
  header('a negative Age', 'undated', 'age', '-10790'),
  row('of another digest', 'of-another', /sha256:[0-9a-f]{64}/g, `sha256:${'0'.repeat(64)}`),
  row('without a digest', 'without-digest', /sha256:[0-9a-f]{64}/g, ''),
  row('scanned in the future', 'misdated', /"scanTime":"2026/g, '"scanTime":"2099'),
  row('scanned at the zero time', 'misdated', /"scanTime":"[^"]*"/g, '"scanTime":"0001-01-01T00:00:00Z"'),
];

/** The Console's clock is set between the earlier scan and the step. */
export const CLOCKS_SET: readonly FaultCase[] = [
  everywhere('Clock of the Console, just set', '7 h ahead', 'misdated', {
    kind: 'clock',
    byMs: 7 * HOUR_MS,
    isJustSet: true,
  }),
  everywhere('Clock of the Console, just set', '7 h behind', 'misdated', {
    kind: 'clock',
    byMs: -7 * HOUR_MS,
    isJustSet: true,
  }),
];
