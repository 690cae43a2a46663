import { decideChecks } from './check/check-result.ts';
import { PreflightDeadline, runChecks } from './check/preflight.ts';
import type { Config, Task } from './config/config.ts';
import { parseConfig, readInputs } from './config/parse.ts';
import { consoleHost } from './console/address.ts';
import { ConsoleApi, type ConsoleDependencies } from './console/api.ts';
import type { Host } from './host.ts';
import { readCertificate } from './http/certificate.ts';
import type { HttpTransport } from './http/transport.ts';
import { isDigest } from './image/image.ts';
import { platformName } from './image/platform.ts';
import { announce } from './output/announcement.ts';
import { type ProgressLog, progressLog } from './output/progress-log.ts';
import { publish } from './output/publish.ts';
import { Timeline } from './output/timeline.ts';
import { decisionFromError } from './policy/decision-from-error.ts';
import { type EvaluationContext, evaluate, failedImage } from './policy/evaluate.ts';
import { exceptionWarnings } from './policy/exception-review.ts';
import { hasGate } from './policy/policy.ts';
import { type Decision, worstOf } from './policy/reasons.ts';
import type { ImageResult, RunRequest, RunResult } from './policy/result.ts';
import { runCredentialHelper } from './registry/credential-helper.ts';
import { createCredentialFinder } from './registry/docker-config.ts';
import { createRegistry, type ImageRegistry } from './registry/registry.ts';
import { ActiveScans } from './scan/clock.ts';
import { Deadline } from './scan/deadline.ts';
import { waitForScan } from './scan/poller.ts';
import { addCounts, type Progress } from './scan/types.ts';
import type { Wait } from './scan/wait.ts';
import { resolveTargets, type Target, withPromotion } from './targets.ts';

/** The whole story: inputs → poll each image → evaluate → publish. Rejects only where outputs cannot be written. */
export async function run(host: Host): Promise<Decision> {
  const result = await execute(host);
  await publish(host, result);
  return result.decision;
}

/** The end of a run that a defect broke: never a pass. Writes what can still be written. */
export function crash(host: Host, error: unknown): Decision {
  const result = failedRun(decideError(host, error), host.clock.nowMs());
  // All but the summary is written before the first await.
  publish(host, result).catch(() => undefined);
  return result.decision;
}

/** The same without publishing: for programs that embed the gate. */
export async function execute(host: Host): Promise<RunResult> {
  const startedAtMs = host.clock.nowMs();
  try {
    if (host.inputs.get('mode')?.trim() === 'check') return await preflight(host, startedAtMs);
    const config = await parseConfig(host.inputs, host.files, host.environment);
    announce(host, config);
    return await waitForImages(host, config, startedAtMs);
  } catch (error) {
    return failedRun(decideError(host, error), host.clock.nowMs() - startedAtMs);
  }
}

/** Checks what a run would need, and waits for nothing. Wrong inputs are a failed check among the others. */
async function preflight(host: Host, startedAtMs: number): Promise<RunResult> {
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
    now: host.run.now,
  });
  return {
    ...failedRun(decideChecks(checks), host.clock.nowMs() - startedAtMs),
    checks,
    request: problems.length === 0 ? requestOf(config) : undefined,
  };
}

/** Waits for every image by itself: one that fails does not end the wait for the others. */
async function waitForImages(host: Host, config: Config, startedAtMs: number): Promise<RunResult> {
  const { clock, log } = host;
  const { task, limits } = config;
  const imageCount = task.mode === 'await-regular' ? 1 : task.images.length;
  const deadline = new Deadline(clock, limits.timeoutMs, imageCount, startedAtMs);
  const step = connect(host, config, deadline);
  const timeline = new Timeline();
  const finish = (results: readonly ImageResult[]) =>
    runResult(results, config, step.context.today, clock.nowMs() - startedAtMs, timeline);
  if (task.mode === 'await-regular') {
    const progress = progressLog(log, limits.timeoutMs, 1);
    return finish([await waitAndEvaluate(step, 'regular-scan', progress, timeline)]);
  }
  const { targets, failed } = await resolveTargets(task, step.registry);
  const progress = progressLog(log, limits.timeoutMs, targets.length);
  const ofOne = targets.length === 1 ? timeline : undefined;
  const results = await waitForTargets(targets, task.mode, (target) =>
    waitAndEvaluate(step, target, progress, ofOne),
  );
  return finish([...withPromotion(targets, results), ...failed]);
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
  readonly host: Host;
  readonly config: Config;
  readonly deadline: Deadline;
  readonly activeScans: ActiveScans;
  /** What every client of the Console is made of. */
  readonly shared: ConsoleDependencies;
  readonly api: ConsoleApi;
  readonly registry: ImageRegistry;
  readonly context: EvaluationContext;
}

