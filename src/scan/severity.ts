/** The four severities, worst first. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const;

export type Severity = (typeof SEVERITIES)[number];

/** The vendor's other words for severities, as seen in reports that are not normalized. */
const OTHER_WORDS: ReadonlyMap<string, Severity> = new Map([
  ['important', 'high'],
  ['moderate', 'medium'],
  ['unimportant', 'low'],
  ['negligible', 'low'],
]);

/** The severity that a word of the report stands for, in any case of letters; undefined for an unknown word. */
export function severityOf(word: string): Severity | undefined {
  const lower = word.toLowerCase();
  return SEVERITIES.find((severity) => severity === lower) ?? OTHER_WORDS.get(lower);
}

/** True if a severity is at least as bad as another. */
export function isAtLeast(severity: Severity, cutoff: Severity): boolean {
  return SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(cutoff);
}
