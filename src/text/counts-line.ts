import { assessmentOf, totalCounts } from '../policy/image-findings.ts';
import { hasGate } from '../policy/policy.ts';
import type { ImageResult, RunResult } from '../policy/result.ts';
import type { WaivedFinding } from '../policy/waivers/waiver.ts';
import type { FindingCounts } from '../scan/finding.ts';
import { firstOf, plural } from './plural.ts';
import { gatesText } from './policy-text.ts';
import { severityCounts } from './severity-text.ts';
import { waivedText } from './waiver-text.ts';

/** The counts before the deciding line, pass or not: `5 findings: 1 critical, 4 high; 3 fixable; gate: …`. */
export function countsLine({ images, request, imageScan }: RunResult): string | undefined {
  if (request === undefined || request.mode === 'check') return undefined;
  const gate = `gate: ${gatesText(request.policy)}`;
  if (request.mode === 'await-regular') {
    return `${imageScan.scanned} of ${plural(imageScan.total, 'image')} scanned`;
  }
  const counted = images.filter((image) => assessmentOf(image)?.vulnerabilities !== undefined);
  const unknown = images.length - counted.length;
  if (counted.length === 0) return undefined;
  const parts = [
    findingCountsText(counted),
    ...(unknown === 0 ? [] : [`unknown for ${plural(unknown, 'other image')}`]),
    gate,
  ];
  return parts.join('; ');
}

function findingCountsText(images: readonly ImageResult[]): string {
  const vulnerabilities = totalCounts(images, 'vulnerabilities');
  const compliance = totalCounts(images, 'compliance')?.total ?? 0;
  const fixable = sumOfFixable(images);
  const waived = waivedText(images.flatMap(waivedFindingsOf));
  const total = vulnerabilities?.total ?? 0;
  const parts = [
    `${plural(total, 'finding')}${bySeverityText(vulnerabilities)}`,
    // Unknown is not zero.
    ...(fixable === undefined || total === 0 ? [] : [`${fixable} fixable`]),
    ...(waived === undefined ? [] : [waived]),
    ...(compliance === 0 ? [] : [plural(compliance, 'compliance issue')]),
  ];
  return parts.join('; ');
}

function bySeverityText(counts: FindingCounts | undefined): string {
  const bySeverity = counts === undefined ? '' : severityCounts(counts);
  return bySeverity === '' ? '' : `: ${bySeverity}`;
}

/** The waived findings of an image, at any gate; a missing fix waives a finding only with `only-fixed`. */
function waivedFindingsOf(image: ImageResult): readonly WaivedFinding[] {
  const findings = assessmentOf(image)?.findings ?? [];
  return findings
    .filter(({ waivers }) => waivers.some(({ kind }) => kind !== 'no-fix'))
    .map((finding) => ({ finding, by: finding.waivers }));
}

/** The number of fixable findings in all images; unknown if that of any image is. */
function sumOfFixable(images: readonly ImageResult[]): number | undefined {
  const counts = images.map((image) => assessmentOf(image)?.fixable?.total);
  return counts.reduce<number | undefined>(
    (sum, each) => (sum === undefined || each === undefined ? undefined : sum + each),
    0,
  );
}

/** A warning if no gate is set and the report has critical findings: such a pass proves less than it seems to. */
export function openGateWarning({ images, request, decision }: RunResult): string | undefined {
  if (decision.verdict !== 'passed' || request === undefined || hasGate(request.policy)) return undefined;
  const critical = images.map((image) => ({ name: image.name, count: criticalCount(image) }));
  const affected = critical.filter(({ count }) => count > 0);
  if (affected.length === 0) return undefined;
  const names = affected.map(({ name }) => name);
  const place = images.length === 1 ? '' : ` in ${firstOf(names, CRITICAL_IMAGES_NAMED)}`;
  const count = affected.reduce((sum, each) => sum + each.count, 0);
  const were = count === 1 ? 'was' : 'were';
  return `${plural(count, 'critical finding')}${place} ${were} ignored because no gate is configured. Set severity-cutoff to fail on them.`;
}

const CRITICAL_IMAGES_NAMED = 3;

function criticalCount(image: ImageResult): number {
  return assessmentOf(image)?.vulnerabilities?.critical ?? 0;
}