/** A registry behind a firewall that drops packets must not take the time of the wait. */
const MAX_REGISTRY_REQUEST_MS = 10_000;

function connect(host: Host, config: Config, deadline: Deadline): Step {
  const { clock, signal, redactor, log } = host;
  const transport: HttpTransport = host.connect(config.tls);
  const activeScans = new ActiveScans();
  const shared: ConsoleDependencies = {
    transport,
    clock,
    deadline,
    activeScans,
    signal,
    redact: (text: string) => redactor.redact(text),
    addSecret: (secret: string) => redactor.add(secret),
    debug: log.debug,
  };
  const { mode } = config.task;
  return {
    host,
    config,
    deadline,
    activeScans,
    shared,
    api: new ConsoleApi(config.address, config.credentials, shared),
    registry: createRegistry({
      ...shared,
      limit: {
        requestMs: () => Math.min(deadline.requestMs(), MAX_REGISTRY_REQUEST_MS),
        leftMs: () => deadline.leftMs(),
      },
      findCredential: createCredentialFinder({
        environment: host.environment,
        readFile: host.files.read,
        runHelper: (name, server) => runCredentialHelper(name, server, host.environment, signal),
        addSecret: shared.addSecret,
      }),
    }),
    context: {
      mode: mode === 'check' ? 'await' : mode,
      policy: config.policy,
      limits: config.limits,
      today: host.run.now().toISOString().slice(0, 10),
    },
  };
}

async function waitAndEvaluate(
  step: Step,
  target: Target | 'regular-scan',
  log: ProgressLog,
  timeline: Timeline | undefined,
): Promise<ImageResult> {
  const { host, deadline, activeScans, context } = step;
  const { clock, random, signal } = host;
  const subject = target === 'regular-scan' ? target : target.image;
  const imageLog = log.forImage(subject);
  const wait = waitFor(step, target);
  const emit: Parameters<typeof waitForScan>[1]['emit'] = (event) => {
    timeline?.add(event);
    imageLog.write(event);
  };
  const failed = (error: unknown, seen: Progress = []): ImageResult => {
    const result = failedImage(subject, seen, decideError(host, error));
    imageLog.end(result.decision, deadline.elapsedMs());
    return result;
  };
  try {
    const outcome = await activeScans.during(() =>
      waitForScan(wait, { clock, deadline, random, signal, activeScans, emit }),
    );
    if (outcome.kind === 'refused') return failed(outcome.error, outcome.history?.progress);
    const row =
      outcome.kind === 'ended' && outcome.state.phase === 'finished' ? outcome.state.row : undefined;
    const evidence =
      target === 'regular-scan'
        ? { identity: undefined, registryError: '', requiredPlatforms: [] }
        : await target.proof.evidenceOf(row);
    const result = evaluate(subject, outcome, evidence, context);
    imageLog.end(result.decision, deadline.elapsedMs());
    return result;
  } catch (error) {
    return failed(error);
  }
}

/** However short `start-timeout` is, the request itself is given this long. */
const MIN_TRIGGER_MS = 1_000;

function waitFor(step: Step, target: Target | 'regular-scan'): Wait {
  const { api, config } = step;
  const { task, limits, pollInterval, policy, maxScanAgeMs } = config;
  if (target === 'regular-scan') {
    return {
      source: api.regularScan(),
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
    source: proof.sourceOf((each, aliases) => api.scanOf(each, aliases)),
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

function runResult(
  results: readonly ImageResult[],
  config: Config,
  today: string,
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
      ...exceptionWarnings(config.policy.exceptions, images, today),
    ],
    durationMs,
    timeline: timeline.entries(),
    promotion: promotionOf(images, config.task),
    checks: [],
    request: requestOf(config),
  };
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

function requestOf({ task, address, policy, exceptionsDigest, maxScanAgeMs }: Config): RunRequest {
  const platforms = task.mode === 'await-regular' ? 'scanned' : task.platforms;
  return {
    mode: task.mode,
    consoleHost: consoleHost(address),
    consoleUrl: address.base,
    apiVersion: address.apiVersion,
    project: address.project,
    policy,
    exceptionsDigest,
    maxScanAgeMs,
    platforms: typeof platforms === 'string' ? platforms : platforms.map(platformName).join(','),
  };
}

function failedRun(decision: Decision, durationMs: number): RunResult {
  const none = { scanned: 0, total: 0 };
  return {
    decision,
    images: [],
    discovery: none,
    imageScan: none,
    warnings: [],
    durationMs,
    timeline: [],
    promotion: undefined,
    checks: [],
    request: undefined,
  };
}

/** The stack of a defect is for its report; what a user caused has none. */
function decideError({ log, signal }: Host, error: unknown): Decision {
  const decision = decisionFromError(error, signal);
  if (decision.reason === 'internal' && error instanceof Error) log.debug(error.stack ?? error.message);
  return decision;
}
