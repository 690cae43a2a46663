import { knownPlatformName } from '../image/platform.ts';
import { SEVERITIES } from '../scan/severity.ts';
import { describeFindings } from './finding-group.ts';
import type { GateDetail, GateResult } from './gates.ts';
import type { Comparison } from './reference.ts';
import type { AssessedFinding } from './waiver.ts';

/** The clause for a gate on findings that is not met or unknown; continues “the scan of … is finished, but”. */
export function describeFindingGate({ gate, detail, findings, waived }: GateResult): string {
  switch (detail.kind) {
    case 'at-or-above': {
      const what = gate === 'compliance-cutoff' ? 'compliance issues' : 'vulnerabilities';
      const fixed = detail.onlyFixed ? ' that have a fix' : '';
      return `it has ${what} at or above ${detail.cutoff}${fixed} (${tally(findings)}${comparedText(detail.comparison, waived)}): ${describeFindings(findings)}`;
    }
    case 'unlisted':
      return unlistedText(gate, detail);
    case 'exploited': {
      const cutoff =
        detail.cutoff === 'poc' ? 'for which an exploit exists' : 'that are exploited in the wild';
      return `it has vulnerabilities ${cutoff} (${tally(findings)}): ${describeFindings(findings)}`;
    }
    case 'unlisted-exploit':
      return `the report says of the image that ${detail.exploit === 'poc' ? 'an exploit exists' : 'it is exploited in the wild'}, and of no listed vulnerability`;
    case 'exploits-unsaid':
      return 'the report of this Console does not say which vulnerabilities have an exploit';
    case 'reference-unavailable': {
      const { reference, why, detail: cause } = detail.comparison;
      return why === 'several-images'
        ? `the report has several images for the reference ${reference}; name one by its digest`
        : `the report of the reference ${reference} could not be read${cause === '' ? '' : ` (${cause})`}`;
    }
    case 'no-compliance':
      return 'the report neither counts nor lists compliance issues';
    case 'findings-unread':
      return 'its findings could not be read';
    case 'no-row':
      return 'the report that the gates need may not be read';
    case 'unsupported-distribution':
      return 'the scanner does not cover its distribution, so that finding nothing means nothing';
    default:
      return `the Console's policy blocks ${tally(findings)}: ${describeFindings(findings)}`;
  }
}

/** `; 2 more are known in app:live` */
function comparedText(comparison: Comparison | undefined, waived: GateResult['waived']): string {
  switch (comparison?.kind) {
    case undefined:
    case 'unavailable':
      return '';
    case 'absent':
      return `; all new, as the report has no row of ${comparison.reference}`;
    case 'other-platform':
      return `; all new, as the report has ${comparison.reference} for another platform only`;
    case 'same-image':
      return `; ${comparison.reference} is the same image and forgives nothing`;
    case 'compared': {
      const known = waived.filter(({ by }) => by.some(({ kind }) => kind === 'known')).length;
      return known === 0 ? '' : `; ${known} more known in ${comparison.reference}`;
    }
  }
}

function unlistedText(
  gate: GateResult['gate'],
  { count, cutoff, couldWaive }: Extract<GateDetail, { kind: 'unlisted' }>,
): string {
  if (gate === 'exploit-cutoff') {
    const [what, them] = count === 1 ? ['vulnerability', 'it has'] : ['vulnerabilities', 'any of them has'];
    return `the report counts ${count} ${what} that it does not list, so it is unknown whether ${them} an exploit`;
  }
  if (cutoff === undefined) {
    const [what, them] = count === 1 ? ['finding', 'it'] : ['findings', 'them'];
    return `the report counts ${count} ${what} that it does not list, so it is unknown whether the Console's policy blocks ${them}`;
  }
  const [one, many] =
    gate === 'compliance-cutoff'
      ? ['compliance issue', 'compliance issues']
      : ['vulnerability', 'vulnerabilities'];
  const counted = `the report counts ${count} ${count === 1 ? one : many} at or above ${cutoff} that it does not list`;
  return couldWaive ? `${counted}, so it is unknown whether there is a fix or an exception` : counted;
}

/** Why the digest or the platforms are not proven, as a sentence about the image of this name. */
export function describeIdentityGate(name: string, { detail }: GateResult): string {
  switch (detail.kind) {
    case 'no-row-for-digest':
      return `The scan of ${name} is finished, but the report that must show its digest may not be read.`;
    case 'different-image':
      return `${before(detail.registryError)}Asked for ${name}, but ${detail.explanation}.`;
    case 'registry-not-asked': {
      const shown = detail.shown.slice(0, 3).join(', ') || 'no digest';
      return `${before(detail.registryError)}So it is not known if ${shown}, which the report shows, is a platform of ${name}.`;
    }
    case 'unscanned-platforms': {
      const names = detail.platforms.map(({ platform }) => knownPlatformName(platform)).join(', ');
      return `${before(detail.registryError)}The platform ${names} of ${name} was not scanned.`;
    }
    default:
      return `The scan of ${name} is finished, but it is not proven to be the image asked for.`;
  }
}

function before(cause: string): string {
  return cause === '' ? '' : `${cause} `;
}

/** `2 critical and 1 high` */
function tally(findings: readonly AssessedFinding[]): string {
  const parts = SEVERITIES.flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return count > 0 ? [`${count} ${severity}`] : [];
  });
  return [parts.slice(0, -1).join(', '), ...parts.slice(-1)].filter((part) => part !== '').join(' and ');
}
