import type { Reason } from '../policy/reasons.ts';
import type { ImageResult, RunResult } from '../policy/result.ts';

/** What to do about each reason, in one sentence for a tired reader. Some depend on what the run saw: `adviceOf`. */
const ADVICE = {
  'scan-completed': 'Promote the image by its digest, not by its tag.',
  'recent-scan': 'Promote the image by its digest, not by its tag.',
  'check-passed':
    'The gate can run with these inputs; whether the user may start a scan shows in the first run.',
  'scan-error':
    'Open the image in the Console under Monitor > Vulnerabilities > Images > Registries, fix what the scanner names (often the registry credential or a missing tag), and run again.',
  'scan-incomplete':
    'Open the registry scan in the Console, find out which image or tag was skipped and why, and run again.',
  'severity-cutoff':
    'Update to the fixed versions and push again, or accept a finding until a date in the file that exceptions names.',
  'exploit-cutoff':
    'Update to the fixed versions and push again, or accept a finding until a date in the file that exceptions names.',
  'compliance-cutoff':
    'Fix the issues in the Dockerfile and push again, or accept an issue until a date in the file that exceptions names.',
  'policy-violation':
    'Update to the fixed versions, or allow the finding in the Console policy or in the file that exceptions names, and run again.',
  'digest-mismatch':
    'If the tag was pushed again meanwhile, scan a tag that only this pipeline pushes. If the digest is of a multi-platform image, let this step read the registry (docker login), so that it can tell.',
  'platform-unscanned':
    'Have the missing platform scanned (the registry settings of the Console decide which are), or name in platforms only what you ship.',
  'coverage-missing':
    'Use a base image that the scanner supports, or promote without a gate on findings and check the image with another scanner.',
  'not-started':
    'Check that registry, repo and tag are spelled as in the Console, that its registry settings cover them, and that a Defender is free; mode check tells which.',
  'still-scanning':
    'The scan goes on in the Console: run again with mode await and max-scan-age to take its result, or with a longer timeout.',
  'invalid-input': 'Correct the input; nothing was sent to the Console.',
  unauthorized:
    'Check the secrets: username and password (or access key id and secret key), or the token, which may have expired or belong to another Console.',
  forbidden: 'Give the Console user a role that may read and write Monitor; CI User may not.',
  'not-found': 'Check console-url, with its path on SaaS, and api-version.',
  'bad-request': 'Check repo, tag and api-version against the version of the Console.',
  unreachable: 'See that this machine can reach the Console (network, firewall, proxy), then run again.',
  tls: 'For a private CA, set ca-cert. Fix any other certificate error on the Console.',
  'invalid-response': 'Check console-url: a proxy or a log-in page may be answering instead of the Console.',
  unconfirmed:
    'Compare the scan time in the Console: if it is of this run, raise report-timeout; otherwise run again.',
  'report-unavailable':
    'Give the Console user read access to Monitor and collections that cover the image, then run again.',
  'check-failed': 'Fix the failed checks; each line says how.',
  internal: 'This is a defect of registry-scan-gate. Please report it with this log',
  signal: 'Run again.',
} as const satisfies Record<Reason, string>;

/** What to do next, in one or two sentences. `reasonsPage` tells where the project is. */
export function adviceOf(result: RunResult, reasonsPage: string): string {
  const { reason } = result.decision;
  const image = result.images.find(
    ({ decision }) => decision === result.decision || decision.reason === reason,
  );
  switch (reason) {
    case 'scan-completed':
    case 'recent-scan':
      return adviceOnPass(result);
    case 'severity-cutoff':
    case 'policy-violation':
      return adviceOnFindings(reason, image);
    case 'not-started':
      return adviceOnNoSign(result);
    case 'unconfirmed':
      return result.request?.mode === 'await' ? ADVICE_ON_SCAN_BEFORE : ADVICE[reason];
    case 'still-scanning':
      return adviceOnUnfinished(result);
    case 'report-unavailable':
      return image === undefined ? ADVICE[reason] : adviceOnReport(image);
    case 'signal':
      return hasStartedScan(result) ? ADVICE_ON_STARTED_SCAN : ADVICE[reason];
    case 'internal':
      return `${ADVICE[reason]}${issuesPage(reasonsPage)}.`;
    default:
      return ADVICE[reason];
  }
}

const ADVICE_ON_SCAN_BEFORE =
  'Set max-scan-age or digest so that such a scan counts, or use mode trigger; if the row in the Console is of this run, raise report-timeout.';

