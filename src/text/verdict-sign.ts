import type { Verdict } from '../policy/reasons.ts';

export const VERDICT_SIGN = {
  passed: '✅',
  failed: '❌',
  'timed-out': '⌛',
  error: '⚠️',
  cancelled: '🚫',
} as const satisfies Record<Verdict, string>;
