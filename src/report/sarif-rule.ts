import type { ReportingDescriptor, Result } from 'sarif';
import type { AssessedFinding } from '../gate/assessment.ts';
import type { Digest } from '../scan/image.ts';
import type { Severity } from '../scan/severity.ts';
import { markdownLink, markdownText, webAddress } from './markdown.ts';

/** A finding with all that its result needs to know. */
export interface RatedFinding {
  readonly finding: AssessedFinding;
  readonly ruleIndex: number;
  readonly imageName: string;
  readonly digest: Digest | undefined;
  readonly uri: string;
  readonly fingerprint: string;
}

/** GitHub tells the four severities by their scores; where there is no CVSS, the one in the middle stands for all. */
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

/** What is true of a CVE wherever it is found. */
export function ruleOf(finding: AssessedFinding): ReportingDescriptor {
  const { id, kind, severity, cvss, link, description } = finding;
  const about = plain(description === '' ? id : description);
  const page = webAddress(link);
  const more = page === undefined ? '' : ` More: ${page}`;
  return {
    id,
    shortDescription: { text: plain(description === '' ? id : `${id}: ${description}`) },
    fullDescription: { text: about },
    help: {
      text: `${about}${more}`,
      markdown: `**${markdownLink(id, link)}** (${severity})\n\n${markdownText(description)}`,
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

/** One finding in one image. */
export function resultOf(rated: RatedFinding): Result {
  const { finding, ruleIndex, imageName, digest, uri, fingerprint } = rated;
  const { id, severity, packageName, packageVersion, packageType, fix, isBlocking, acceptedBy } = finding;
  return {
    ruleId: id,
    ruleIndex,
    level: LEVELS[severity],
    message: { text: messageOf(finding, imageName) },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri }, region: { startLine: 1 } },
        ...(packageName === ''
          ? {}
          : { logicalLocations: [{ name: packageName, kind: 'package', fullyQualifiedName: packageName }] }),
      },
    ],
    partialFingerprints: { primaryLocationLineHash: fingerprint },
    suppressions:
      acceptedBy === undefined
        ? []
        : [{ kind: 'external', justification: `${acceptedBy.reason} (until ${acceptedBy.until})` }],
    properties: {
      image: imageName,
      ...(digest === undefined ? {} : { digest }),
      packageName,
      packageVersion,
      packageType,
      ...(fix === undefined ? {} : { fixedIn: fix }),
      isBlockedByPolicy: isBlocking,
    },
  };
}

function messageOf({ id, packageName, packageVersion, fix }: AssessedFinding, imageName: string): string {
  const what = [packageName, packageVersion].filter((part) => part !== '').join(' ');
  const where = what === '' ? `${imageName} has ${id}` : `${what} in ${imageName} has ${id}`;
  const mend = fix === undefined ? 'There is no fix yet' : `Fixed${fix === '' ? '' : ` in ${fix}`}`;
  return plain(`${where}. ${mend}.`);
}

/** By the severity that gates go by; within its bounds, by the CVSS. */
function scoreOf({ severity, cvss }: AssessedFinding): number {
  const { least, usual, most } = SCORES[severity];
  return cvss === undefined ? usual : Math.min(most, Math.max(least, cvss));
}

/** SARIF makes links of square brackets and placeholders of curly ones, in plain text too. */
function plain(text: string): string {
  return text.replace(/[[{]/g, '(').replace(/[\]}]/g, ')');
}
