import { knownPlatformName } from '../image/platform.ts';
import { type GateDetail, type GateResult, isOpenOnFindings, openOnFindings } from '../policy/gates.ts';
import type { AssessedFinding } from '../policy/waivers/waiver.ts';
import type { Finding } from '../scan/finding.ts';
import { countFindings } from '../scan/finding.ts';
import { cutoffText, unlistedText } from './cutoff-text.ts';
import type { Description } from './description.ts';
import { describeFindings, findingCount } from './finding-names.ts';
import { givenUpText } from './given-up-text.ts';
import { digestText, registryNotAskedText, unscannedText } from './identity-text.ts';
import { tally } from './severity-text.ts';
import { unreadText, unreadTodo } from './unread-text.ts';

/** The number of findings that the short form names. */
const FINDINGS_NAMED = 2;

/** The sentences about the deciding gate; other gates on findings that are not met or unknown are named after it. */
export function gatesNotMetText(
  deciding: GateResult,
  gates: readonly GateResult[],
  name: string,
): Description {
  const { what, todo, brief } = gateText(deciding, name);
  const others = isOpenOnFindings(deciding) ? openOnFindings(gates).filter((gate) => gate !== deciding) : [];
  const also = others.map((gate) => ` Also, ${clauseOf(gate)}.`).join('');
  return { what: `${what}${also}`, todo, brief };
}

function gateText(gate: GateResult, name: string): Description {
  const { detail } = gate;
  switch (detail.kind) {
    case 'given-up':
      return givenUpText(detail.facts, name, gate.reason === 'platform-unscanned');
    case 'scan-error':
      return scanErrorText(detail.error, name);
    case 'no-row-for-digest':
      return unreadableText('is needed to verify the digest', name);
    case 'no-row':
      return unreadableText('the gates need', name);
    case 'different-image':
      return digestText(detail, name);
    case 'registry-not-asked':
      return registryNotAskedText(detail, name);
    case 'unscanned-platforms':
      return unscannedText(
        detail.platforms.map(({ platform }) => knownPlatformName(platform)),
        detail.registryError,
        name,
      );
    case 'no-response':
    case 'ended-by-error':
    case 'proven':
    case 'not-evaluated':
      return findingGateText(gate, name, `the gate ${gate.gate} was not evaluated`);
    case 'none':
    case 'findings-unread':
    case 'at-or-above':
    case 'unlisted':
    case 'no-compliance':
    case 'exploited':
    case 'unlisted-exploit':
    case 'exploits-unsaid':
    case 'reference-unavailable':
    case 'unsupported-distribution':
      return findingGateText(gate, name, clauseOf(gate));
  }
}

function findingGateText(gate: GateResult, name: string, clause: string): Description {
  const { findings, detail } = gate;
  const unread = 'unread' in detail && gate.state === 'unknown' ? detail.unread : undefined;
  return {
    what: `The scan of ${name} is finished, but ${clause}.${unread === undefined ? '' : ` ${unreadText(unread)}`}`,
    todo: todoOf(gate),
    brief:
      findings.length === 0
        ? clause
        : `${tally(countFindings(findings))}: ${describeFindings(findings, FINDINGS_NAMED)}`,
  };
}

/** Continues “the scan of … is finished, but”. */
export function clauseOf({ gate, detail, findings, waived }: GateResult): string {
  switch (detail.kind) {
    case 'at-or-above':
      return cutoffText(gate, detail, findings, waived);
    case 'unlisted':
      return unlistedText(gate, detail);
    case 'exploited':
      return exploitedText(detail.cutoff, findings);
    case 'unlisted-exploit':
      return `the report shows ${EXPLOIT_TEXT[detail.exploit]} for the image and for none of its listed findings`;
    case 'exploits-unsaid':
      return 'the report of this Console does not say which findings have an exploit';
    case 'reference-unavailable':
      return referenceText(detail.comparison);
    case 'no-compliance':
      return 'the report neither counts nor lists compliance issues';
    case 'findings-unread':
      return 'its findings could not be read';
    case 'unsupported-distribution':
      return 'the scanner does not support its distribution, so an empty report proves nothing';
    default:
      return `the Console's policy blocks ${tally(countFindings(findings))}: ${describeFindings(findings)}`;
  }
}

