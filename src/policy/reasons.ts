export type Verdict = 'passed' | 'failed' | 'timed-out' | 'error' | 'cancelled';

/** Every reason, and its verdict. */
export const VERDICT_OF = {
  'scan-completed': 'passed',
  'recent-scan': 'passed',
  'check-passed': 'passed',
  'scan-error': 'failed',
  'scan-incomplete': 'failed',
  'severity-cutoff': 'failed',
  'exploit-cutoff': 'failed',
  'compliance-cutoff': 'failed',
  'policy-violation': 'failed',
  'digest-mismatch': 'failed',
  'platform-unscanned': 'failed',
  'coverage-missing': 'failed',
  'not-started': 'timed-out',
  'still-scanning': 'timed-out',
  'invalid-input': 'error',
  unauthorized: 'error',
  forbidden: 'error',
  'not-found': 'error',
  'bad-request': 'error',
  unreachable: 'error',
  tls: 'error',
  'invalid-response': 'error',
  unconfirmed: 'error',
  'report-unavailable': 'error',
  'check-failed': 'error',
  internal: 'error',
  signal: 'cancelled',
} as const satisfies Record<string, Verdict>;

export type Reason = keyof typeof VERDICT_OF;
