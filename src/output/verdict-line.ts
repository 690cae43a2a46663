import { groupBy } from '../group-by.ts';
import type { RunInfo } from '../host.ts';
import { describeFindings } from '../policy/finding-group.ts';
import { hasGate } from '../policy/policy.ts';
import { byVerdict, type Reason } from '../policy/reasons.ts';
import type { ImageResult, RunResult } from '../policy/result.ts';
import { countFindings, type FindingCounts } from '../scan/finding.ts';
import { gatesText } from '../text/gates-text.ts';
import { firstOf, plural } from '../text/plural.ts';
import { severityCounts } from '../text/severity-text.ts';
import { adviceOf } from './advice.ts';
import { assessmentOf, totalCounts } from './image-findings.ts';

/** How many images the line names, and how many findings of each. */
const IMAGES_NAMED = 10;
const FINDINGS_NAMED = 2;
/** Ten of these, the advice and the address fit into the 4,096 characters that a runner keeps of an annotation. */
const LONGEST_PER_IMAGE = 320;

/** The line that decides: verdict, reason, what happened, and what to do; for a pass, what to promote. */
export function verdictLine(result: RunResult, run: Pick<RunInfo, 'reasonsPage'>): string {
  const { verdict, reason } = result.decision;
  const advice = adviceOf(result, run.reasonsPage);
  if (verdict !== 'passed') {
    const link = `See ${reasonLink(run.reasonsPage, reason)}`;
    return `${verdict} (${reason}): ${whatHappened(result)} ${advice} ${link}`;
  }
  const message =
    result.images.length > 1 ? `all ${result.images.length} images passed.` : result.decision.message;
  const promote = promotionOf(result);
  return `passed (${reason}): ${message} ${promote === undefined ? advice : `Promote ${promote}`}`;
}

/** What to promote, where it is one: of the only image, or of all platforms of one. */
export function promotionOf({ promotion, images }: RunResult): string | undefined {
  return promotion?.imageByDigest ?? (images.length === 1 ? images[0]?.imageByDigest : undefined);
}

/** The page of reasons, at this one. */
export function reasonLink(reasonsPage: string, reason: Reason): string {
  return `${reasonsPage}#${reason}`;
}

function whatHappened({ decision, images }: RunResult): string {
  if (images.length < 2) return decision.message;
  const held = heldImages(images);
  const named = held.slice(0, IMAGES_NAMED);
  const groups = groupBy(named, (image) => `${image.decision.reason} ${detailOf(image)}`);
  const items = [...groups.values()].map(itemText);
  const rest = held.slice(IMAGES_NAMED);
  const more = rest.length === 0 ? '' : `; and ${rest.length} more (${reasonCounts(rest)})`;
  return `${held.length} of ${images.length} images did not pass: ${items.join('; ')}${more}.`;
}

/** `1 not-started, 2 severity-cutoff` */
export function reasonCounts(images: readonly ImageResult[]): string {
  const byReason = groupBy(images, ({ decision }) => decision.reason);
  return [...byReason].map(([reason, { length }]) => `${length} ${reason}`).join(', ');
}

/** The images that did not pass, the worst first. */
export function heldImages(images: readonly ImageResult[]): readonly ImageResult[] {
  return images
    .filter(({ decision }) => decision.verdict !== 'passed')
    .toSorted((one, other) => byVerdict(one.decision, other.decision));
}

/** Images that met the same are one item. */
function itemText(images: readonly ImageResult[]): string {
  const [first] = images;
  if (first === undefined) return '';
  const names = images.map(({ name }) => name).join(', ');
  return shortened(
    `${names} (${first.decision.reason}): ${detailOf(first)}`,
    images.length * LONGEST_PER_IMAGE,
  );
}

/** Why one of several images did not pass, without its name. */
function detailOf({ name, decision, violations }: ImageResult): string {
  const [violation] = violations;
  if (violation !== undefined && violation.findings.length > 0) {
    const counts = severityCounts(countFindings(violation.findings));
    return `${counts}: ${describeFindings(violation.findings, FINDINGS_NAMED)}`;
  }
  return decision.message.replaceAll(name, 'the image').replace(/\.$/, '');
}

function shortened(text: string, longest: number): string {
  if (text.length <= longest) return text;
  // The cut must not leave half of a surrogate pair.
  return `${text.slice(0, longest - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** The counts that end the log, pass or not: `5 findings: 1 critical, 4 high; 3 fixable; gate: …`. */
export function countsLine({ images, request, imageScan }: RunResult): string | undefined {
  if (request === undefined || request.mode === 'check') return undefined;
  const gate = `gate: ${gatesText(request.policy)}`;
  if (request.mode === 'await-regular') {
    return `${imageScan.scanned} of ${plural(imageScan.total, 'image')} scanned`;
  }
  const counted = images.filter((image) => assessmentOf(image)?.vulnerabilities !== undefined);
  const unknown = images.length - counted.length;
  if (counted.length === 0) return `Findings: unknown; ${gate}`;
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
  const fixable = sumWhereKnown(images, 'fixable');
  const accepted = sumWhereKnown(images, 'accepted') ?? 0;
  const total = vulnerabilities?.total ?? 0;
  const bySeverity = vulnerabilities === undefined ? '' : severityCounts(vulnerabilities);
  const parts = [
    `${plural(total, 'finding')}${bySeverity === '' ? '' : `: ${bySeverity}`}`,
    // Unknown is not zero.
    ...(fixable === undefined || total === 0 ? [] : [`${fixable} fixable`]),
    ...(accepted === 0 ? [] : [`${accepted} accepted`]),
    ...(compliance === 0 ? [] : [plural(compliance, 'compliance issue')]),
  ];
  return parts.join('; ');
}

function sumWhereKnown(images: readonly ImageResult[], which: 'fixable' | 'accepted'): number | undefined {
  const counts: (FindingCounts | undefined)[] = images.map((image) => assessmentOf(image)?.[which]);
  return counts.reduce<number | undefined>(
    (sum, each) => (sum === undefined || each === undefined ? undefined : sum + each.total),
    0,
  );
}

/** A warning where no gate is set and the report has critical findings: such a pass says less than it seems to. */
export function openGateWarning({ images, request, decision }: RunResult): string | undefined {
  if (decision.verdict !== 'passed' || request === undefined || hasGate(request.policy)) return undefined;
  const critical = images.filter((image) => (assessmentOf(image)?.vulnerabilities?.critical ?? 0) > 0);
  if (critical.length === 0) return undefined;
  const count = critical.reduce(
    (sum, image) => sum + (assessmentOf(image)?.vulnerabilities?.critical ?? 0),
    0,
  );
  const where =
    images.length === 1
      ? ''
      : ` in ${firstOf(
          critical.map(({ name }) => name),
          3,
        )}`;
  return `No gate is set, so ${plural(count, 'critical finding')}${where} did not decide anything. Set severity-cutoff to hold such images.`;
}
