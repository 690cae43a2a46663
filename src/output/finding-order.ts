import type { AssessedFinding } from '../policy/exception.ts';
import type { Finding } from '../scan/finding.ts';
import { SEVERITIES } from '../scan/severity.ts';

/**
 * The order of findings in every output: severity, CVSS, id, package, version, path, title and cause. The report lists
 * the same findings in another order in each response, so nothing may depend on its order. Findings that compare as
 * equal are the same in every field.
 */
export function compareFindings(one: AssessedFinding, other: AssessedFinding): number {
  return (
    SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity) ||
    // A finding without a CVSS comes after those that have one.
    (other.cvss ?? -1) - (one.cvss ?? -1) ||
    compareTexts(one.kind, other.kind) * -1 ||
    compareNames(one, other) ||
    // What is left differs in nothing that names a finding.
    compareTexts(JSON.stringify(one), JSON.stringify(other))
  );
}

function compareNames(one: Finding, other: Finding): number {
  for (const field of NAMING_FIELDS) {
    if (one[field] !== other[field]) return compareTexts(one[field], other[field]);
  }
  return 0;
}

const NAMING_FIELDS = [
  'id',
  'packageName',
  'packageVersion',
  'packagePath',
  'packageType',
  'title',
  'cause',
] as const satisfies readonly (keyof Finding)[];

/** Texts by their code units: the same on every machine, whatever its locale. */
export function compareTexts(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
