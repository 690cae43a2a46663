import { SEVERITIES } from '../scan/severity.ts';
import type { Policy } from './policy.ts';
import type { RunRequest } from './result.ts';

/** The request in a record: mode, Console, and the policy in force. */
export function requestRecord(request: RunRequest) {
  const { mode, consoleHost, apiVersion, project, policy, exceptionFiles, maxScanAgeMs, platforms } = request;
  return {
    mode,
    console: { host: consoleHost, apiVersion, project: project ?? null },
    platforms,
    maxScanAgeMs: maxScanAgeMs ?? null,
    policy: {
      ...gatesRecord(policy),
      exceptions: exceptionFiles.map(({ path, format, digest }) => ({ path, format, digest })),
      vexMaxAgeMs: policy.decisions.vexMaxAgeMs,
    },
    policyDigest: request.policyDigest,
  };
}

/**
 * The policy in force as one JSON text: the gates, the digests of the files of exceptions, and the required scan. The
 * same policy gives the same text in every run, so its digest identifies it.
 */
export function policyText(request: Omit<RunRequest, 'policyDigest'>): string {
  const { policy, exceptionFiles, maxScanAgeMs, platforms } = request;
  return JSON.stringify({
    ...gatesRecord(policy),
    exceptions: exceptionFiles.map(({ format, digest }) => ({ format, digest })),
    vexMaxAgeMs: policy.decisions.vexMaxAgeMs,
    maxScanAgeMs: maxScanAgeMs ?? null,
    platforms,
  });
}

/** The gates on findings, and the inputs that waive findings. */
function gatesRecord(policy: Policy) {
  return {
    severityCutoff: policy.severityCutoff ?? null,
    exploitCutoff: policy.exploitCutoff ?? null,
    graceMs: Object.fromEntries(SEVERITIES.map((severity) => [severity, policy.grace[severity] ?? null])),
    compareWith: policy.compareWith ?? null,
    onlyFixed: policy.onlyFixed,
    complianceCutoff: policy.complianceCutoff ?? null,
    failOnPolicy: policy.failOnPolicy,
  };
}
