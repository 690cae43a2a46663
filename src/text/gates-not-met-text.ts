import type { GatesNotMet } from '../policy/because.ts';
import type { Violation } from '../policy/violation.ts';
import { countFindings } from '../scan/finding.ts';
import type { Description } from './description.ts';
import { describeFindings } from './finding-names.ts';
import { severityCounts } from './severity-text.ts';

/** How many findings the short form names. */
const FINDINGS_NAMED = 2;

/** The gates that are not met, the decisive one first. */
export function gatesText({ gates, unread }: GatesNotMet, name: string): Description {
  const [first, ...others] = gates;
  if (first === undefined) throw new RangeError('A gate that is not met is among the gates not met.');
  const also = others.map(({ message }) => `; also, ${message}`).join('');
  const cause = first.reason === 'report-unavailable' && unread !== undefined ? ` ${unread}` : '';
  return {
    what: `The scan of ${name} is finished, but ${first.message}${also}.${cause}`,
    todo: todoOf(first),
    brief: briefOf(first),
  };
}

function briefOf({ findings, message }: Violation): string {
  return findings.length === 0
    ? message
    : `${severityCounts(countFindings(findings))}: ${describeFindings(findings, FINDINGS_NAMED)}`;
}

function todoOf({ reason, findings }: Violation): string {
  switch (reason) {
    case 'severity-cutoff':
      if (findings.length === 0) return UNLISTED;
      return isFixable(findings)
        ? 'Update to the fixed versions and push again, or accept a finding until a date in the file that exceptions names.'
        : 'No fix is known: accept a finding until a date in the file that exceptions names, or set only-fixed if such findings do not count.';
    case 'compliance-cutoff':
      if (findings.length === 0) return UNLISTED;
      return 'Fix the issues in the Dockerfile and push again, or accept an issue until a date in the file that exceptions names.';
    case 'policy-violation':
      return isFixable(findings)
        ? 'Update to the fixed versions, or allow the finding in the Console policy or in the file that exceptions names, and run again.'
        : 'No fix is known: allow the finding in the Console policy or in the file that exceptions names, and run again.';
    case 'coverage-missing':
      return 'Use a base image that the scanner supports, or promote without a gate on findings and check the image with another scanner.';
    case 'report-unavailable':
      return 'See the image in the Console, and run again.';
  }
}

const UNLISTED =
  'See the findings in the Console: the report does not list them, so the counts decide and no exception applies.';

function isFixable(findings: Violation['findings']): boolean {
  return findings.some(({ fixedIn }) => fixedIn !== undefined);
}
