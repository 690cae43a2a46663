import type { GateDetail, GateResult } from '../policy/gates.ts';
import type { Comparison } from '../policy/waivers/reference.ts';
import type { AssessedFinding, WaivedFinding } from '../policy/waivers/waiver.ts';
import { countFindings } from '../scan/finding.ts';
import { describeFindings, findingCount } from './finding-names.ts';
import { plural } from './plural.ts';
import { tally } from './severity-text.ts';
import { waivedBy, waivedParts } from './waiver-text.ts';

/** The findings at or above a cutoff: their number, and the worst by name. */
export function cutoffText(
  gate: GateResult['gate'],
  { cutoff, onlyFixed, comparison }: Extract<GateDetail, { kind: 'at-or-above' }>,
  findings: readonly AssessedFinding[],
  waived: readonly WaivedFinding[],
): string {
  const noun = gate === 'compliance-cutoff' ? 'compliance issue' : 'finding';
  const above = `at or above ${cutoff}${onlyFixed ? ' that have a fix' : ''}`;
  // Findings that are known or in grace count later; those that are excepted, or have no fix, do not count at all.
  const spared = waived.filter((one) => waivedBy(one) === 'known' || waivedBy(one) === 'grace');
  const all = [...findings, ...spared.map(({ finding }) => finding)];
  const ofWhich = spared.length === 0 ? '' : `, of which ${waivedParts(spared)}`;
  return `it has ${findingCount(all, noun)} ${above} (${tally(countFindings(all))})${ofWhich}${comparedText(comparison)}: ${describeFindings(findings)}`;
}

/** The reason why no finding is known although there is a reference. */
function comparedText(comparison: Comparison | undefined): string {
  switch (comparison?.kind) {
    case 'absent':
      return `, all new, as the report has no row of ${comparison.reference}`;
    case 'other-platform':
      return `, all new, as the report has ${comparison.reference} for another platform only`;
    case 'same-image':
      return `; ${comparison.reference} is the same image and waives nothing`;
    case 'compared':
    case 'unavailable':
    case undefined:
      return '';
  }
}

/** The findings that the report counts but does not list. */
export function unlistedText(
  gate: GateResult['gate'],
  { count, cutoff, couldWaive }: Extract<GateDetail, { kind: 'unlisted' }>,
): string {
  const [them, are] = count === 1 ? ['it', 'is'] : ['them', 'are'];
  if (gate === 'exploit-cutoff') {
    return `the report counts ${plural(count, 'finding')} that it does not list, so it is unknown if ${them} ${are === 'is' ? 'has' : 'have'} an exploit`;
  }
  if (cutoff === undefined) {
    return `the report counts ${plural(count, 'finding')} that it does not list, so it is unknown if the Console's policy blocks ${them}`;
  }
  const noun = gate === 'compliance-cutoff' ? 'compliance issue' : 'finding';
  const counted = `the report counts ${plural(count, noun)} at or above ${cutoff} that it does not list`;
  return couldWaive
    ? `${counted}, so it is unknown if ${them === 'it' ? 'it' : 'they'} ${are} waived`
    : counted;
}
