import { knownPlatformName } from '../image/platform.ts';
import { SEVERITIES } from '../scan/severity.ts';
import { describeFindings } from './finding-group.ts';
import type { GateDetail, GateResult } from './gates.ts';
import type { AssessedFinding } from './waiver.ts';

/** The clause for a gate on findings that is not met or unknown; continues “the scan of … is finished, but”. */
export function describeFindingGate({ gate, detail, findings }: GateResult): string {
  switch (detail.kind) {
    case 'at-or-above': {
      const what = gate === 'compliance-cutoff' ? 'compliance issues' : 'vulnerabilities';
      const fixed = detail.onlyFixed ? ' that have a fix' : '';
      return `it has ${what} at or above ${detail.cutoff}${fixed} (${tally(findings)}): ${describeFindings(findings)}`;
    }
    case 'unlisted':
      return unlistedText(gate, detail);
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

function unlistedText(
  gate: GateResult['gate'],
  { count, cutoff, couldWaive }: Extract<GateDetail, { kind: 'unlisted' }>,
): string {
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
      return `Asked for ${name}, but ${detail.explanation}.${after(detail.registryError)}`;
    case 'registry-not-asked': {
      const shown = detail.shown.slice(0, 3).join(', ') || 'no digest';
      return `Asked for ${name}, but the report shows ${shown}, and the registry could not be asked whether that is a platform of it.${after(detail.registryError)}`;
    }
    case 'unscanned-platforms': {
      const names = detail.platforms.map(({ platform }) => knownPlatformName(platform)).join(', ');
      return `The platform ${names} of ${name} was not scanned.${after(detail.registryError)}`;
    }
    default:
      return `The scan of ${name} is finished, but it is not proven to be the image asked for.`;
  }
}

function after(cause: string): string {
  return cause === '' ? '' : ` ${cause}`;
}

/** `2 critical and 1 high` */
function tally(findings: readonly AssessedFinding[]): string {
  const parts = SEVERITIES.flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return count > 0 ? [`${count} ${severity}`] : [];
  });
  return [parts.slice(0, -1).join(', '), ...parts.slice(-1)].filter((part) => part !== '').join(' and ');
}
