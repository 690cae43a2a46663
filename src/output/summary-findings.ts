import { type FindingGroup, groupFindings, type PackageFix, packageFixes } from '../policy/finding-group.ts';
import { assessmentOf } from '../policy/image-findings.ts';
import type { ImageResult } from '../policy/result.ts';
import { usedExceptions } from '../policy/waivers/exception-review.ts';
import type { AssessedFinding } from '../policy/waivers/waiver.ts';
import type { Exploit, FindingCounts } from '../scan/finding.ts';
import { countFindings } from '../scan/finding.ts';
import { SEVERITIES } from '../scan/severity.ts';
import { assessmentTexts } from '../text/evidence-text.ts';
import { findingName, packageOf } from '../text/finding-names.ts';
import {
  markdownCode,
  markdownDetails,
  markdownLink,
  markdownTable,
  markdownText,
  type Section,
} from '../text/markdown.ts';
import { firstOf, plural } from '../text/plural.ts';
import { shownText } from '../text/sanitize.ts';
import { SEVERITY_SIGN, severityCounts } from '../text/severity-text.ts';

/** Maximum number of rows in a table of findings. */
const FINDINGS_SHOWN = 10;
/** Maximum number of further rows, which are folded. */
const FINDINGS_FOLDED = 200;
const PATHS_SHOWN = 3;
const FIXES_SHOWN = 10;
const EXCEPTIONS_SHOWN = 100;
const VERSIONS_SHOWN = 3;

/** The numbers of findings in the report: in total, with a fix, accepted; and the change since the last scan. */
export function countSection(image: ImageResult): Section {
  const about = 'the counts of findings';
  const assessment = assessmentOf(image);
  if (assessment?.vulnerabilities === undefined) return { about, markdown: '' };
  const { vulnerabilities, fixable, accepted, compliance } = assessment;
  const rows = [
    ['Vulnerabilities', ...countCells(vulnerabilities)],
    // Unknown is not zero, so an unknown count has no row.
    ...(vulnerabilities.total === 0 ? [] : countRow('… fixable', fixable)),
    ...countRowIfAny('… accepted', accepted),
    ...countRowIfAny('Compliance issues', compliance),
  ];
  const head = ['', ...SEVERITIES.map((severity) => `${SEVERITY_SIGN[severity]} ${severity}`), 'all'];
  const change = changeText(image);
  const parts = [
    markdownTable(head, rows),
    change === undefined ? '' : `Since the previous scan (${change.since}): ${change.text}.`,
    ...assessmentTexts(assessment),
  ];
  return { about, markdown: parts.filter((part) => part !== '').join('\n\n') };
}

function countRow(name: string, counts: FindingCounts | undefined): readonly (readonly string[])[] {
  return counts === undefined ? [] : [[name, ...countCells(counts)]];
}

function countRowIfAny(name: string, counts: FindingCounts | undefined): ReturnType<typeof countRow> {
  return counts?.total === 0 ? [] : countRow(name, counts);
}

function countCells(counts: FindingCounts): readonly string[] {
  return [...SEVERITIES, 'total' as const].map((of) => String(counts[of]));
}

/** The change since the last scan: `+1 critical, −3 medium`; undefined without a scan to compare with. */
export function changeText(
  image: ImageResult,
): { readonly since: string; readonly text: string } | undefined {
  const { baseline, proof } = image;
  const now = assessmentOf(image)?.vulnerabilities;
  // An accepted earlier scan is the baseline itself.
  if (now === undefined || proof === 'recent' || proof === 'digest' || baseline?.kind !== 'row')
    return undefined;
  const { vulnerabilityCounts: before, scanTime } = baseline.row;
  if (before === undefined || scanTime === undefined) return undefined;
  const changes = SEVERITIES.map((severity) => ({ severity, by: now[severity] - before[severity] }))
    .filter(({ by }) => by !== 0)
    .map(({ severity, by }) => `${by > 0 ? '+' : '−'}${Math.abs(by)} ${severity}`);
  const text = changes.length === 0 ? 'no change in the counts' : changes.join(', ');
  return { since: markdownCode(scanTime.text), text };
}

/** The packages to update, and the findings that this fixes: those that decide, or else all. */
export function fixesTable(findings: readonly AssessedFinding[]): string {
  const fixes = packageFixes(findings);
  if (fixes.length === 0) return '';
  const rows = fixes.slice(0, FIXES_SHOWN).map((fix) => {
    const { packageName, packageVersion, versions, fixes: count } = fix;
    const all = versions.flatMap((version) => version.fixes);
    return [
      markdownCode(shownText([packageName, packageVersion].filter((part) => part !== '').join(' '))),
      `→ ${targetText(fix)}`,
      `${plural(count, 'finding')} (${severityCounts(countFindings(all))})`,
    ];
  });
  const more = fixes.length - rows.length;
  const rest = more > 0 ? `\n\n… and ${plural(more, 'more package')}.` : '';
  return `${markdownTable(['Update', 'To', 'Fixes'], rows)}${rest}`;
}

/**
 * The version to update to: one that fixes all if there is one, or else each with the number of findings it fixes.
 */
