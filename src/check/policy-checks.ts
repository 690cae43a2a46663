import type { Exception } from '../policy/exception.ts';
import { expiringExceptions } from '../policy/exception-review.ts';
import { hasGate, type Policy } from '../policy/policy.ts';
import { gatesText } from '../text/gates-text.ts';
import { firstOf, plural } from '../text/plural.ts';
import { sanitize } from '../text/sanitize.ts';
import { type CheckResult, failed, ok } from './check-result.ts';

/** All inputs at once. */
export function checkInputs(problems: readonly string[], warnings: readonly string[]): CheckResult {
  if (problems.length > 0) {
    const [first = ''] = problems;
    return failed(
      problems.length === 1 ? first : problems.map((problem, at) => `(${at + 1}) ${problem}`).join(' '),
      'Correct the inputs named.',
    );
  }
  return warnings.length === 0
    ? ok('All inputs are understood.')
    : ok(`All inputs are understood, with ${plural(warnings.length, 'warning')}.`, warnings.join(' '));
}

/** The gates in force. */
export function checkGates(policy: Policy): CheckResult {
  return hasGate(policy)
    ? ok(`${gatesText(policy)}.`)
    : ok(
        'None: findings are counted and decide nothing.',
        'Set severity-cutoff to hold images by their findings.',
      );
}

const NAMED = 5;

/** The exceptions: which have expired on a day, `2026-12-31`, and which are about to. */
export function checkExceptions({ exceptions }: Policy, today: string): CheckResult {
  if (exceptions.length === 0) return ok('None.');
  const { expired, expiring } = expiringExceptions(exceptions, today);
  const soon =
    expiring.length === 0
      ? ''
      : `${listed(expiring)} ${expiring.length === 1 ? 'expires' : 'expire'} within a week`;
  if (expired.length > 0) {
    return failed(
      `${listed(expired)} ${expired.length === 1 ? 'has' : 'have'} expired, so that what was accepted counts again${soon === '' ? '' : `; ${soon}`}.`,
      'Renew each with a reason, or remove it.',
    );
  }
  return soon === ''
    ? ok(`${plural(exceptions.length, 'exception')}, none about to expire.`)
    : ok(`${soon}.`, 'Renew or remove before that day.');
}

function listed(exceptions: readonly Exception[]): string {
  return firstOf(
    exceptions.map(({ id, until }) => `${sanitize(id)} (until ${until})`),
    NAMED,
  );
}
