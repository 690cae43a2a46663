import { type FindingGroup, groupFindings } from '../policy/finding-group.ts';
import { type Finding, UNNAMED } from '../scan/finding.ts';
import { joined } from './joined.ts';
import { plural } from './plural.ts';
import { shownText } from './sanitize.ts';

/** The name of a finding: its CVE; for a compliance issue, its number with title and cause. */
export function findingName({ id, checkId, cause, hasOwnId }: Finding): string {
  if (hasOwnId) return shownText(id);
  const name = id === UNNAMED && checkId !== undefined ? undefined : id;
  return shownText(joined([checkId, name, cause], ': '));
}

/** `openssl 1.1.1n`; empty if a finding names no package. */
export function packageText({
  packageName,
  packageVersion,
}: Pick<Finding, 'packageName' | 'packageVersion'>): string {
  return shownText(joined([packageName, packageVersion]));
}

/** `CVE-2026-1 in openssl 3.0.1 (fixed in 3.0.2) (4 findings)` */
export function groupText({ finding, times }: FindingGroup): string {
  const ofPackage = packageText(finding);
  const repeated = times > 1 ? ` (${times} findings)` : '';
  return `${findingName(finding)}${ofPackage === '' ? '' : ` in ${ofPackage}`}${fixNote(finding)}${repeated}`;
}

function fixNote({ fix }: Finding): string {
  if (fix === undefined) return '';
  return fix.version === undefined ? ' (has a fix)' : ` (fixed in ${shownText(fix.version)})`;
}

/** The number of findings that a message names; the summary lists the rest. */
const FINDINGS_NAMED = 3;

/** `CVE-2026-1 in openssl 3.0.1 (fixed in 3.0.2), … and 4 more findings`: the worst, in one line. */
export function describeFindings(
  findings: Parameters<typeof groupFindings>[0],
  named = FINDINGS_NAMED,
): string {
  const groups = groupFindings(findings);
  const shown = groups.slice(0, named);
  const more = findings.length - shown.reduce((sum, { times }) => sum + times, 0);
  return `${shown.map(groupText).join(', ')}${more > 0 ? ` and ${plural(more, 'more finding')}` : ''}`;
}

/** `7 findings`, with the number of CVEs if that differs: `7 findings (3 CVEs)`. */
export function findingCount(findings: readonly Finding[], noun = 'finding'): string {
  const ids = findings.filter(({ hasOwnId }) => hasOwnId).map(({ id }) => id);
  const cves = new Set(ids).size;
  const areAllNamed = ids.length === findings.length;
  return `${plural(findings.length, noun)}${areAllNamed && cves < findings.length ? ` (${plural(cves, 'CVE')})` : ''}`;
}
