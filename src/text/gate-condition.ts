import type { GateName } from '../policy/gate-name.ts';
import type { Policy } from '../policy/policy.ts';
import type { RunRequest } from '../policy/result.ts';
import { formatDuration } from '../scan/duration.ts';
import type { Severity } from '../scan/severity.ts';
import { markdownText } from './markdown.ts';

/** The condition that a gate sets, in Markdown. */
export function gateCondition(gate: GateName, request: RunRequest): string {
  const { policy, platforms } = request;
  switch (gate) {
    case 'scan':
      return finishedCondition(request);
    case 'digest':
      return 'The scanned digest is the one asked for (`digest`)';
    case 'platforms':
      return `Platforms are scanned (\`platforms\`: ${markdownText(platforms)})`;
    case 'severity-cutoff':
      return severityCondition(policy);
    case 'exploit-cutoff':
      return 'No vulnerability with a known exploit (`exploit-cutoff`)';
    case 'compliance-cutoff':
      return `No compliance issue of severity ${orAbove(policy.complianceCutoff)} (\`compliance-cutoff\`)`;
    case 'fail-on-policy':
      return 'No finding that the Console policy blocks (`fail-on-policy`)';
    case 'coverage':
      return 'The scanner supports the distribution';
  }
}

/** The condition that every run sets. */
export function finishedCondition({ maxScanAgeMs }: RunRequest): string {
  const recent =
    maxScanAgeMs === undefined
      ? ''
      : `, or finished at most ${formatDuration(maxScanAgeMs)} ago (\`max-scan-age\`)`;
  return `The scan is proven finished without an error${recent}`;
}

function severityCondition({ severityCutoff, onlyFixed }: Policy): string {
  const fixed = onlyFixed ? ' with a fix (`severity-cutoff`, `only-fixed`)' : ' (`severity-cutoff`)';
  return `No vulnerability of severity ${orAbove(severityCutoff)}${fixed}`;
}

function orAbove(severity: Severity = 'low'): string {
  return severity === 'critical' ? severity : `${severity} or above`;
}
