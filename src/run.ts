import { decideChecks } from './check/check-result.ts';
import { PreflightDeadline, runChecks } from './check/preflight.ts';
import type { Config, Task } from './config/config.ts';
import { parseConfig, readInputs } from './config/parse.ts';
import { consoleHost } from './console/address.ts';
import { ConsoleApi, type ConsoleDependencies } from './console/api.ts';
import { decisionFromError } from './decision-from-error.ts';
import type { Host, RunHost } from './host.ts';
import { readCertificate } from './http/certificate.ts';
import type { HttpTransport } from './http/transport.ts';
import { isDigest } from './image/image.ts';
import { platformName } from './image/platform.ts';
import { announce } from './output/announcement.ts';
import { type ProgressLog, progressLog } from './output/progress-log.ts';
import { publish } from './output/publish.ts';
import { Timeline } from './output/timeline.ts';
import { type DecisionTime, decisionTime } from './policy/decision-time.ts';
import { type EvaluationContext, evaluateImages, type WaitEnd } from './policy/evaluate.ts';
import { exceptionWarnings } from './policy/exception-review.ts';
import { hasGate } from './policy/policy.ts';
import { type Decision, worstOf } from './policy/reasons.ts';
import type { ImageResult, RunRequest, RunResult } from './policy/result.ts';
import { References } from './references.ts';
import { runCredentialHelper } from './registry/credential-helper.ts';
import { createCredentialFinder } from './registry/docker-config.ts';
import { createRegistry, type ImageRegistry } from './registry/registry.ts';
import { ActiveScans } from './scan/clock.ts';
import { Deadline } from './scan/deadline.ts';
import { type Wait, waitForScan } from './scan/poller.ts';
import { addCounts, type Progress } from './scan/types.ts';
import { resolveTargets, type Target, withPromotion } from './targets.ts';
import { decisionWarnings } from './text/decision-text.ts';
import { waiverWarnings } from './text/waiver-warnings.ts';

/** The whole story: inputs → poll each image → evaluate → publish. Rejects only where outputs cannot be written. */
export async function run(host: Host): Promise<Decision> {
  const result = await execute(host);
  await publish(host, result);
  return result.decision;
}

/** The end of a run that a defect broke: never a pass. Writes what can still be written. */
export function crash(host: Host, error: unknown): Decision {
  const result = failedRun(host, decideError(host, error), 0);
  // All but the summary is written before the first await.
  publish(host, result).catch(() => undefined);
  return result.decision;
}

/** The same without publishing: for programs that embed the gate. */
export async function execute(host: RunHost): Promise<RunResult> {
  const startedAtMs = host.clock.nowMs();
  try {
    if (host.inputs.get('mode')?.trim() === 'check') return await preflight(host, startedAtMs);
    const config = await parseConfig(host.inputs, host.files, host.environment);
    announce(host, config);
    return await waitForImages(host, config, startedAtMs);
  } catch (error) {
    return failedRun(host, decideError(host, error), startedAtMs);
  }
}

/** Checks what a run would need, and waits for nothing. Wrong inputs are a failed check among the others. */
async function preflight(host: RunHost, startedAtMs: number): Promise<RunResult> {
  const inputs = await readInputs(host.inputs, host.files, host.environment);
  const { config, problems } = inputs;
  if (problems.length === 0) announce(host, config);
  const deadline = new PreflightDeadline(host.clock, inputs, startedAtMs);
  const { shared, registry } = connect(host, config, deadline);
  const checks = await runChecks(inputs, {
    ...shared,
    registry,
    environment: host.environment,
    readCertificate,
    now: host.now,
  });
  return {
    ...failedRun(host, decideChecks(checks), startedAtMs),
    checks,
    request: problems.length === 0 ? requestOf(config) : undefined,
  };
}

/** Waits for every image by itself: one that fails does not end the wait for the others. */
async function waitForImages(host: RunHost, config: Config, startedAtMs: number): Promise<RunResult> {
  const { clock, log } = host;
  const { task, limits } = config;
  const imageCount = task.mode === 'await-regular' ? 1 : task.images.length;
  const deadline = new Deadline(clock, limits.timeoutMs, imageCount, startedAtMs);
  const step = connect(host, config, deadline);
  const timeline = new Timeline();
  // The decision comes once all waits are over, by the time that it is then.
  const decide = (ends: readonly LoggedEnd[], targets: readonly Target[], failed: readonly ImageResult[]) => {
    const decidedAt = decisionTime(step.api.answeredAtMs(), host.now());
    const results = evaluateImages(ends, { ...step.context, decidedAt });
    for (const [at, { decision }] of results.entries()) ends[at]?.finish(decision);
    const images = [...withPromotion(targets, results), ...failed];
    return runResult(images, config, decidedAt, clock.nowMs() - startedAtMs, timeline);
  };
  if (task.mode === 'await-regular') {
    const progress = progressLog(log, limits.timeoutMs, 1);
    return decide([await waitForTarget(step, 'regular-scan', progress, timeline)], [], []);
  }
  const { targets, failed } = await resolveTargets(task, step.registry, {
    clock,
    signal: host.signal,
    forMs: limits.reportTimeoutMs,
    leftMs: () => deadline.leftMs(),
    onPause: (why, pauseMs) => log.debug(`${why} It is asked again in ${pauseMs / 1_000} s.`),
  });
  const progress = progressLog(log, limits.timeoutMs, targets.length);
  const ofOne = targets.length === 1 ? timeline : undefined;
  const ends = await waitForTargets(targets, task.mode, (target) =>
    waitForTarget(step, target, progress, ofOne),
  );
  return decide(ends, targets, failed);
}

