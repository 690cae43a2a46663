import type { GateDetail, GateResult } from '../policy/gates.ts';
import type { AssessedFinding } from '../policy/waivers/waiver.ts';
import { countFindings, type Exploit } from '../scan/finding.ts';
import { cutoffText, unlistedText } from './cutoff-text.ts';
import { describeFindings, findingCount } from './finding-names.ts';
import { tally } from './severity-text.ts';

/** The state of a gate and its cause; continues “the scan of … is finished, but”. */
export function clauseOf({ gate, detail, findings, waived }: GateResult): string {
  switch (detail.kind) {
    case 'at-or-above':
      return cutoffText(gate, detail, findings, waived);
    case 'unlisted':
      return unlistedText(gate, detail);
    case 'exploited':
      return exploitedText(detail.cutoff, findings);
    case 'unlisted-exploit':
      return `the report shows ${EXPLOIT_NAME[detail.exploit]} for the image and for none of its listed findings`;
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
    case 'none':
      return `the Console's policy blocks ${tally(countFindings(findings))}: ${describeFindings(findings)}`;
    case 'not-evaluated':
    case 'proven':
    case 'given-up':
    case 'no-response':
    case 'ended-by-error':
    case 'scan-error':
    case 'no-row-for-digest':
    case 'different-image':
    case 'registry-not-asked':
    case 'unscanned-platforms':
    case 'no-row':
      return `the gate ${gate} was not evaluated`;
  }
}

const EXPLOIT_NAME = { poc: 'a known exploit', 'in-the-wild': 'an exploit in the wild' } as const;

function exploitedText(cutoff: Exploit, findings: readonly AssessedFinding[]): string {
  const which = cutoff === 'poc' ? 'for which an exploit exists' : 'exploited in the wild';
  return `it has ${findingCount(findings)} ${which} (${tally(countFindings(findings))}): ${describeFindings(findings)}`;
}

function referenceText({ reference, why, detail }: UnavailableReference): string {
  if (why === 'several-images') return `the report has several images for the reference ${reference}`;
  const cause = detail === undefined ? '' : ` (${detail})`;
  return `the report of the reference ${reference} could not be read${cause}`;
}

type UnavailableReference = Extract<GateDetail, { kind: 'reference-unavailable' }>['comparison'];
