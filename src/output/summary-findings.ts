import { type FindingGroup, groupFindings, type PackageFix, packageFixes } from '../policy/finding-group.ts';
import { assessmentOf } from '../policy/image-findings.ts';
import type { ImageResult } from '../policy/result.ts';
import { usedExceptions } from '../policy/waivers/exception-review.ts';
import type { AssessedFinding } from '../policy/waivers/waiver.ts';
import { countFindings, type FindingCounts } from '../scan/finding.ts';
import { SEVERITIES } from '../scan/severity.ts';
import { assessmentTexts } from '../text/evidence-text.ts';
import { findingName, packageText } from '../text/finding-names.ts';
import { fixedInText, updateText } from '../text/fix-text.ts';
import { joined } from '../text/joined.ts';
import {
  markdownCode,
  markdownDetails,
  markdownLink,
  markdownTable,
  markdownText,
  type Section,
} from '../text/markdown.ts';
import { firstOf, plural, shareText } from '../text/plural.ts';
import { shownText } from '../text/sanitize.ts';
import { SEVERITY_SIGN, severityCounts } from '../text/severity-text.ts';
import { BLOCKED_MARK, changesText, EXPLOIT_MARK, moreText, PART, sinceText } from '../text/summary-text.ts';

/** Maximum number of rows in a table of findings. */
const FINDINGS_SHOWN = 10;
/** Maximum number of further rows, which are folded. */
const FINDINGS_FOLDED = 200;
const PATHS_SHOWN = 3;
const FIXES_SHOWN = 10;
const EXCEPTIONS_SHOWN = 100;

