import type { GateResult } from '../policy/gates.ts';
import { findingCount } from './finding-names.ts';
import { clauseOf } from './gate-clause.ts';
import { markdownText } from './markdown.ts';
import { waivedText } from './waiver-text.ts';

/** The row of a run without any gate on findings. */
export const NO_GATE = {
  condition: 'No gate on findings is set',
  outcome: 'Findings are counted and decide nothing.',
} as const;

/** The outcome of one gate, in one image or in several, in Markdown. */
export function gateOutcome(results: readonly GateResult[]): string {
  const [notMet, unknown] = [ofState(results, 'not-met'), ofState(results, 'unknown')];
  const among = (some: readonly GateResult[]) =>
    results.length === 1 ? '' : ` in ${some.length} of ${results.length} images`;
  const waived = waivedText(results.flatMap((result) => result.waived));
  const isMet = notMet.length + unknown.length === 0;
  const parts = [
    ...(notMet.length > 0 ? [`${violationText(notMet)}${among(notMet)}`] : []),
    ...(unknown.length > 0 ? [`${unknownText(unknown)}${among(unknown)}`] : []),
    ...(isMet ? [results.some(isOnFindings) ? '0 findings' : 'met'] : []),
    ...(waived === undefined ? [] : [markdownText(waived)]),
  ];
  return parts.join('; ');
}

/** The worst state of a gate in several images. */
export function worstState(results: readonly GateResult[]): GateResult['state'] {
  if (ofState(results, 'not-met').length > 0) return 'not-met';
  return ofState(results, 'unknown').length > 0 ? 'unknown' : 'met';
}

function ofState(results: readonly GateResult[], wanted: GateResult['state']): readonly GateResult[] {
  return results.filter(({ state }) => state === wanted);
}

function isOnFindings({ gate }: GateResult): boolean {
  return gate !== 'scan' && gate !== 'digest' && gate !== 'platforms' && gate !== 'coverage';
}

/** The number of findings that violate a gate; their names have a separate table. */
function violationText(results: readonly GateResult[]): string {
  const findings = results.flatMap((result) => result.findings);
  if (findings.length > 0) return `**${findingCount(findings)}**`;
  const [first] = results;
  return first?.detail.kind === 'unlisted' ? `**not met**: ${markdownText(clauseOf(first))}` : '**not met**';
}

function unknownText(results: readonly GateResult[]): string {
  return results.some(({ detail }) => detail.kind === 'not-evaluated') ? 'not evaluated' : 'unknown';
}
