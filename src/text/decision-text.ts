import type { DecisionReview } from '../policy/waivers/decision-waivers.ts';
import type { Miss } from '../policy/waivers/decisions/comparison.ts';
import type { VexOutcome, VoidBecause } from '../policy/waivers/decisions/vex-review.ts';
import { SOON_DAYS } from '../policy/waivers/exception-review.ts';
import { DAY_MS } from '../scan/duration.ts';
import { firstOf, plural } from './plural.ts';
import { sanitize } from './sanitize.ts';

/** Maximum number of statements or entries that a warning names. */
const NAMED = 10;

/**
 * Warnings about the decisions of others: those that accepted nothing, and why; those that end soon; and the facts
 * that the report lacks to apply them. `nowMs` is the time of the decision.
 */
export function decisionWarnings(review: DecisionReview, nowMs: number): readonly string[] {
  return [...statementWarnings(review, nowMs), ...entryWarnings(review, nowMs), ...urlWarnings(review)];
}

// ── OpenVEX ─────────────────────────────────────────────────────────────────────────────────────────────────────

const VOID: readonly (readonly [VoidBecause, string])[] = [
  ['undated', 'have no readable time and accept nothing'],
  ['in-the-future', "are dated in the future by the Console's clock and accept nothing"],
  ['too-old', 'are older than vex-max-age and accept nothing'],
  ['unjustified', 'are not_affected without a justification and accept nothing'],
  ['fixed-without-version', 'are fixed without a version, a tag or a digest and accept nothing'],
  ['superseded', 'are in a document of which there is a higher version and do not count'],
];

function statementWarnings({ statements, areAllListed }: DecisionReview, nowMs: number): readonly string[] {
  const named = statements.map(({ of: { file, statement }, outcome }) => ({
    name: `${statement.vulnerability} (statement ${statement.number} of ${sanitize(file.file)})`,
    outcome,
  }));
  const having = (holds: (outcome: VexOutcome) => boolean) =>
    named.filter(({ outcome }) => holds(outcome)).map(({ name }) => name);
  const warn = (what: string, names: readonly string[]) => warning('Statements of OpenVEX', what, names);
  const inPackages = having(isInPackage).length;
  return [
    ...VOID.flatMap(([why, what]) =>
      warn(
        what,
        having((outcome) => outcome.kind === 'void' && outcome.why === why),
      ),
    ),
    ...warn(
      'disagree with others of the same time and accept nothing',
      having(({ kind }) => kind === 'tie'),
    ),
    ...warn(
      'become older than vex-max-age within a week',
      having((outcome) => outcome.kind === 'used' && outcome.endsAtMs - nowMs <= SOON_DAYS * DAY_MS),
    ),
    ...(inPackages === 0
      ? []
      : [
          `${plural(inPackages, 'statement')} of OpenVEX about packages inside other packages cannot be matched, since ` +
            'the report has no dependency tree.',
        ]),
    ...(areAllListed ? warn('match no finding of these images', named.flatMap(unmatchedName)) : []),
  ];
}

function isInPackage(outcome: VexOutcome): boolean {
  return outcome.kind === 'unmatched' && outcome.miss.kind === 'needs-dependency-tree';
}

function unmatchedName({
  name,
  outcome,
}: {
  readonly name: string;
  readonly outcome: VexOutcome;
}): readonly string[] {
  return outcome.kind === 'unmatched' && !isInPackage(outcome) ? [`${name}: ${missText(outcome.miss)}`] : [];
}

// ── .trivyignore.yaml ───────────────────────────────────────────────────────────────────────────────────────────

function entryWarnings({ entries, areAllListed }: DecisionReview, nowMs: number): readonly string[] {
  const soon = new Date(nowMs + SOON_DAYS * DAY_MS).toISOString().slice(0, 10);
  const named = entries.map(({ of: { file, entry }, outcome }) => ({
    name: `${entry.id} (entry ${entry.number} of ${sanitize(file)}, until ${entry.until})`,
    isSoon: entry.until < soon,
    outcome,
  }));
  const namesOf = (chosen: typeof named) => chosen.map(({ name }) => name);
  const warn = (what: string, names: readonly string[]) => warning('Entries', what, names);
  return [
    ...warn(
      'have expired, so the findings that they accepted count again',
      namesOf(named.filter(({ outcome }) => outcome.kind === 'expired')),
    ),
    ...warn(
      'expire within a week',
      namesOf(named.filter(({ outcome, isSoon }) => outcome.kind !== 'expired' && isSoon)),
    ),
    ...(areAllListed
      ? warn(
          'match no finding of these images',
          named.flatMap(({ name, outcome }) =>
            outcome.kind === 'unmatched' ? [`${name}: ${missText(outcome.miss)}`] : [],
          ),
        )
      : []),
  ];
}

// ── What is common to both ──────────────────────────────────────────────────────────────────────────────────────

/** Warns once, and only if a statement or an entry names a package. */
function urlWarnings({ imagesWithoutUrls, statements, entries }: DecisionReview): readonly string[] {
  const needsUrl = [...statements, ...entries].some(
    ({ outcome }) => outcome.kind === 'unmatched' && outcome.miss.kind === 'no-package-url',
  );
  if (!needsUrl || imagesWithoutUrls.length === 0) return [];
  return [
    `The report has no package URLs for ${firstOf(imagesWithoutUrls, NAMED)}, so nothing that names a package can be ` +
      'matched. The Console reports them since 32.04.',
  ];
}

/** The reason why a statement or an entry matched nothing. */
function missText(miss: Miss): string {
  switch (miss.kind) {
    case 'no-such-vulnerability':
      return 'no such vulnerability';
    case 'unreadable-product':
      return miss.text === undefined
        ? 'no product'
        : `the product “${miss.text}” is no image and no package URL`;
    case 'needs-dependency-tree':
      return 'a package inside another package';
    case 'other-image':
      return 'another image';
    case 'other-tag':
      return 'another tag';
    case 'other-digest':
      return 'another digest';
    case 'no-package-url':
      return 'no package URL in the report';
    case 'no-such-package':
      return 'no such package';
    case 'other-version':
      return miss.found === undefined
        ? 'no version in the report'
        : `another version, ${sanitize(miss.found)} is there`;
    case 'other-path':
      return miss.found === undefined
        ? 'no path in the report'
        : `another path, ${sanitize(miss.found)} is there`;
    case 'qualifier':
      return `the qualifier ${sanitize(miss.key)} differs or cannot be compared`;
    case 'ambiguous-package':
      return 'several packages of this name and version';
  }
}

function warning(subject: string, what: string, names: readonly string[]): readonly string[] {
  return names.length === 0 ? [] : [`${subject} that ${what}: ${firstOf(names, NAMED, '; ')}.`];
}
