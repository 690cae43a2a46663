import { describeFindings, groupFindings } from '../policy/finding-group.ts';
import { hasGate, type Policy } from '../policy/policy.ts';
import type { Reason } from '../policy/reasons.ts';
import type { ImageResult, RunRequest, RunResult, Violation } from '../policy/result.ts';
import { formatDuration } from '../scan/duration.ts';
import { markdownTable, markdownText, type Section } from '../text/markdown.ts';
import { plural } from '../text/plural.ts';

const FINDINGS_NAMED = 3;

/** A condition of a pass, and how the images stand with it. */
interface Gate {
  /** Markdown. */
  readonly name: string;
  /** Whether an image meets it; undefined where nothing could be told. */
  readonly isMet: (image: ImageResult) => boolean | undefined;
  /** The result where every image meets it. */
  readonly metText: string;
  /** The findings that object. */
  readonly violations: readonly Violation[];
}

/** Every gate in force, whether it is met, and the findings that object. */
export function gateSection({ images, request, decision }: RunResult): Section {
  const about = 'the gates in force';
  if (request === undefined || request.mode === 'check') return { about, markdown: '' };
  if (images.length === 0) {
    const [sign, text] = decision.verdict === 'passed' ? [MET, 'met'] : [NOT_MET, '**not met**'];
    return { about, markdown: markdownTable(HEAD, [[sign, finishedText(request), text]]) };
  }
  const rows = gatesOf(request, images).map((gate) => gateRow(gate, images));
  const open = hasGate(request.policy)
    ? []
    : [[UNTOLD, 'No gate on findings is set', 'Findings are counted and decide nothing.']];
  return { about, markdown: markdownTable(HEAD, [...rows, ...open]) };
}

const HEAD = ['', 'Gate', 'Result'];
const MET = '✅';
const NOT_MET = '❌';
const UNTOLD = '➖';

function gateRow(gate: Gate, images: readonly ImageResult[]): readonly string[] {
  const states = images.map(gate.isMet);
  const notMet = states.filter((state) => state === false).length;
  const untold = states.filter((state) => state === undefined).length;
  const of = (count: number) => (images.length === 1 ? '' : ` in ${count} of ${images.length} images`);
  const parts = [
    ...(notMet > 0 ? [violationText(gate.violations, of(notMet))] : []),
    ...(untold > 0 ? [`not evaluated${of(untold)}`] : []),
  ];
  const sign = notMet > 0 ? NOT_MET : untold > 0 ? UNTOLD : MET;
  return [sign, gate.name, parts.length === 0 ? gate.metText : parts.join('; ')];
}

/** The findings that violate it, each named once however many images have it; else what the report counts. */
function violationText(violations: readonly Violation[], ofImages: string): string {
  const groups = groupFindings(violations.flatMap(({ findings }) => findings));
  if (groups.length > 0) {
    const named = describeFindings(
      groups.map(({ finding }) => finding),
      FINDINGS_NAMED,
    );
    return `**${plural(groups.length, 'finding')}**${ofImages}: ${markdownText(named)}`;
  }
  const message = violations.find((violation) => violation.message !== '')?.message;
  return `**not met**${ofImages}${message === undefined ? '' : `: ${markdownText(message)}`}`;
}

function gatesOf(request: RunRequest, images: readonly ImageResult[]): readonly Gate[] {
  const { policy, platforms } = request;
  return [
    { name: finishedText(request), isMet: isFinished, metText: 'met', violations: [] },
    ...(images.some(({ image }) => image?.digest !== undefined)
      ? [
          {
            name: 'The scanned digest is the one asked for (`digest`)',
            isMet: hasDigest,
            metText: 'met',
            violations: [],
          },
        ]
      : []),
    ...(platforms === 'scanned'
      ? []
      : [
          {
            name: `Platforms are scanned (\`platforms\`: ${markdownText(platforms)})`,
            isMet: hasPlatforms,
            metText: 'met',
            violations: [],
          },
        ]),
    ...findingGates(policy, images),
  ];
}

function findingGates(policy: Policy, images: readonly ImageResult[]): readonly Gate[] {
  const { severityCutoff, exploitCutoff, onlyFixed, complianceCutoff, failOnPolicy } = policy;
  const gate = (name: string, reason: Violation['reason']): Gate => ({
    name,
    isMet: (image) => isGateMet(image, reason),
    metText: reason === 'coverage-missing' ? 'met' : '0 findings',
    violations: images.flatMap(({ violations }) =>
      violations.filter((violation) => violation.reason === reason),
    ),
  });
  const fixed = onlyFixed ? ' with a fix (`severity-cutoff`, `only-fixed`)' : ' (`severity-cutoff`)';
  return [
    ...(severityCutoff === undefined
      ? []
      : [gate(`No vulnerability of severity ${orAbove(severityCutoff)}${fixed}`, 'severity-cutoff')]),
    ...(exploitCutoff === undefined ? [] : [gate(EXPLOIT_GATE[exploitCutoff], 'exploit-cutoff')]),
    ...(complianceCutoff === undefined
      ? []
      : [
          gate(
            `No compliance issue of severity ${orAbove(complianceCutoff)} (\`compliance-cutoff\`)`,
            'compliance-cutoff',
          ),
        ]),
    ...(failOnPolicy
      ? [gate('No finding that the Console policy blocks (`fail-on-policy`)', 'policy-violation')]
      : []),
    ...(hasGate(policy) ? [gate('The scanner supports the distribution', 'coverage-missing')] : []),
  ];
}

const EXPLOIT_GATE = {
  'in-the-wild': 'No vulnerability that is exploited in the wild (`exploit-cutoff`)',
  poc: 'No vulnerability for which an exploit exists (`exploit-cutoff`)',
} as const;

function orAbove(severity: string): string {
  return severity === 'critical' ? severity : `${severity} or above`;
}

function finishedText({ maxScanAgeMs }: RunRequest): string {
  const recent =
    maxScanAgeMs === undefined
      ? ''
      : `, or finished at most ${formatDuration(maxScanAgeMs)} ago (\`max-scan-age\`)`;
  return `The scan is proven finished without an error${recent}`;
}

function isFinished({ proof, decision }: ImageResult): boolean {
  return proof !== undefined && decision.reason !== 'scan-error' && decision.reason !== 'scan-incomplete';
}

function hasDigest(image: ImageResult): boolean | undefined {
  if (image.decision.reason === 'digest-mismatch') return false;
  return isFinished(image) && image.isDigestVerified ? true : undefined;
}

function hasPlatforms(image: ImageResult): boolean | undefined {
  if (image.decision.reason === 'platform-unscanned') return false;
  return isFinished(image) ? image.hasAllPlatforms : undefined;
}

/** The reasons after which the gates on findings were evaluated. */
const EVALUATED: readonly Reason[] = [
  'scan-completed',
  'recent-scan',
  'severity-cutoff',
  'exploit-cutoff',
  'compliance-cutoff',
  'policy-violation',
  'coverage-missing',
  'report-unavailable',
];

function isGateMet({ decision, violations }: ImageResult, reason: Violation['reason']): boolean | undefined {
  if (violations.some((violation) => violation.reason === reason)) return false;
  const isUncertain =
    decision.reason === 'report-unavailable' ||
    violations.some((violation) => violation.reason === 'report-unavailable');
  return EVALUATED.includes(decision.reason) && !isUncertain ? true : undefined;
}