/**
 * Waits for images side by side, and for the platforms that this step has scanned of one image one after the other: the
 * Console may keep one row for their tag, which the scan of the next platform replaces.
 */
async function waitForTargets<T>(
  targets: readonly Target[],
  mode: Task['mode'],
  work: (target: Target) => Promise<T>,
): Promise<readonly T[]> {
  const results: Promise<T>[] = [];
  const lastOfIndex = new Map<Target['index'], Promise<T>>();
  for (const target of targets) {
    const before =
      mode === 'trigger' && target.index !== undefined ? lastOfIndex.get(target.index) : undefined;
    const result = before === undefined ? work(target) : before.then(() => work(target));
    results.push(result);
    lastOfIndex.set(target.index, result);
  }
  return Promise.all(results);
}

/** What the waits of one step share. */
interface Step {
  readonly host: RunHost;
  readonly config: Config;
  readonly deadline: Deadline;
  readonly activeScans: ActiveScans;
  /** What every client of the Console is made of. */
  readonly shared: ConsoleDependencies;
  readonly api: ConsoleApi;
  readonly registry: ImageRegistry;
  readonly references: References;
  readonly context: Omit<EvaluationContext, 'decidedAt'>;
}

/** A registry behind a firewall that drops packets must not take the time of the wait. */
const MAX_REGISTRY_REQUEST_MS = 10_000;

function connect(host: RunHost, config: Config, deadline: Deadline): Step {
  const { clock, random, signal, redactor, log } = host;
  const transport: HttpTransport = host.connect(config.tls);
  const activeScans = new ActiveScans();
  const shared: ConsoleDependencies = {
    transport,
    clock,
    deadline,
    activeScans,
    random,
    signal,
    redact: (text: string) => redactor.redact(text),
    addSecret: (secret: string) => redactor.add(secret),
    debug: log.debug,
  };
  const { mode } = config.task;
  const api = new ConsoleApi(config.address, config.credentials, shared);
  const registryLimit = {
    requestMs: () => Math.min(deadline.requestMs(), MAX_REGISTRY_REQUEST_MS),
    leftMs: () => deadline.leftMs(),
  };
  return {
    host,
    config,
    deadline,
    activeScans,
    shared,
    api,
    references: new References(config.policy.compareWith, {
      sourceOf: (image) => api.scanOf(image, () => []),
      clock,
      signal,
      forMs: config.limits.reportTimeoutMs,
      leftMs: () => deadline.leftMs(),
    }),
    registry: createRegistry({
      ...shared,
      // `insecure-skip-tls-verify` is of the Console: a registry gets Docker's credentials.
      transport: config.tls.verify ? transport : host.connect({ ...config.tls, verify: true }),
      limit: registryLimit,
      findCredential: createCredentialFinder({
        environment: host.environment,
        readFile: host.files.read,
        runHelper: (name, server) =>
          runCredentialHelper(name, server, host.environment, {
            signal,
            limitMs: registryLimit.requestMs(),
            killGroup: host.killGroup,
          }),
        addSecret: shared.addSecret,
        signal,
      }),
    }),
    context: {
      mode: mode === 'check' ? 'await' : mode,
      policy: config.policy,
      limits: config.limits,
    },
  };
}

/** The end of a wait, and what writes its decision to the log once there is one. */
type LoggedEnd = WaitEnd & { readonly finish: (decision: Decision) => void };

async function waitForTarget(
  step: Step,
  target: Target | 'regular-scan',
  log: ProgressLog,
  timeline: Timeline | undefined,
): Promise<LoggedEnd> {
  const { host, deadline, activeScans } = step;
  const { clock, random, signal } = host;
  const subject = target === 'regular-scan' ? target : target.image;
  const imageLog = log.forImage(subject);
  const finishAt = (atMs: number) => (decision: Decision) => imageLog.end(decision, atMs);
  let seen: Progress = [];
  const wait = waitFor(step, target, (progress) => {
    seen = progress;
  });
  const emit: Parameters<typeof waitForScan>[1]['emit'] = (event) => {
    timeline?.add(event);
    imageLog.write(event);
  };
  try {
    const outcome = await activeScans.during(() =>
      waitForScan(wait, { clock, deadline, random, signal, activeScans, emit }),
    );
    const row =
      outcome.kind === 'ended' && outcome.state.phase === 'finished' ? outcome.state.row : undefined;
    const evidence =
      target === 'regular-scan'
        ? { identity: undefined, registryError: '', requiredPlatforms: [] }
        : await target.proof.evidenceOf(row);
    const reference =
      row === undefined || subject === 'regular-scan' ? undefined : await step.references.of(subject);
    return { subject, outcome, evidence, reference, finish: finishAt(deadline.elapsedMs()) };
  } catch (error) {
    return {
      subject,
      error: decideError(host, error),
      progress: seen,
      finish: finishAt(deadline.elapsedMs()),
    };
  }
}

