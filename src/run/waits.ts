import type { Config } from '../config/config.ts';
import type { RunHost } from '../host.ts';
import { otherWork } from '../http/event-loop.ts';
import type { ProgressLog } from '../output/progress-log.ts';
import type { Decision } from '../policy/decision.ts';
import type { WaitEnd } from '../policy/evaluate.ts';
import { hasGate } from '../policy/policy.ts';
import type { Deadline } from '../scan/deadline.ts';
import type { Progress } from '../scan/evidence.ts';
import { waitForScan } from '../scan/poller.ts';
import { NOTHING_SEEN, Timeline } from '../scan/timeline.ts';
import type { Wait } from '../scan/wait.ts';
import type { Connections } from './connections.ts';
import { decisionFromError } from './decision-from-error.ts';
import type { Target } from './targets.ts';

/** The parts that the waits of one run share. */
export interface Step extends Pick<Connections, 'api' | 'activeScans' | 'references'> {
  readonly host: RunHost;
  readonly config: Config;
  readonly deadline: Deadline;
  readonly log: ProgressLog;
}

/**
 * Waits for images in parallel. If this step triggers several platforms of one image, it waits for one after the
 * other: the Console may keep one row for their tag, which the scan of the next platform replaces.
 */
export async function waitForTargets(step: Step, targets: readonly Target[]): Promise<readonly LoggedEnd[]> {
  const { mode } = step.config.task;
  const results: Promise<LoggedEnd>[] = [];
  const lastOfIndex = new Map<Target['index'], Promise<LoggedEnd>>();
  for (const target of targets) {
    const before =
      mode === 'trigger' && target.index !== undefined ? lastOfIndex.get(target.index) : undefined;
    const result =
      before === undefined ? waitForTarget(step, target) : before.then(() => waitForTarget(step, target));
    results.push(result);
    lastOfIndex.set(target.index, result);
  }
  return Promise.all(results);
}

/** The end of a wait, with a function that writes its decision to the log. */
export type LoggedEnd = WaitEnd & { readonly finish: (decision: Decision) => void };

/** Waits for one image, or for the regular scan. Never rejects: an error becomes the end of the wait. */
export async function waitForTarget(step: Step, target: Target | 'regular-scan'): Promise<LoggedEnd> {
  const { host, deadline, activeScans, log } = step;
  const { clock, random, signal } = host;
  const subject = target === 'regular-scan' ? target : target.image;
  const imageLog = log.forImage(subject);
  const wait = waitFor(step, target);
  const timeline = new Timeline();
  const finishAt = (atMs: number) => {
    imageLog.over();
    return (decision: Decision) => imageLog.end(decision, atMs);
  };
  const emit: Parameters<typeof waitForScan>[1]['emit'] = (event) => {
    timeline.add(event);
    imageLog.write(event);
  };
  const failed = (error: unknown, progress: Progress = []): LoggedEnd => ({
    subject,
    error: decideError(host, error, timeline.seen()),
    progress,
    timeline,
    finish: finishAt(deadline.elapsedMs()),
  });
  try {
    const outcome = await activeScans.during(() =>
      waitForScan(wait, { clock, deadline, random, signal, activeScans, emit }),
    );
    // Reading the last answer may have taken long, and a signal may have come in the meantime.
    await otherWork();
    signal.throwIfAborted();
    if (outcome.kind === 'refused') return failed(outcome.error, outcome.history?.progress);
    const row =
      outcome.kind === 'ended' && outcome.state.phase === 'finished' ? outcome.state.row : undefined;
    const evidence =
      target === 'regular-scan'
        ? { identity: undefined, registryError: undefined, requiredPlatforms: [] }
        : await target.proof.evidenceOf(row);
    const reference =
      row === undefined || subject === 'regular-scan' ? undefined : await step.references.of(subject);
    return { subject, outcome, evidence, reference, timeline, finish: finishAt(deadline.elapsedMs()) };
  } catch (error) {
    return failed(error);
  }
}

/** The minimum time for the request itself, however short `start-timeout` is. */
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
  // The trigger may block for minutes, but the time to start has to leave room for another request.
  const triggerMs = Math.max(limits.startTimeoutMs / 4, MIN_TRIGGER_MS);
  return {
    source: api.scanOf(image, () => proof.aliases),
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

/**
 * The decision for an error. The stack of a defect is logged for its report; an error that the user caused needs
 * none.
 */
export function decideError(
  { log, signal }: Pick<RunHost, 'log' | 'signal'>,
  error: unknown,
  seen = NOTHING_SEEN,
): Decision {
  const decision = decisionFromError(error, signal, seen);
  if (decision.because.kind === 'defect' && error instanceof Error) log.debug(error.stack ?? error.message);
  return decision;
}
