import { hasGate, type Policy } from '../policy/policy.ts';
import { plural } from './plural.ts';

/** The gates on findings, in the names of the inputs. */
export function gatesText(policy: Policy): string {
  const { severityCutoff, onlyFixed, complianceCutoff, failOnPolicy, exceptions } = policy;
  const gates = [
    ...(severityCutoff === undefined
      ? []
      : [`severity-cutoff ${severityCutoff}${onlyFixed ? ' (only-fixed)' : ''}`]),
    ...(complianceCutoff === undefined ? [] : [`compliance-cutoff ${complianceCutoff}`]),
    ...(failOnPolicy ? ['fail-on-policy'] : []),
  ];
  if (!hasGate(policy)) return 'none';
  const accepted = exceptions.length === 0 ? '' : `; ${plural(exceptions.length, 'exception')}`;
  return `${gates.join(', ')}${accepted}`;
}