function targetText({ versions, fixesAll }: PackageFix): string {
  if (fixesAll !== undefined) return versionText(fixesAll);
  const targets = versions.map(({ version, fixes }) =>
    versions.length === 1 ? versionText(version) : `${versionText(version)} (fixes ${fixes.length})`,
  );
  const more = targets.length - VERSIONS_SHOWN;
  return `${targets.slice(0, VERSIONS_SHOWN).join(', ')}${more > 0 ? ` and ${more} more versions` : ''}`;
}

function versionText(version: string): string {
  const shown = shownText(version);
  return shown === '' ? 'a newer version' : markdownCode(shown) || markdownText(shown);
}

/** A table of findings, each with its CVSS, package, fix and exploits. */
export function findingsTable(findings: readonly AssessedFinding[], most = FINDINGS_SHOWN): string {
  const groups = groupFindings(findings);
  if (groups.length === 0) return '';
  return `${tableOf(groups.slice(0, most))}${foldedRest(groups.slice(most))}`;
}

/** The rows beyond the first, folded. */
function foldedRest(groups: readonly FindingGroup[]): string {
  if (groups.length === 0) return '';
  const more = findingsIn(groups.slice(FINDINGS_FOLDED));
  const rest = more > 0 ? `\n\n… and ${more} more, in the report of the Console.` : '';
  const table = tableOf(groups.slice(0, FINDINGS_FOLDED));
  return `\n\n${markdownDetails(`${plural(findingsIn(groups), 'more finding')}`, `${table}${rest}`)}`;
}

function findingsIn(groups: readonly FindingGroup[]): number {
  return groups.reduce((sum, { times }) => sum + times, 0);
}

function tableOf(groups: readonly FindingGroup[]): string {
  return markdownTable(['Severity', 'CVSS', 'Finding', 'Package', 'Fixed in'], groups.map(findingCells));
}

function findingCells({ finding, times, paths }: FindingGroup): readonly string[] {
  const { severity, rawSeverity, cvss, link, packageType } = finding;
  const word = rawSeverity === undefined ? severity : `${severity} (${markdownText(shownText(rawSeverity))})`;
  const name = markdownCode(packageOf(finding));
  const type = packageType === '' ? '' : ` ${markdownText(shownText(packageType))}`;
  const place = paths.length === 0 ? '' : ` in ${pathsText(paths)}`;
  const marks = marksOf(finding).map((mark) => `<br>${mark}`);
  return [
    `${SEVERITY_SIGN[severity]} ${word}`,
    // The report has 0 for a finding without a CVSS.
    cvss === undefined || cvss === 0 ? '' : String(cvss),
    `${markdownLink(findingName(finding), link)}${marks.join('')}`,
    `${name}${type}${times > 1 ? ` × ${times}` : ''}${place}`,
    fixText(finding),
  ];
}

function pathsText(paths: readonly string[]): string {
  return firstOf(
    paths.map((path) => markdownCode(shownText(path))),
    PATHS_SHOWN,
  );
}

const EXPLOIT_TEXT = {
  'in-the-wild': '🔥 exploited in the wild',
  poc: '🧪 proof of concept',
} as const satisfies Record<Exploit, string>;

/** Risk factors that describe how a finding can be exploited; the others repeat other columns. */
const TELLING_RISK = /^(?:remote|dos)\b/i;

function marksOf({ kind, isBlocking, exploit, riskFactors }: AssessedFinding): readonly string[] {
  const risks = riskFactors.filter((factor) => TELLING_RISK.test(factor)).join(', ');
  return [
    ...(exploit === undefined ? [] : [EXPLOIT_TEXT[exploit]]),
    ...(risks === '' ? [] : [markdownText(shownText(risks))]),
    ...(kind === 'compliance' ? ['compliance'] : []),
    ...(isBlocking ? ['⛔ blocked by the Console policy'] : []),
  ];
}

function fixText({ fixedIn }: AssessedFinding): string {
  if (fixedIn === undefined) return '–';
  const version = shownText(fixedIn);
  return version === '' ? 'yes' : markdownCode(version) || markdownText(version);
}

/** The exceptions that accepted a finding, with their reasons and last days, those of the worst findings first. */
export function exceptionSection(images: readonly ImageResult[]): Section {
  const about = 'the exceptions used';
  const used = usedExceptions(images.map((image) => ({ name: image.name, assessment: assessmentOf(image) })));
  if (used.length === 0) return { about, markdown: '' };
  const ofSeveral = images.length > 1;
  const rows = used
    .slice(0, EXCEPTIONS_SHOWN)
    .map(({ exception, images: names }) => [
      markdownText(shownText(exception.id)),
      markdownText(shownText(exception.package ?? 'any')),
      exception.until,
      markdownText(exception.reason),
      ...(ofSeveral ? [`${names.length} of ${images.length}`] : []),
    ]);
  const head = ['Accepted', 'Package', 'Until', 'Reason', ...(ofSeveral ? ['Images'] : [])];
  const more = used.length - rows.length;
  const rest = more > 0 ? `\n\n… and ${more} more, in the receipt.` : '';
  return {
    about,
    markdown: markdownDetails(
      `${plural(used.length, 'exception')} used`,
      `${markdownTable(head, rows)}${rest}`,
    ),
  };
}
