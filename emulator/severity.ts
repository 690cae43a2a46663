import type { Distribution } from './wire.ts';

type Counted = 'critical' | 'high' | 'medium' | 'low';

const words = new Map<string, Counted>([
  ['critical', 'critical'],
  ['high', 'high'],
  ['important', 'high'],
  ['medium', 'medium'],
  ['moderate', 'medium'],
  ['low', 'low'],
  ['unimportant', 'low'],
  ['negligible', 'low'],
  ['unassigned', 'low'],
  ['unreviewed', 'low'],
]);

/** The one of the four severities that a word stands for, or undefined for a word that nobody has seen. */
export function normalizedSeverity(word: string): Counted | undefined {
  return words.get(word.toLowerCase());
}

/** Counts as a row shows them; a word that nobody has seen counts in the total alone. */
export function distribution(severities: readonly string[]): Distribution {
  const counts: Distribution = { critical: 0, high: 0, medium: 0, low: 0, total: severities.length };
  for (const severity of severities) {
    const known = normalizedSeverity(severity);
    if (known !== undefined) counts[known] += 1;
  }
  return counts;
}
