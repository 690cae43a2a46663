import type { ReportingDescriptor, Result } from 'sarif';
import type { LocatedFinding } from '../policy/image-findings.ts';
import type { AssessedFinding } from '../policy/waivers/waiver.ts';
import type { Severity } from '../scan/severity.ts';
import { cutText } from '../text/cut.ts';
import { findingSentence } from '../text/finding-sentence.ts';
import { joined } from '../text/joined.ts';
import { markdownLink, markdownText, webAddress } from '../text/markdown.ts';
import { waiverText } from '../text/waiver-text.ts';

/** Code scanning derives severities from scores. Without a CVSS, the usual score of the severity is used. */
const SCORES = {
  critical: { least: 9.1, usual: 9.5, most: 10 },
  high: { least: 7, usual: 8, most: 8.9 },
  medium: { least: 4, usual: 5.5, most: 6.9 },
  low: { least: 0.1, usual: 2, most: 3.9 },
} as const satisfies Record<Severity, { least: number; usual: number; most: number }>;

const LEVELS = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
} as const satisfies Record<Severity, Result.level>;

/** Limits of code scanning: for short descriptions, and for the displayed part of full ones. */
const LONGEST_SHORT = 1_024;
const LONGEST_FULL = 20_000;

/**
 * The rule of a finding, with the facts that are true in every image. Of several findings, the worst describes the
 * rule.
 */
export function sarifRule(id: string, finding: AssessedFinding): ReportingDescriptor {
  const { kind, severity, cvss, link, description } = finding;
  const { heading, summary, about } = textsOf(id, finding);
  const page = link === undefined ? undefined : webAddress(link);
  return {
    id,
    shortDescription: { text: cutText(plain(summary), LONGEST_SHORT) },
    fullDescription: { text: cutText(plain(about), LONGEST_FULL) },
    help: {
      text: joined([plain(about), page && `More: ${page}`]),
      markdown: `**${markdownLink(heading, link)}** (${severity})\n\n${markdownText(description ?? '')}`,
    },
    ...(page === undefined ? {} : { helpUri: page }),
    defaultConfiguration: { level: LEVELS[severity] },
    properties: {
      'security-severity': scoreOf(finding).toFixed(1),
      precision: 'very-high',
      tags: ['security', kind, 'container'],
      ...(cvss === undefined ? {} : { cvss }),
    },
  };
}

/** The texts about a rule: its heading, the heading with the facts known, and the whole description. */
function textsOf(id: string, { title, description }: AssessedFinding) {
  const heading = title === undefined || id.includes(title) ? id : `${id}: ${title}`;
  return {
    heading,
    summary: title === undefined ? joined([id, description], ': ') : heading,
    about: description ?? heading,
  };
}

/** The parts of a result besides its finding. */
interface ResultIdentity {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly uri: string;
  readonly fingerprint: string;
}

/** One finding in one image. */
export function sarifResult({ image, finding }: LocatedFinding, identity: ResultIdentity): Result {
  const { kind, severity, fix, title = '', cause = '' } = finding;
  const { packageName = '', packageVersion = '', packageType = '', packagePath = '' } = finding;
  return {
    ruleId: identity.ruleId,
    ruleIndex: identity.ruleIndex,
    kind: 'fail',
    level: resultLevel(finding),
    ...baselineOf(image, finding),
    message: { text: plain(findingSentence(finding, image.name)) },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: identity.uri }, region: { startLine: 1 } },
        ...(packageName === ''
          ? {}
          : { logicalLocations: [{ name: packageName, kind: 'package', fullyQualifiedName: packageName }] }),
      },
    ],
    partialFingerprints: { primaryLocationLineHash: identity.fingerprint },
    suppressions: suppressionsOf(finding),
    properties: {
      image: image.name,
      ...(image.digest === undefined ? {} : { digest: image.digest }),
      severity,
      ...(finding.rawSeverity === undefined ? {} : { rawSeverity: finding.rawSeverity }),
      ...(kind === 'compliance'
        ? { title, cause }
        : { packageName, packageVersion, packageType, packagePath }),
      ...(fix === undefined ? {} : { fixedIn: fix.version ?? '' }),
      ...(finding.exploit === undefined ? {} : { exploit: finding.exploit }),
      isBlockedByPolicy: finding.isBlocking,
    },
  };
}

/** The level of a finding. In grace, it is a warning, since it blocks later. */
function resultLevel({ severity, waivers }: AssessedFinding): Result.level {
  const level = LEVELS[severity];
  return level === 'error' && waivers.some(({ kind }) => kind === 'grace') ? 'warning' : level;
}

/** The state compared with the reference image; without one, none is given. */
function baselineOf(
  { assessment }: LocatedFinding['image'],
  { kind, waivers }: AssessedFinding,
): Pick<Result, 'baselineState'> {
  if (waivers.some((waiver) => waiver.kind === 'known')) return { baselineState: 'unchanged' };
  const { comparison } = assessment ?? {};
  const isCompared = comparison !== undefined && comparison.kind !== 'unavailable';
  return isCompared && kind === 'vulnerability' ? { baselineState: 'new' } : {};
}

/** Suppresses a result that people decided to accept, but not one that is only less urgent. */
function suppressionsOf({ waivers }: AssessedFinding): NonNullable<Result['suppressions']> {
  return waivers
    .filter(({ kind }) => kind === 'exception' || kind === 'vex')
    .map((waiver) => ({ kind: 'external', status: 'accepted', justification: waiverText(waiver) }));
}

/** The CVSS, within the bounds of the severity that gates use. */
function scoreOf({ severity, cvss }: AssessedFinding): number {
  const { least, usual, most } = SCORES[severity];
  return cvss === undefined ? usual : Math.min(most, Math.max(least, cvss));
}

/** Replaces brackets: even in plain text, SARIF reads square ones as links and curly ones as placeholders. */
function plain(text: string): string {
  return text.replace(/[[{]/g, '(').replace(/[\]}]/g, ')');
}
