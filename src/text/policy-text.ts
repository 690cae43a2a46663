import { hasGate, type Policy } from '../policy/policy.ts';
import { plural } from './plural.ts';

/** The gates on findings, in the names of the inputs. */
export function gatesText(policy: Policy): string {
  const { severityCutoff, exploitCutoff, complianceCutoff, failOnPolicy, exceptions } = policy;
  const gates = [
    ...(severityCutoff === undefined ? [] : [`severity-cutoff ${severityCutoff}${qualifiersText(policy)}`]),
    ...(exploitCutoff === undefined ? [] : [`exploit-cutoff ${exploitCutoff}`]),
    ...(complianceCutoff === undefined ? [] : [`compliance-cutoff ${complianceCutoff}`]),
    ...(failOnPolicy ? ['fail-on-policy'] : []),
  ];
  if (!hasGate(policy)) return 'none';
  const accepted = exceptions.length === 0 ? '' : `; ${plural(exceptions.length, 'exception')}`;
  return `${gates.join(', ')}${accepted}`;
}

/** The inputs that waive a vulnerability at the gate of its severity. */
function qualifiersText({ grace, compareWith, onlyFixed }: Policy): string {
  const qualifiers = [
    ...(onlyFixed ? ['only-fixed'] : []),
    ...(Object.keys(grace).length > 0 ? ['grace'] : []),
    ...(compareWith === undefined ? [] : [`compare-with ${compareWith}`]),
  ];
  return qualifiers.length === 0 ? '' : ` (${qualifiers.join(', ')})`;
}
