import { assessImages } from '../policy/assessment.ts';
import type { DecisionTime } from '../policy/decision-time.ts';
import { hasGate, type Policy } from '../policy/policy.ts';
import type { Exception } from '../policy/waivers/exception.ts';
import { expiringExceptions } from '../policy/waivers/exception-review.ts';
import type { Comparison, Reference } from '../policy/waivers/reference.ts';
import type { AssessableImage } from '../policy/waivers/waiver-source.ts';
import { decisionWarnings } from '../text/decision-text.ts';
import { exceptionWarnings } from '../text/exception-warnings.ts';
import { firstOf, plural } from '../text/plural.ts';
import { gatesText } from '../text/policy-text.ts';
import { sanitize } from '../text/sanitize.ts';
import { type CheckResult, cannotTell, failed, ok } from './check-result.ts';

/** Checks all inputs at once. */
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

/** Checks the gates in force. */
export function checkGates(policy: Policy, held: HeldAgainst): CheckResult {
  if (!hasGate(policy)) {
    return ok('None: findings are counted and decide nothing.', 'Set severity-cutoff to fail on findings.');
  }
  return held.reference === undefined
    ? ok(`${gatesText(policy)}.`)
    : checkReference(`${gatesText(policy)}.`, policy, held.reference, held);
}

/** The existing rows to apply waivers to. */
interface HeldAgainst {
  readonly rows: readonly AssessableImage[];
  readonly reference: Reference | undefined;
  readonly decidedAt: DecisionTime;
}

/**
 * Checks the reference image: it is known, the time of its scan, and the findings of the existing row that it would
 * waive.
 */
function checkReference(
  gates: string,
  policy: Policy,
  { name, reading }: Reference,
  { rows, decidedAt }: HeldAgainst,
): CheckResult {
  const about = `The reference ${sanitize(name)}`;
  if (reading.kind === 'unreadable') return cannotTell(`${gates} ${about}: ${reading.why}.`);
  if (reading.kind === 'absent') {
    return ok(`${gates} The report has no row of the reference ${sanitize(name)}, so everything is new.`);
  }
  const times = reading.rows.flatMap(({ scanTime }) => scanTime ?? []);
  const last = times.toSorted((one, other) => other.epochMs - one.epochMs)[0]?.text;
  const known = `${gates} ${about} is known, last scanned ${last === undefined ? 'never' : sanitize(last)}`;
  const [assessment] = assessImages(rows, policy, decidedAt);
  return checkComparison(known, assessment?.comparison);
}

/** The findings that the reference would waive, after the facts about it. */
function checkComparison(known: string, comparison: Comparison | undefined): CheckResult {
  switch (comparison?.kind) {
    case 'compared': {
      const all = comparison.known.total + (comparison.added?.total ?? 0);
      return ok(
        `${known}; of ${all} vulnerabilities of the last scan it waives ${comparison.known.total} today.`,
      );
    }
    case 'unavailable':
      return failed(
        `${known}; the report has several images for it, so a run would end as report-unavailable.`,
        'Name the digest that runs in compare-with.',
      );
    case 'same-image':
      return ok(`${known}; it is the image itself, so nothing is waived.`, 'Name the digest that runs.');
    case 'other-platform':
      return ok(`${known}, for another platform only, so everything is new.`);
    case 'absent':
    case undefined:
      return ok(`${known}.`);
  }
}

const EXCEPTIONS_NAMED = 5;

/** True if there is a file that may accept findings. */
export function hasExceptions({ exceptions, decisions }: Policy): boolean {
  return exceptions.length + decisions.vexFiles.length + decisions.ignoreFiles.length > 0;
}

/** Checks the exceptions: those that have expired or expire soon, and their effect on the existing rows. */
export function checkExceptions(
  policy: Policy,
  rows: readonly AssessableImage[],
  decidedAt: DecisionTime,
): CheckResult {
  if (!hasExceptions(policy)) return ok('None.');
  const { expired, expiring } = expiringExceptions(policy.exceptions, decidedAt.day);
  const review = reviewOf(policy, [...expired, ...expiring], rows, decidedAt);
  const soon =
    expiring.length === 0
      ? ''
      : `${endingText(expiring)} ${expiring.length === 1 ? 'expires' : 'expire'} within a week`;
  if (expired.length > 0) {
    return failed(
      `${endingText(expired)} ${expired.length === 1 ? 'has' : 'have'} expired, so what they accepted counts again${soon === '' ? '' : `; ${soon}`}.${review.message}`,
      `Renew each with a reason, or remove it.${review.fix}`,
    );
  }
  return soon === ''
    ? ok(`${filesText(policy)}, none about to expire.${review.message}`, review.fix.trim())
    : ok(`${soon}.${review.message}`, `Renew or remove before that day.${review.fix}`);
}

function filesText({ exceptions, decisions: { vexFiles, ignoreFiles } }: Policy): string {
  const statements = vexFiles.reduce((sum, { document }) => sum + document.statements.length, 0);
  const entries = ignoreFiles.reduce((sum, file) => sum + file.entries.length, 0);
  const parts = [
    ...(exceptions.length === 0 ? [] : [plural(exceptions.length, 'exception')]),
    ...(statements === 0 ? [] : [`${plural(statements, 'statement')} of OpenVEX`]),
    ...(entries === 0 ? [] : [`${entries} of .trivyignore.yaml`]),
  ];
  return parts.length === 0 ? 'Nothing that accepts a finding' : parts.join(', ');
}

/**
 * The number of findings that they accept today, and those that accept nothing; those that end soon are named
 * elsewhere.
 */
function reviewOf(
  policy: Policy,
  ending: readonly Exception[],
  rows: readonly AssessableImage[],
  decidedAt: DecisionTime,
): { readonly message: string; readonly fix: string } {
  if (rows.length === 0) return { message: '', fix: '' };
  const assessments = assessImages(rows, policy, decidedAt);
  const findings = assessments.flatMap((assessment) => assessment.findings ?? []);
  const accepted = findings.filter(({ waivers }) =>
    waivers.some(({ kind }) => kind === 'exception' || kind === 'vex'),
  );
  const lasting = policy.exceptions.filter((exception) => !ending.includes(exception));
  const assessed = assessments.map((assessment, at) => ({ name: rows[at]?.name ?? '', assessment }));
  const warnings = [
    ...exceptionWarnings(lasting, assessed, decidedAt.day),
    ...assessments.slice(0, 1).flatMap(({ decisions }) => decisionWarnings(decisions, decidedAt.epochMs)),
  ];
  return {
    message:
      findings.length === 0
        ? ''
        : ` Today they accept ${accepted.length} of ${plural(findings.length, 'finding')} of the last scan.`,
    fix: warnings.map((warning) => ` ${warning}`).join(''),
  };
}

function endingText(exceptions: readonly Exception[]): string {
  return firstOf(
    exceptions.map(({ id, until }) => `${sanitize(id)} (until ${until})`),
    EXCEPTIONS_NAMED,
  );
}