/** However short `start-timeout` is, the request itself is given this long. */
const MIN_TRIGGER_MS = 1_000;

function waitFor(
  step: Step,
  target: Target | 'regular-scan',
  onProgress: (progress: Progress) => void,
): Wait {
  const { api, config } = step;
  const { task, limits, pollInterval, policy, maxScanAgeMs } = config;
  if (target === 'regular-scan') {
    return {
      source: observed(api.regularScan(), onProgress),
      scan: 'regular',
      start: undefined,
      limits,
      pollInterval,
      maxScanAgeMs: undefined,
      hasDigest: false,
      isWanted: async () => true,
      needsFindings: false,
    };
  }
  const { image, proof } = target;
  // The trigger may block for minutes; but the time to start has to leave some for another request.
  const triggerMs = Math.max(limits.startTimeoutMs / 4, MIN_TRIGGER_MS);
  return {
    source: observed(
      api.scanOf(image, () => proof.aliases),
      onProgress,
    ),
    scan: 'on-demand',
    start: task.mode === 'trigger' ? api.starterOf(image, triggerMs) : undefined,
    limits,
    pollInterval,
    maxScanAgeMs,
    hasDigest: image.digest !== undefined,
    isWanted: (row) => proof.accepts(row),
    needsFindings: hasGate(policy),
  };
}

/** Remembers the last progress that had entries, for the outputs of a wait that an error ends. */
function observed(source: Wait['source'], onProgress: (progress: Progress) => void): Wait['source'] {
  return {
    ...source,
    progress: async (signal) => {
      const result = await source.progress(signal);
      if (result.ok && result.value.length > 0) onProgress(result.value);
      return result;
    },
  };
}

function runResult(
  results: readonly ImageResult[],
  config: Config,
  decidedAt: DecisionTime,
  durationMs: number,
  timeline: Timeline,
): RunResult {
  // The regular scan is of no image in particular.
  const images = config.task.mode === 'await-regular' ? [] : results;
  return {
    decision: worstOf(results.map(({ decision }) => decision)),
    images,
    discovery: addCounts(results.map(({ discovery }) => discovery)),
    imageScan: addCounts(results.map(({ imageScan }) => imageScan)),
    warnings: [
      ...config.warnings,
      ...results.flatMap(({ warnings }) => warnings),
      ...results.flatMap(({ name, assessment }) =>
        assessment === undefined ? [] : waiverWarnings(name, assessment, config.policy, decidedAt),
      ),
      ...exceptionWarnings(config.policy.exceptions, images, decidedAt.day),
      ...decisionWarningsOf(images, decidedAt),
    ],
    decidedAt,
    durationMs,
    timeline: timeline.entries(),
    promotion: promotionOf(images, config.task),
    checks: [],
    request: requestOf(config),
  };
}

/** The decisions of others are reviewed for all images together, so that each image has the same review. */
function decisionWarningsOf(images: readonly ImageResult[], { epochMs }: DecisionTime): readonly string[] {
  const review = images.map(({ assessment }) => assessment?.decisions).find((each) => each !== undefined);
  if (review === undefined) return [];
  const areAllListed = review.areAllListed && images.every(({ assessment }) => assessment !== undefined);
  return decisionWarnings({ ...review, areAllListed }, epochMs);
}

/** Of the one image that was asked for: its own, or where each of its platforms was scanned, that of all together. */
function promotionOf(images: readonly ImageResult[], task: Task): RunResult['promotion'] {
  if (task.mode === 'await-regular' || task.images.length !== 1) return undefined;
  const references = new Set(images.map(({ imageByDigest }) => imageByDigest));
  const [imageByDigest] = references;
  if (references.size !== 1 || imageByDigest === undefined) return undefined;
  const digest = imageByDigest.slice(imageByDigest.indexOf('@') + 1);
  return isDigest(digest) ? { digest, imageByDigest } : undefined;
}

function requestOf({ task, address, policy, exceptionFiles, maxScanAgeMs }: Config): RunRequest {
  const platforms = task.mode === 'await-regular' ? 'scanned' : task.platforms;
  return {
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
}

function failedRun({ now, clock }: RunHost, decision: Decision, startedAtMs: number): RunResult {
  const none = { scanned: 0, total: 0 };
  return {
    decision,
    images: [],
    discovery: none,
    imageScan: none,
    warnings: [],
    decidedAt: decisionTime(undefined, now()),
    durationMs: clock.nowMs() - startedAtMs,
    timeline: [],
    promotion: undefined,
    checks: [],
    request: undefined,
  };
}

/** The stack of a defect is for its report; what a user caused has none. */
function decideError({ log, signal }: Pick<RunHost, 'log' | 'signal'>, error: unknown): Decision {
  const decision = decisionFromError(error, signal);
  if (decision.reason === 'internal' && error instanceof Error) log.debug(error.stack ?? error.message);
  return decision;
}
