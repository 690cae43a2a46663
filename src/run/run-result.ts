import { createHash } from 'node:crypto';
import type { Config, Task } from '../config/config.ts';
import { consoleHost } from '../console/address.ts';
import type { RunHost } from '../host.ts';
import { platformName } from '../image/platform.ts';
import { type Decision, worstOf } from '../policy/decision.ts';
import { type DecisionTime, decisionTime } from '../policy/decision-time.ts';
import { type RecordedRun, recorded } from '../policy/record.ts';
import { policyText } from '../policy/request-record.ts';
import type { Check, ImageResult, RunRequest, RunResult } from '../policy/result.ts';
import { addCounts } from '../scan/evidence.ts';
import { decisionWarnings } from '../text/decision-text.ts';
import { exceptionWarnings } from '../text/exception-warnings.ts';
import { warningTexts } from '../text/image-warning-text.ts';
import { RECORD_TEXTS } from '../text/record-texts.ts';
import { waiverWarnings } from '../text/waiver-warnings.ts';

/** The result of a run over these images, or over the regular scan; its verdict is the worst of theirs. */
export function runResult(
  results: readonly ImageResult[],
  config: Config,
  decidedAt: DecisionTime,
  ended: RunEnd,
): RecordedRun {
  // The regular scan belongs to no particular image.
  const images = config.task.mode === 'await-regular' ? [] : results;
  const result: RunResult = {
    decision: worstOf(results.map(({ decision }) => decision)),
    images,
    discovery: addCounts(results.map(({ discovery }) => discovery)),
    imageScan: addCounts(results.map(({ imageScan }) => imageScan)),
    warnings: [
      ...config.warnings,
      ...results.flatMap(warningTexts),
      ...exceptionWarnings(config.policy.exceptions, images, decidedAt.day),
      ...images.flatMap(({ name, assessment }) =>
        assessment === undefined ? [] : waiverWarnings(name, assessment, config.policy, decidedAt),
      ),
      ...decisionWarningsOf(images, decidedAt),
    ],
    decidedAt,
    ...ended,
    timeline: config.task.mode === 'await-regular' ? results.flatMap(({ timeline }) => timeline) : [],
    promotion: promotedDigest(images, config.task),
    checks: [],
    request: requestOf(config),
  };
  return recorded(result, RECORD_TEXTS);
}

/** When a run ended, and how long it took. */
type RunEnd = Pick<RunResult, 'durationMs' | 'endedAtMs'>;

/** The end of a run that is over now. */
export function runEnd({ now, clock }: Pick<RunHost, 'now' | 'clock'>, startedAtMs: number): RunEnd {
  return { durationMs: clock.nowMs() - startedAtMs, endedAtMs: now().getTime() };
}

/**
 * Warnings about the decisions of others, which are reviewed for all images together: each image has the same review.
 */
function decisionWarningsOf(images: readonly ImageResult[], { epochMs }: DecisionTime): readonly string[] {
  const review = images.map(({ assessment }) => assessment?.decisions).find((each) => each !== undefined);
  if (review === undefined) return [];
  const areAllListed = review.areAllListed && images.every(({ assessment }) => assessment !== undefined);
  return decisionWarnings({ ...review, areAllListed }, epochMs);
}

/**
 * The promotion of the one requested image: its own, or if each of its platforms was scanned, that of all together.
 */
function promotedDigest(images: readonly ImageResult[], task: Task): RunResult['promotion'] {
  if (task.mode === 'await-regular' || task.images.length !== 1) return undefined;
  const [first, ...others] = images;
  if (first?.promotes === undefined || first.imageByDigest === undefined) return undefined;
  const isOne = others.every(({ promotes }) => promotes === first.promotes);
  return isOne ? { digest: first.promotes, imageByDigest: first.imageByDigest } : undefined;
}

/** The request of the run, from its configuration. */
function requestOf({ task, address, policy, exceptionFiles, maxScanAgeMs }: Config): RunRequest {
  const platforms = task.mode === 'await-regular' ? 'scanned' : task.platforms;
  const request = {
    mode: task.mode,
    consoleHost: consoleHost(address),
    consoleUrl: address.base,
    apiVersion: address.apiVersion,
    project: address.project,
    policy,
    exceptionFiles,
    maxScanAgeMs,
    platforms: typeof platforms === 'string' ? platforms : platforms.map(platformName).join(','),
  };
  return withPolicyDigest(request);
}

/** Names the policy of a request by the digest of its text. */
export function withPolicyDigest(request: Omit<RunRequest, 'policyDigest'>): RunRequest {
  const hash = createHash('sha256').update(policyText(request)).digest('hex');
  return { ...request, policyDigest: `sha256:${hash}` };
}

/** The result of a run that ended before there was any image to wait for. */
export function failedRun(host: RunHost, decision: Decision, startedAtMs: number): RecordedRun {
  return recorded(withoutImages(host, decision, startedAtMs), RECORD_TEXTS);
}

/** The result of a preflight; without a config, the inputs could not be read. */
export function preflightRun(
  host: RunHost,
  decision: Decision,
  startedAtMs: number,
  { checks, config }: { readonly checks: readonly Check[]; readonly config: Config | undefined },
): RecordedRun {
  const request = config && requestOf(config);
  return recorded({ ...withoutImages(host, decision, startedAtMs), checks, request }, RECORD_TEXTS);
}

function withoutImages(host: RunHost, decision: Decision, startedAtMs: number): RunResult {
  const none = { scanned: 0, total: 0 };
  return {
    decision,
    images: [],
    discovery: none,
    imageScan: none,
    warnings: [],
    decidedAt: decisionTime(undefined, host.now()),
    ...runEnd(host, startedAtMs),
    timeline: [],
    promotion: undefined,
    checks: [],
    request: undefined,
  };
}
