import type { DecisionReview } from '../policy/waivers/decision-waivers.ts';
import type { Miss } from '../policy/waivers/decisions/match-result.ts';
import type { VexOutcome, VoidBecause } from '../policy/waivers/decisions/vex-review.ts';
import { SOON_DAYS } from '../policy/waivers/exception-review.ts';
import { DAY_MS } from '../scan/duration.ts';
import { namesWarning } from './names-warning.ts';
import { firstOf, plural } from './plural.ts';
import { sanitize } from './sanitize.ts';
import { dayText } from './time-text.ts';

const URL_IMAGES_NAMED = 10;

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
  const warn = (what: string, names: readonly string[]) => namesWarning('Statements of OpenVEX', what, names);
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
  const soon = dayText(nowMs + SOON_DAYS * DAY_MS);
  const named = entries.map(({ of: { file, entry }, outcome }) => ({
    name: `${entry.id} (entry ${entry.number} of ${sanitize(file)}, until ${entry.until})`,
    isSoon: entry.until < soon,
    outcome,
  }));
  const namesOf = (chosen: typeof named) => chosen.map(({ name }) => name);
  const warn = (what: string, names: readonly string[]) => namesWarning('Entries', what, names);
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
    `The report has no package URLs for ${firstOf(imagesWithoutUrls, URL_IMAGES_NAMED)}, so nothing that names a package can be ` +
      'matched. The Console reports them since 32.04.',
  ];
}

/** The reason why a statement or an entry matched nothing. */
function missText(miss: Miss): string {
  switch (miss.kind) {
    case 'unreadable-product':
      return productText(miss.text);
    case 'other-version':
      return foundText('version', miss.found);
    case 'other-path':
      return foundText('path', miss.found);
    case 'qualifier':
      return `the qualifier ${sanitize(miss.key)} differs or cannot be compared`;
    default:
      return MISS_TEXT[miss.kind];
  }
}

const MISS_TEXT = {
  'no-such-vulnerability': 'no such vulnerability',
  'needs-dependency-tree': 'a package inside another package',
  'other-image': 'another image',
  'other-tag': 'another tag',
  'other-digest': 'another digest',
  'no-package-url': 'no package URL in the report',
  'no-such-package': 'no such package',
  'ambiguous-package': 'several packages of this name and version',
} as const satisfies Partial<Record<Miss['kind'], string>>;

function productText(text: string | undefined): string {
  return text === undefined ? 'no product' : `the product “${text}” is no image and no package URL`;
}

function foundText(noun: string, found: string | undefined): string {
  return found === undefined ? `no ${noun} in the report` : `another ${noun}, ${sanitize(found)} is there`;
}
