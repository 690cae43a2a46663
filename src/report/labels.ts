import type { Verdict } from '../gate/verdict.ts';
import type { Severity } from '../scan/severity.ts';

export const VERDICT_SIGN = {
  passed: '✅',
  failed: '❌',
  'timed-out': '⌛',
  error: '⚠️',
  cancelled: '🚫',
} as const satisfies Record<Verdict, string>;

export const SEVERITY_SIGN = {
  critical: '🟥',
  high: '🟧',
  medium: '🟨',
  low: '🟦',
} as const satisfies Record<Severity, string>;