const EXPLOIT_TEXT = { poc: 'a known exploit', 'in-the-wild': 'an exploit in the wild' } as const;

function exploitedText(cutoff: 'poc' | 'in-the-wild', findings: readonly AssessedFinding[]): string {
  const which = cutoff === 'poc' ? 'for which an exploit exists' : 'exploited in the wild';
  return `it has ${findingCount(findings)} ${which} (${tally(countFindings(findings))}): ${describeFindings(findings)}`;
}

function referenceText({ reference, why, detail }: UnavailableReference): string {
  if (why === 'several-images') return `the report has several images for the reference ${reference}`;
  const cause = detail === undefined ? '' : ` (${detail})`;
  return `the report of the reference ${reference} could not be read${cause}`;
}

type UnavailableReference = Extract<GateDetail, { kind: 'reference-unavailable' }>['comparison'];

function scanErrorText(error: string, name: string): Description {
  return {
    what: `The Console reports that the scan of ${name} failed: “${error}”.`,
    todo: 'Open the image in the Console under Monitor > Vulnerabilities > Images > Registries, fix what the scanner names (often the registry credential or a missing tag), and run again.',
    brief: `the Console reports “${error}”`,
  };
}

function unreadableText(need: string, name: string): Description {
  const brief = `the Console user is not allowed to read the report, which ${need}`;
  return {
    what: `The scan of ${name} is finished, but ${brief}.`,
    todo: 'Give the Console user read access to Monitor and collections that cover the image, then run again.',
    brief,
  };
}

function todoOf({ gate, detail, findings }: GateResult): string {
  switch (detail.kind) {
    case 'unlisted':
      return detail.couldWaive ? UNKNOWN_UNLISTED : UNLISTED;
    case 'unlisted-exploit':
      return 'See the image in the Console: its rule for vulnerabilities may hide findings from the report.';
    case 'exploits-unsaid':
      return 'See the image in the Console, or leave out exploit-cutoff.';
    case 'reference-unavailable':
      return detail.comparison.why === 'several-images'
        ? 'Name the reference by its digest in compare-with.'
        : 'Give the Console user collections that cover the reference, or leave out compare-with.';
    case 'no-compliance':
      return 'See the image in the Console, or leave out compliance-cutoff.';
    case 'findings-unread':
      return unreadTodo(detail.unread);
    case 'unsupported-distribution':
      return 'Use a base image that the scanner supports, or promote without a gate on findings and check the image with another scanner.';
    default:
      return findingsTodo(gate, findings);
  }
}

const UNLISTED =
  'See the findings in the Console: the report does not list them, so the counts decide and no exception applies.';
const UNKNOWN_UNLISTED =
  'See the image in the Console; without exceptions, only-fixed and fail-on-policy the counts of the report decide.';

function findingsTodo(gate: GateResult['gate'], findings: readonly Finding[]): string {
  const isFixable = findings.some(({ fix }) => fix !== undefined);
  switch (gate) {
    case 'compliance-cutoff':
      return 'Fix the issues in the Dockerfile and push again, or accept an issue until a date in the file that exceptions names.';
    case 'fail-on-policy':
      return isFixable
        ? 'Update to the fixed versions and push again, or allow the finding in the Console policy or in the file that exceptions names.'
        : 'No fix is known: allow the finding in the Console policy or in the file that exceptions names, and run again.';
    case 'exploit-cutoff':
      return isFixable
        ? 'Update to the fixed versions and push again at once: exploits are known.'
        : 'No fix is known, but exploits are: remove the package, or accept the finding until a date in the file that exceptions names.';
    default:
      return isFixable
        ? 'Update to the fixed versions and push again, or accept a finding until a date in the file that exceptions names.'
        : 'No fix is known: accept a finding until a date in the file that exceptions names, or set only-fixed if such findings do not count.';
  }
}
