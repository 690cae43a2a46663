import type { GateResult } from '../policy/gates.ts';
import { hasGate, type Policy } from '../policy/policy.ts';
import type { RunRequest, RunResult } from '../policy/result.ts';
import { GATE_NAMES, type GateName } from '../policy/waiver.ts';
import { formatDuration } from '../scan/duration.ts';
import { findingCount } from '../text/finding-names.ts';
import { clauseOf } from '../text/gate-text.ts';
import { markdownTable, markdownText, type Section } from '../text/markdown.ts';
import { waivedText } from '../text/waiver-text.ts';

/** Every gate in force, with its state and the number of findings that violate it. */
export function gateSection({ images, request, decision }: RunResult): Section {
  const about = 'the gates in force';
  if (request === undefined || request.mode === 'check') return { about, markdown: '' };
  if (images.length === 0) {
    const [sign, text] = decision.verdict === 'passed' ? [SIGN.met, 'met'] : [SIGN['not-met'], '**not met**'];
    return { about, markdown: markdownTable(HEAD, [[sign, finishedText(request), text]]) };
  }
  const rows = GATE_NAMES.flatMap((name) => {
    const results = images.flatMap(({ gates }) => gates.filter(({ gate }) => gate === name));
    return results.length === 0 ? [] : [gateRow(gateName(name, request), results)];
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

/** The condition for a pass, in Markdown. */
function gateName(gate: GateName, request: RunRequest): string {
  const { complianceCutoff = 'low' } = request.policy;
  switch (gate) {
    case 'scan':
      return finishedText(request);
    case 'digest':
      return 'The scanned digest is the one asked for (`digest`)';
    case 'platforms':
      return `Platforms are scanned (\`platforms\`: ${markdownText(request.platforms)})`;
    case 'severity-cutoff':
      return severityGateName(request.policy);
    case 'exploit-cutoff':
      return 'No vulnerability with a known exploit (`exploit-cutoff`)';
    case 'compliance-cutoff':
      return `No compliance issue of severity ${orAbove(complianceCutoff)} (\`compliance-cutoff\`)`;
    case 'fail-on-policy':
      return 'No finding that the Console policy blocks (`fail-on-policy`)';
    case 'coverage':
      return 'The scanner supports the distribution';
  }
}

function severityGateName({ severityCutoff = 'low', onlyFixed }: Policy): string {
  const inputs = onlyFixed ? 'with a fix (`severity-cutoff`, `only-fixed`)' : '(`severity-cutoff`)';
  return `No vulnerability of severity ${orAbove(severityCutoff)} ${inputs}`;
}

function finishedText({ maxScanAgeMs }: RunRequest): string {
  const recent =
    maxScanAgeMs === undefined
      ? ''
      : `, or finished at most ${formatDuration(maxScanAgeMs)} ago (\`max-scan-age\`)`;
  return `The scan is proven finished without an error${recent}`;
}

function orAbove(severity: string): string {
  return severity === 'critical' ? severity : `${severity} or above`;
}
