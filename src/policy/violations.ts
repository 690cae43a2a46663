import { describeFindingGate } from './gate-text.ts';
import type { GateResult } from './gates.ts';
import type { Violation } from './result.ts';
import type { GateName } from './waiver.ts';

const ON_FINDINGS: ReadonlySet<GateName> = new Set([
  'severity-cutoff',
  'exploit-cutoff',
  'compliance-cutoff',
  'fail-on-policy',
  'coverage',
]);

/** The gates on findings that are not met, then those that are unknown, for outputs that do not read the gates yet. */
export function violationsOf(gates: readonly GateResult[]): readonly Violation[] {
  const onFindings = gates.filter(({ gate, detail }) => ON_FINDINGS.has(gate) && isOfItsOwn(detail));
  const unread = onFindings.find(({ detail }) => detail.kind === 'findings-unread');
  if (unread !== undefined) return violationOf(unread);
  return [
    ...onFindings.filter(({ state }) => state === 'not-met').flatMap(violationOf),
    ...onFindings.filter(({ state }) => state === 'unknown').flatMap(violationOf),
  ];
}

/** False if another gate, or the lack of the whole report, is the cause. */
function isOfItsOwn({ kind }: GateResult['detail']): boolean {
  return kind !== 'not-evaluated' && kind !== 'no-row';
}

function violationOf(result: GateResult): readonly Violation[] {
  const { reason, findings } = result;
  switch (reason) {
    case 'severity-cutoff':
    case 'exploit-cutoff':
    case 'compliance-cutoff':
    case 'policy-violation':
    case 'coverage-missing':
    case 'report-unavailable':
      return [{ reason, message: describeFindingGate(result), findings }];
    default:
      return [];
  }
}
