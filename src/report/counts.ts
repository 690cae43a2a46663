import type { Assessment } from '../gate/assessment.ts';
import { countFindings, type FindingCounts } from '../scan/finding.ts';

/** The vulnerabilities that an exception accepts; undefined where the findings were not listed. */
export function acceptedCounts({ findings }: Assessment): FindingCounts | undefined {
  return (
    findings &&
    countFindings(
      findings.filter(({ kind, acceptedBy }) => kind === 'vulnerability' && acceptedBy !== undefined),
    )
  );
}