const ADVICE_ON_STARTED_SCAN =
  'The scan goes on in the Console, where it cannot be stopped; run again with mode await to join it.';

/** A regular scan has no image to promote, and some rows give no digest. */
function adviceOnPass({ request, images, promotion }: RunResult): string {
  if (request?.mode === 'await-regular') {
    return 'The report has the findings of each image; gate an image with mode await or max-scan-age before it is promoted.';
  }
  if (images.length > 1 && promotion === undefined) {
    return 'Promote each image by its digest, which results lists.';
  }
  return images.some(({ imageByDigest }) => imageByDigest !== undefined)
    ? ADVICE['scan-completed']
    : 'The report gives no digest to promote by: promote by tag only if no other job can have moved the tag since.';
}

/** A fix cannot be taken in where there is none, nor an exception be made for what is not listed. */
function adviceOnFindings(
  reason: 'severity-cutoff' | 'policy-violation',
  image: ImageResult | undefined,
): string {
  const [violation] = image?.violations ?? [];
  if (violation === undefined) return ADVICE[reason];
  if (violation.findings.length === 0) {
    return 'See the findings in the Console: the report does not list them, so the counts decide and no exception applies.';
  }
  const isFixable = violation.findings.some(({ fixedIn }) => fixedIn !== undefined);
  if (isFixable || reason === 'policy-violation') return ADVICE[reason];
  return 'No fix is known: accept a finding until a date in the file that exceptions names, or set only-fixed if such findings do not count.';
}

function adviceOnNoSign(result: RunResult): string {
  if (result.request?.mode !== 'trigger') return adviceOnNothingToJoin(result);
  const wasAsked = hasStartedScan(result);
  return wasAsked
    ? ADVICE['not-started']
    : 'The Console was too slow to be asked in time: raise timeout, and look at how it answers.';
}

function adviceOnNothingToJoin({ request }: RunResult): string {
  return request?.mode === 'await-regular'
    ? 'Check the schedule of registry scans in the Console, and raise start-timeout so that it covers the time until the next one.'
    : 'Check that something starts a scan of this image, or use mode trigger; set max-scan-age to accept a scan that is over already.';
}

/** A Console that restarted has forgotten the scan: joining it would be another timeout. */
function adviceOnUnfinished({ timeline, request }: RunResult): string {
  const last = timeline.findLast(({ phase }) => phase !== 'given-up')?.phase;
  switch (last) {
    case 'lost':
      return 'The Console stopped showing the scan and may have lost it in a restart; run again, and start a new scan.';
    case 'awaiting-report':
    case 'awaiting-better-row':
      return 'The scan is over and its report was awaited: run again with max-scan-age, and with a timeout that leaves room for report-timeout.';
    default:
      return request?.mode === 'await-regular'
        ? 'The regular scan goes on in the Console: run again with a longer timeout.'
        : ADVICE['still-scanning'];
  }
}

/** Rights are to blame only where the report was never read, and the digest is looked at before the findings. */
function adviceOnReport({ image, isDigestVerified, assessment, baseline, scanTime }: ImageResult): string {
  if (assessment === undefined) {
    const wasRead = scanTime !== undefined || (baseline !== undefined && baseline.kind !== 'unreadable');
    return wasRead
      ? 'The report was read before, so the row may have come late: raise report-timeout, and run again.'
      : ADVICE['report-unavailable'];
  }
  if (image?.digest !== undefined && !isDigestVerified) {
    return 'The row was read and gives no digest: leave out digest, or find out in the Console why it has none.';
  }
  if (assessment.findings === undefined) {
    return 'The row was read, and its findings were not: a large report needs a longer report-timeout. Run again.';
  }
  return assessment.isComplete
    ? 'The row was read, and it has nothing about compliance: see the image in the Console, or leave out compliance-cutoff.'
    : 'See the image in the Console; without only-fixed, exceptions and fail-on-policy the counts of the report decide.';
}

/** Several images have no common timeline; then one of them has most likely been started. */
function hasStartedScan({ timeline, images, request }: RunResult): boolean {
  if (images.length > 1) return request?.mode === 'trigger';
  return timeline.some(({ phase }) => phase === 'requested');
}

/** The page for new issues, where the documentation is on a forge that has one. */
function issuesPage(reasonsPage: string): string {
  const repository = /^(https:\/\/[^/]+\/[^/]+\/[^/]+)\/blob\//.exec(reasonsPage)?.[1];
  return repository === undefined ? '' : ` at ${repository}/issues`;
}
