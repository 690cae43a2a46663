import type { AssessedFinding } from '../gate/assessment.ts';
import type { Judged } from '../gate/judge.ts';
import type { FindingCounts } from '../scan/finding.ts';
import { SEVERITIES } from '../scan/severity.ts';
import { acceptedCounts } from './counts.ts';
import { SEVERITY_SIGN } from './labels.ts';
import { markdownCode, markdownLink, markdownTable, markdownText } from './markdown.ts';
import type { Section } from './sections.ts';
import { type Located, worstFindings } from './selection.ts';

const FINDINGS_SHOWN = 10;

/** How many findings there are: in all, with a fix, and accepted. */
export function countSection({ assessment }: Judged): Section {
  const about = 'the counts of findings';
  if (assessment?.counts === undefined) return { about, markdown: '' };
  const accepted = acceptedCounts(assessment);
  const rows = [
    ['Total', ...cellsOf(assessment.counts)],
    ...(assessment.fixable === undefined ? [] : [['Fixable', ...cellsOf(assessment.fixable)]]),
    ...(accepted === undefined || accepted.total === 0 ? [] : [['Accepted', ...cellsOf(accepted)]]),
  ];
  const head = ['Findings', ...SEVERITIES.map((severity) => `${SEVERITY_SIGN[severity]} ${severity}`), 'all'];
  const coverage = assessment.isUncovered
    ? '\n\n⚠️ The scanner does not cover the system in this image: finding nothing means nothing.'
    : '';
  return { about, markdown: `${markdownTable(head, rows)}${coverage}` };
}

function cellsOf(counts: FindingCounts): readonly string[] {
  return [...SEVERITIES, 'total' as const].map((of) => String(counts[of]));
}

/** The worst findings that nobody accepted. */
export function worstSection(images: readonly Judged[]): Section {
  const counting = images.map((image) => withoutAccepted(image));
  const { located, omitted } = worstFindings(counting, FINDINGS_SHOWN);
  const about = 'the worst findings';
  if (located.length === 0) return { about, markdown: '' };
  const ofSeveral = images.length > 1;
  const head = ['Severity', 'Finding', 'Package', 'Fixed in', ...(ofSeveral ? ['Image'] : [])];
  const rows = located.map((one) => [...cellsFor(one), ...(ofSeveral ? [markdownCode(one.image.name)] : [])]);
  const more =
    omitted === 0 ? '' : `\n\n… and ${omitted} more: see the Console, or the file that \`sarif-path\` names.`;
  return { about, markdown: `### Worst findings\n\n${markdownTable(head, rows)}${more}` };
}

function withoutAccepted(image: Judged): Judged {
  const { assessment } = image;
  const findings = assessment?.findings?.filter(({ acceptedBy }) => acceptedBy === undefined);
  return { ...image, assessment: assessment && { ...assessment, findings } };
}

function cellsFor({ finding }: Located): readonly string[] {
  const { severity, id, link, packageName, packageVersion } = finding;
  return [
    `${SEVERITY_SIGN[severity]} ${severity}`,
    `${markdownLink(id, link)}${marksOf(finding)}`,
    markdownCode([packageName, packageVersion].filter((part) => part !== '').join(' ')),
    fixOf(finding),
  ];
}

function marksOf({ kind, isBlocking }: AssessedFinding): string {
  return `${kind === 'compliance' ? ' (compliance)' : ''}${isBlocking ? ' ⛔ policy' : ''}`;
}

function fixOf({ fix }: AssessedFinding): string {
  if (fix === undefined) return '–';
  return fix === '' ? 'yes' : markdownCode(fix) || markdownText(fix);
}
