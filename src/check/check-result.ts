import { type Decision, decide } from '../policy/decision.ts';
import type { Check } from '../policy/result.ts';
import { firstOf } from '../text/plural.ts';

/** The result of one check, without its name. */
export interface CheckResult extends Pick<Check, 'state' | 'message'> {
  /** The advice; undefined if there is none. */
  readonly fix: string | undefined;
}

/** The check found no problem. `fix` is advice for later, such as a certificate that ends soon. */
export function ok(message: string, fix?: string): CheckResult {
  return { state: 'ok', message, fix };
}

/** The gate would not work. */
export function failed(message: string, fix: string | undefined): CheckResult {
  return { state: 'failed', message, fix };
}

/** The check has no result: no permission to ask, no answer in time, or an earlier check failed. */
export function cannotTell(message: string, fix?: string): CheckResult {
  return { state: 'cannot-tell', message, fix };
}

/** The result of a check for one of several images. */
interface SubjectResult {
  readonly subject: string;
  readonly result: CheckResult;
}

const WORST_STATE_FIRST = ['failed', 'cannot-tell', 'ok'] as const satisfies readonly Check['state'][];
const SUBJECTS_NAMED = 3;

/** One result for several subjects: the worst state, with the subjects that have it. */
export function combine(results: readonly SubjectResult[]): CheckResult {
  const [first, ...others] = results;
  if (first === undefined)
    return cannotTell('No image is given.', 'Give repo and tag, or images, to check it.');
  if (others.length === 0) return first.result;
  const state = WORST_STATE_FIRST.find((each) => results.some(({ result }) => result.state === each)) ?? 'ok';
  const having = results.filter(({ result }) => result.state === state);
  const isOneText = new Set(having.map(({ result }) => result.message)).size === 1;
  if (isOneText && having.length === results.length) return having[0]?.result ?? first.result;
  const texts = having.map(({ subject, result }) => `${subject}: ${result.message.replace(/\.$/, '')}`);
  const count = state === 'ok' ? '' : ` (${having.length} of ${results.length})`;
  const fixes = [...new Set(having.map(({ result }) => result.fix))].filter((fix) => fix !== undefined);
  return {
    state,
    message: `${firstOf(texts, SUBJECTS_NAMED, '; ')}${count}.`,
    fix: fixes.slice(0, SUBJECTS_NAMED).join(' ') || undefined,
  };
}

/** The decision of a preflight: a failed check decides, and one without a result does not. */
export function decideChecks(checks: readonly Check[]): Decision {
  const having = (wanted: Check['state']) => checks.filter(({ state }) => state === wanted);
  const failed = having('failed').map(({ check }) => check);
  const counts = {
    ok: having('ok').length,
    failed: failed.length,
    'cannot-tell': having('cannot-tell').length,
  };
  const reason = failed.length > 0 ? 'check-failed' : 'check-passed';
  return decide(reason, { kind: 'checks-done', failed, counts });
}
