import { decideChecks } from './check/check-result.ts';
import { PreflightDeadline, runChecks } from './check/preflight.ts';
import { announcement } from './config/announcement.ts';
import type { Config } from './config/config.ts';
import { parseConfig, readInputs } from './config/parse.ts';
import type { Host, RunHost } from './host.ts';
import { readCertificate } from './http/certificate.ts';
import { otherWork } from './http/event-loop.ts';
import { progressLog } from './output/progress-log.ts';
import { publish, publishAtOnce } from './output/publish.ts';
import type { Decision } from './policy/decision.ts';
import { decisionTime } from './policy/decision-time.ts';
import { evaluateImages } from './policy/evaluate.ts';
import type { RecordedRun } from './policy/record.ts';
import type { ImageResult } from './policy/result.ts';
import { connect } from './run/connections.ts';
import { failedRun, preflightRun, runEnd, runResult } from './run/run-result.ts';
import { resolveTargets, retryLimits, type Target, withPromotion } from './run/targets.ts';
import { decideError, type LoggedEnd, type Step, waitForTarget, waitForTargets } from './run/waits.ts';
import { Deadline } from './scan/deadline.ts';

/** The whole run: inputs → poll each image → evaluate → publish. Rejects only if outputs cannot be written. */
export async function run(host: Host): Promise<Decision> {
  const result = await execute(host);
  await otherWork();
  await publish(host, result);
  return result.decision;
}

/** Ends a run that a defect broke, never with a pass. Writes the outputs that can still be written. */
export function crash(host: Host, error: unknown): Decision {
  const result = failedRun(host, decideError(host, error), 0);
  publishAtOnce(host, result);
  return result.decision;
}

/** The same without publishing: for programs that embed the gate. */
export async function execute(host: RunHost): Promise<RecordedRun> {
  const { startedAtMs } = host;
  try {
    if (host.inputs.get('mode')?.trim() === 'check') return await preflight(host, startedAtMs);
    const config = await parseConfig(host.inputs, host.files, host.environment, host.problems);
    announce(host, config);
    return await waitForImages(host, config, startedAtMs);
  } catch (error) {
    return failedRun(host, decideError(host, error), startedAtMs);
  }
}

function announce({ log, inputs }: RunHost, config: Config): void {
  for (const line of announcement(config, inputs)) log.info(line);
}

/** Checks the needs of a run without waiting for a scan. Wrong inputs are one failed check among the others. */
async function preflight(host: RunHost, startedAtMs: number): Promise<RecordedRun> {
  const inputs = await readInputs(host.inputs, host.files, host.environment, host.problems);
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
  return preflightRun(host, decideChecks(checks), startedAtMs, {
    checks,
    config: problems.length === 0 ? config : undefined,
  });
}

/** Waits for every image separately: one that fails does not end the wait for the others. */
async function waitForImages(host: RunHost, config: Config, startedAtMs: number): Promise<RecordedRun> {
  const { clock, log } = host;
  const { task, limits } = config;
  const imageCount = task.mode === 'await-regular' ? 1 : task.images.length;
  const deadline = new Deadline(clock, limits.timeoutMs, imageCount, startedAtMs);
  const connections = connect(host, config, deadline);
  const stepOf = (count: number): Step => {
    const progress = progressLog(log, limits.timeoutMs, count);
    return { ...connections, host, config, deadline, log: progress };
  };
  // A preflight does not wait, so it never comes here.
  const mode = task.mode === 'check' ? 'await' : task.mode;
  // The decision is made once all waits are over, with the time at that moment.
  const decide = (ends: readonly LoggedEnd[], targets: readonly Target[], failed: readonly ImageResult[]) => {
    const decidedAt = decisionTime(connections.api.answeredAtMs(), host.now());
    const results = evaluateImages(ends, { ...config, mode, decidedAt });
    for (const [at, { decision }] of results.entries()) ends[at]?.finish(decision);
    const images = [...withPromotion(targets, results), ...failed];
    return runResult(images, config, decidedAt, runEnd(host, startedAtMs));
  };
  if (task.mode === 'await-regular') {
    return decide([await waitForTarget(stepOf(1), 'regular-scan')], [], []);
  }
  const retry = retryLimits(host, limits.reportTimeoutMs, deadline);
  const { targets, failed } = await resolveTargets(task, connections.registry, retry);
  const ends = await waitForTargets(stepOf(targets.length), targets);
  return decide(ends, targets, failed);
}
