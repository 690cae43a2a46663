import { finding } from './finding.ts';
import type { Vulnerability } from './wire.ts';

/**
 * The findings of a report: written out, or so many that follow from a seed. Those are made anew whenever a
 * report is read in full, and never kept, so that a Console may hold thousands of them in every image.
 */
export type Findings = readonly Vulnerability[] | FindingsFromSeed;
export type FindingsFromSeed = { readonly seed: number; readonly count: number };

/** Every finding, in full. */
export function allFindings(findings: Findings): readonly Vulnerability[] {
  if (!('seed' in findings)) return findings;
  return places(findings, (draw, place) => findingOf(draw, place));
}

/** The severities alone, which is all that counts need. */
export function severitiesOf(findings: Findings): readonly string[] {
  if (!('seed' in findings)) return findings.map(({ severity }) => severity);
  return places(findings, severityOf);
}

/** The risk factors of all findings together. */
export function riskFactorsOf(findings: Findings): Record<string, Record<string, never>> {
  if (!('seed' in findings)) {
    return Object.assign({}, ...findings.map((each) => each.riskFactors ?? {}));
  }
  return places(findings, isFixable).includes(true) ? { [hasFix]: {} } : {};
}

const hasFix = 'Has fix';

function places<Made>(
  { seed, count }: FindingsFromSeed,
  make: (draw: number, place: number) => Made,
): Made[] {
  return Array.from({ length: count }, (_, place) => make(drawnAt(seed, place), place));
}

/** 32 bits that depend on the seed and the place alone: the finalizer of MurmurHash3. */
function drawnAt(seed: number, place: number): number {
  let bits = Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(place + 1, 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** In hundred findings: 2 critical, 10 high, 33 medium, 45 low, 10 negligible. */
function severityOf(draw: number): string {
  const percent = draw % 100;
  if (percent < 2) return 'critical';
  if (percent < 12) return 'high';
  if (percent < 45) return 'medium';
  return percent < 90 ? 'low' : 'negligible';
}

function isFixable(draw: number): boolean {
  return (draw >>> 8) % 2 === 0;
}

function findingOf(draw: number, place: number): Vulnerability {
  const minor = (draw >>> 16) % 13;
  return finding({
    cve: `CVE-2099-${100_000 + place}`,
    severity: severityOf(draw),
    packageName: `package-${(draw >>> 4) % 997}`,
    packageVersion: `1.${minor}.0`,
    ...(isFixable(draw) ? { fixedIn: `1.${minor + 1}.0`, riskFactors: [hasFix] } : {}),
  });
}