/** The numbers of findings in the report: in total, with a fix, accepted; and the change since the last scan. */
export function countSection(image: ImageResult): Section {
  const about = PART.counts;
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
  const change = changeOf(image);
  const since = change === undefined ? undefined : sinceText(change.since, change.text);
  return {
    about,
    markdown: joined([markdownTable(head, rows), since, ...assessmentTexts(assessment)], '\n\n'),
  };
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
export function changeOf(image: ImageResult): { readonly since: string; readonly text: string } | undefined {
  const now = assessmentOf(image)?.vulnerabilities;
  const previous = previousCounts(image);
  if (now === undefined || previous === undefined) return undefined;
  const changes = SEVERITIES.map((severity) => ({ severity, by: now[severity] - previous.counts[severity] }))
    .filter(({ by }) => by !== 0)
    .map(({ severity, by }) => `${by > 0 ? '+' : '−'}${Math.abs(by)} ${severity}`);
  return { since: previous.since, text: changesText(changes) };
}

/** The counts of the scan before; undefined if an earlier scan was accepted, because that is the baseline itself. */
function previousCounts({ baseline, proof }: ImageResult) {
  if (proof === 'recent' || proof === 'digest' || baseline?.kind !== 'row') return undefined;
  const { vulnerabilityCounts: counts, scanTime } = baseline.row;
  return counts === undefined || scanTime === undefined ? undefined : { counts, since: scanTime.text };
}

/** The packages to update, and the findings that this fixes: those that decide, or else all. */
export function fixesTable(findings: readonly AssessedFinding[]): string {
  const fixes = packageFixes(findings);
  if (fixes.length === 0) return '';
  const rest = moreText(fixes.length - FIXES_SHOWN, 'package');
  return markdownTable(['Update', 'To', 'Fixes'], fixes.slice(0, FIXES_SHOWN).map(fixCells), rest);
}

function fixCells(fix: PackageFix): readonly string[] {
  const all = fix.versions.flatMap((version) => version.fixes);
  return [
    markdownCode(packageText(fix)),
    `→ ${updateText(fix)}`,
    `${plural(fix.fixes, 'finding')} (${severityCounts(countFindings(all))})`,
  ];
}

/** A table of findings, each with its CVSS, package, fix and exploits. */
export function findingsTable(findings: readonly AssessedFinding[], most = FINDINGS_SHOWN): string {
  const groups = groupFindings(findings);
  if (groups.length === 0) return '';
  return joined([groupsTable(groups.slice(0, most)), foldedRest(groups.slice(most))], '\n\n');
}

/** The rows beyond the first, folded. */
function foldedRest(groups: readonly FindingGroup[]): string | undefined {
  if (groups.length === 0) return undefined;
  const rest = moreText(sizeOf(groups.slice(FINDINGS_FOLDED)), '', 'the report of the Console');
  const table = groupsTable(groups.slice(0, FINDINGS_FOLDED), rest);
  return markdownDetails(plural(sizeOf(groups), 'more finding'), table);
}

function sizeOf(groups: readonly FindingGroup[]): number {
  return groups.reduce((sum, { times }) => sum + times, 0);
}

function groupsTable(groups: readonly FindingGroup[], rest?: string): string {
  const head = ['Severity', 'CVSS', 'Finding', 'Package', 'Fixed in'];
  return markdownTable(head, groups.map(findingCells), rest);
}

function findingCells({ finding, times, paths }: FindingGroup): readonly string[] {
  const { severity, rawSeverity, cvss, link, packageType, fix } = finding;
  const raw = rawSeverity === undefined ? undefined : `(${markdownText(shownText(rawSeverity))})`;
  const place = [
    markdownCode(packageText(finding)),
    packageType === undefined ? undefined : markdownText(shownText(packageType)),
    times > 1 ? `× ${times}` : undefined,
    paths.length === 0 ? undefined : `in ${pathsText(paths)}`,
  ];
  return [
    joined([SEVERITY_SIGN[severity], severity, raw]),
    // The report has 0 for a finding without a CVSS.
    cvss === undefined || cvss === 0 ? '' : String(cvss),
    [markdownLink(findingName(finding), link), ...marksOf(finding)].join('<br>'),
    joined(place),
    fixedInText(fix),
  ];
}

function pathsText(paths: readonly string[]): string {
  return firstOf(
    paths.map((path) => markdownCode(shownText(path))),
    PATHS_SHOWN,
  );
}

/** Risk factors that describe how a finding can be exploited; the others repeat other columns. */
const TELLING_RISK = /^(?:remote|dos)\b/i;

function marksOf({ kind, isBlocking, exploit, riskFactors }: AssessedFinding): readonly string[] {
  const risks = riskFactors.filter((factor) => TELLING_RISK.test(factor)).join(', ');
  return [
    ...(exploit === undefined ? [] : [EXPLOIT_MARK[exploit]]),
    ...(risks === '' ? [] : [markdownText(shownText(risks))]),
    ...(kind === 'compliance' ? ['compliance'] : []),
    ...(isBlocking ? [BLOCKED_MARK] : []),
  ];
}

/** The exceptions that accepted a finding, with their reasons and last days, those of the worst findings first. */
export function exceptionSection(images: readonly ImageResult[]): Section {
  const about = PART.exceptions;
  const used = usedExceptions(images.map((image) => ({ name: image.name, assessment: assessmentOf(image) })));
  if (used.length === 0) return { about, markdown: '' };
  const hasSeveral = images.length > 1;
  const rows = used
    .slice(0, EXCEPTIONS_SHOWN)
    .map(({ exception, images: names }) => [
      markdownText(shownText(exception.id)),
      markdownText(shownText(exception.package ?? 'any')),
      exception.until,
      markdownText(exception.reason),
      ...(hasSeveral ? [shareText(names.length, images.length)] : []),
    ]);
  const head = ['Accepted', 'Package', 'Until', 'Reason', ...(hasSeveral ? ['Images'] : [])];
  const table = markdownTable(head, rows, moreText(used.length - EXCEPTIONS_SHOWN, '', 'the receipt'));
  return { about, markdown: markdownDetails(`${plural(used.length, 'exception')} used`, table) };
}
