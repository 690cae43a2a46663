import type { Decision } from '../policy/decision.ts';
import type { Verdict } from '../policy/reasons.ts';

export const VERDICT_SIGN = {
  passed: '✅',
  failed: '❌',
  'timed-out': '⌛',
  error: '⚠️',
  cancelled: '🚫',
} as const satisfies Record<Verdict, string>;

/** `failed (severity-cutoff)` */
export function verdictText({ verdict, reason }: Pick<Decision, 'verdict' | 'reason'>): string {
  return `${verdict} (${reason})`;
}
