import { GATE_NAMES } from '../policy/gate-name.ts';
import type { GateResult } from '../policy/gates.ts';
import { hasGate } from '../policy/policy.ts';
import type { RunResult } from '../policy/result.ts';
import { findingCount } from '../text/finding-names.ts';
import { finishedCondition, gateCondition } from '../text/gate-condition.ts';
import { clauseOf } from '../text/gate-text.ts';
import { markdownTable, markdownText, type Section } from '../text/markdown.ts';
import { waivedText } from '../text/waiver-text.ts';

/** Every gate in force, with its state and the number of findings that violate it. */
export function gateSection({ images, request, decision }: RunResult): Section {
  const about = 'the gates in force';
  if (request === undefined || request.mode === 'check') return { about, markdown: '' };
  if (images.length === 0) {
    const [sign, text] = decision.verdict === 'passed' ? [SIGN.met, 'met'] : [SIGN['not-met'], '**not met**'];
    return { about, markdown: markdownTable(HEAD, [[sign, finishedCondition(request), text]]) };
  }
  const rows = GATE_NAMES.flatMap((name) => {
    const results = images.flatMap(({ gates }) => gates.filter(({ gate }) => gate === name));
    return results.length === 0 ? [] : [gateRow(gateCondition(name, request), results)];
  });
  const open = hasGate(request.policy)
    ? []
    : [[SIGN.unknown, 'No gate on findings is set', 'Findings are counted and decide nothing.']];
  return { about, markdown: markdownTable(HEAD, [...rows, ...open]) };
}

const HEAD = ['', 'Gate', 'Result'];
const SIGN = { met: '✅', 'not-met': '❌', unknown: '➖' } as const satisfies Record<
  GateResult['state'],
  string
>;

function gateRow(name: string, results: readonly GateResult[]): readonly string[] {
  const having = (wanted: GateResult['state']) => results.filter(({ state }) => state === wanted);
  const [notMet, unknown] = [having('not-met'), having('unknown')];
  const of = (some: readonly GateResult[]) =>
    results.length === 1 ? '' : ` in ${some.length} of ${results.length} images`;
  const waived = waivedText(results.flatMap((result) => result.waived));
  const parts = [
    ...(notMet.length > 0 ? [`${violationText(notMet)}${of(notMet)}`] : []),
    ...(unknown.length > 0 ? [`${unknownText(unknown)}${of(unknown)}`] : []),
    ...(notMet.length + unknown.length > 0 ? [] : [results.some(isOnFindings) ? '0 findings' : 'met']),
    ...(waived === undefined ? [] : [markdownText(waived)]),
  ];
  const sign = notMet.length > 0 ? SIGN['not-met'] : unknown.length > 0 ? SIGN.unknown : SIGN.met;
  return [sign, name, parts.join('; ')];
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
