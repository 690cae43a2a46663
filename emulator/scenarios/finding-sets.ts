import type { ScanScript } from '../scenario.ts';
import {
  blockedFindings,
  complianceIssues,
  everySpelling,
  fewFindings,
  fixableFindings,
  gracedFindings,
  severeFindings,
  unfixableFindings,
  unheardFindings,
} from './findings.ts';
import { hostileComplianceIssues, hostileFindings } from './hostile-findings.ts';

/** What a scan makes of an image: its part of a report, or how it fails. */
const sets = new Map<string, Partial<ScanScript>>([
  ['clean', {}],
  ['few', { findings: fewFindings }],
  ['severe', { findings: severeFindings }],
  ['fixable', { findings: fixableFindings }],
  ['unfixable', { findings: unfixableFindings }],
  ['blocked', { findings: blockedFindings }],
  ['graced', { findings: gracedFindings }],
  ['noncompliant', { complianceIssues }],
  ['spellings', { findings: everySpelling }],
  ['unheard', { findings: unheardFindings }],
  ['huge', { findings: { seed: 20_000, count: 20_000 } }],
  ['hostile', { findings: hostileFindings, complianceIssues: hostileComplianceIssues }],
  ['uncovered', { coverageMissing: true }],
  ['broken', { outcome: 'scan-error' }],
  ['corrupt', { outcome: 'report-error', errorText: 'failed to extract layer: unexpected EOF' }],
]);

export const findingSetNames: readonly string[] = [...sets.keys()];

/** The set of a name. A name that is none makes the report an error, lest a slip of the pen reads as clean. */
export function findingSet(name: string): Partial<ScanScript> {
  const errorText = `no set of findings is named ${name}; there are ${findingSetNames.join(', ')}`;
  return sets.get(name) ?? { outcome: 'report-error', errorText };
}
