import type { Reason } from './verdict.ts';

/** What to do about each reason, in one sentence for somebody tired. */
export const ADVICE = {
  'scan-completed': 'Promote the image by its digest, not by its tag.',
  'recent-scan': 'Promote the image by its digest, not by its tag.',
  'scan-error':
    'See the image under Monitor > Vulnerabilities > Images > Registries, repair what the scanner names, and run again.',
  'severity-cutoff':
    'Take in the fixes and push again, or accept a finding for a while in the file named by exceptions.',
  'policy-violation':
    'Take in the fixes, or have the policy or an exception allow the finding, and run again.',
  'coverage-missing':
    'Build on a system that the scanner covers, or promote without a gate on findings and look at them elsewhere.',
  'digest-mismatch':
    'Probably the tag was pushed again, or the digest is that of a multi-platform index and the report has a platform’s; scan the tag that holds what you want to promote.',
  'not-started':
    'Check that the registry, repository and tag are spelt as in the Console and covered by its registry settings, and that a Defender is free to scan.',
  'still-scanning': 'The scan goes on without us; run again with mode await, or with a longer timeout.',
  'invalid-input': 'Correct the input in the workflow; nothing was sent to the Console.',
  unauthorized: 'Check the user and password (or access key and secret key); a token may have expired.',
  forbidden: 'Give the Console user a role that may read and write Monitor; CI User is not enough.',
  'not-found': 'Check the address in console-url, with its path on SaaS, and api-version.',
  'bad-request':
    'The Console does not take the request; check repo, tag and api-version against the version of the Console.',
  unreachable:
    'Check console-url, the network and any proxy between the runner and the Console, then run again.',
  tls: 'A private CA goes into ca-cert; anything else has to be mended at the Console.',
  'invalid-response':
    'Something other than the Console may be answering, such as a proxy’s log-in page; check console-url.',
  unconfirmed: 'Nothing proves that this scan finished: the Console may have restarted. Run again.',
  'report-unavailable':
    'See that the Console user may read Monitor and that the report shows the image with all of its findings, then run again.',
  internal: 'This is a defect of the action; please report it with this log.',
  signal:
    'The scan goes on at the Console, where it cannot be stopped; run again with mode await to join it.',
} as const satisfies Record<Reason, string>;
