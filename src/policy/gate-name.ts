/** The gates, in the order in which they decide. */
export const GATE_NAMES = [
  'scan',
  'digest',
  'platforms',
  'severity-cutoff',
  'exploit-cutoff',
  'compliance-cutoff',
  'fail-on-policy',
  'coverage',
] as const;

export type GateName = (typeof GATE_NAMES)[number];
