import { PREFLIGHT_MS } from '../config/limits.ts';
import type { InputReading } from '../config/parse.ts';
import type { Check } from '../policy/result.ts';
import type { Clock } from '../scan/clock.ts';
import { Deadline } from '../scan/deadline.ts';
import { formatDuration } from '../scan/duration.ts';
import { type CheckResult, cannotTell } from './check-result.ts';
import { CHECKS, type CheckSubject, type PreflightCheck } from './checks.ts';
import { type FactDependencies, Facts } from './facts.ts';

/** A Console that stalls one call must leave time for later ones. */
const MAX_CALL_MS = 4_000;
/** The share of a shorter `timeout` that is used. */
const SHARE_OF_TIMEOUT = 0.9;

/** The deadline of a preflight. No call is repeated, so each gets a larger share than in a wait. */
export class PreflightDeadline extends Deadline {
  constructor(clock: Clock, { config, faulty }: InputReading, startedAtMs: number) {
    // A wrong timeout is reported, but does not limit the checks.
    const shareMs = faulty.has('limits') ? PREFLIGHT_MS : config.limits.timeoutMs * SHARE_OF_TIMEOUT;
    super(clock, Math.min(shareMs, PREFLIGHT_MS), 1, startedAtMs);
  }

  override requestMs(): number {
    return Math.min(MAX_CALL_MS, this.leftMs());
  }
}

/**
 * Runs all checks, independent ones in parallel, and returns them in a fixed order. Only reading calls are made; a
 * check that is not over at the deadline has no result. Rejects with the reason of the step's signal.
 */
export async function runChecks(inputs: InputReading, deps: FactDependencies): Promise<readonly Check[]> {
  const { clock, deadline, environment, signal, redact, now } = deps;
  const facts = new Facts(inputs, deps);
  const over = new AbortController();
  const end = clock.sleep(deadline.leftMs(), AbortSignal.any([signal, over.signal]));
  const late = end.then(() => lateResult(deadline));
  try {
    const subject: CheckSubject = { inputs, images: facts.images, environment, now: now() };
    const results = CHECKS.map(async (check) => ({
      check: check.name,
      ...(await Promise.race([resultIfAskable(check, facts, subject), late])),
    }));
    const all = await Promise.all(results);
    signal.throwIfAborted();
    return all.map((each) => ({ ...each, message: redact(each.message), fix: redact(each.fix ?? '') }));
  } finally {
    over.abort();
  }
}

async function resultIfAskable(
  check: PreflightCheck,
  facts: Facts,
  subject: CheckSubject,
): Promise<CheckResult> {
  const isWrong = check.inputs.some((part) => subject.inputs.faulty.has(part));
  return isWrong
    ? cannotTell('Not asked: an input that it needs is wrong; see inputs.')
    : check.result(facts, subject);
}

function lateResult({ startedAtMs, endsAtMs }: Deadline): CheckResult {
  const seconds = Math.ceil((endsAtMs - startedAtMs) / 1_000);
  return cannotTell(`No answer within ${formatDuration(seconds * 1_000)}.`);
}
