import { hasGate, type Policy } from '../policy/policy.ts';
import { plural } from './plural.ts';

/** The gates on findings, in the names of the inputs. */
export function gatesText(policy: Policy): string {
  const {
    severityCutoff,
    exploitCutoff,
    grace,
    compareWith,
    onlyFixed,
    complianceCutoff,
    failOnPolicy,
    exceptions,
  } = policy;
  const qualifiers = [
    ...(onlyFixed ? ['only-fixed'] : []),
    ...(Object.keys(grace).length > 0 ? ['grace'] : []),
    ...(compareWith === undefined ? [] : [`compare-with ${compareWith}`]),
  ];
  const qualified = qualifiers.length === 0 ? '' : ` (${qualifiers.join(', ')})`;
  const gates = [
    ...(severityCutoff === undefined ? [] : [`severity-cutoff ${severityCutoff}${qualified}`]),
    ...(exploitCutoff === undefined ? [] : [`exploit-cutoff ${exploitCutoff}`]),
    ...(complianceCutoff === undefined ? [] : [`compliance-cutoff ${complianceCutoff}`]),
    ...(failOnPolicy ? ['fail-on-policy'] : []),
  ];
  if (!hasGate(policy)) return 'none';
  const accepted = exceptions.length === 0 ? '' : `; ${plural(exceptions.length, 'exception')}`;
  return `${gates.join(', ')}${accepted}`;
}
