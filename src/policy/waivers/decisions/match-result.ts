/** The reason why a statement or an entry is not about a finding, from the most distant to the closest. */
export type Miss =
  /** No finding of the images has this id. */
  | { readonly kind: 'no-such-vulnerability' }
  /**
   * The product is not a package URL, reference or digest that can be compared with an image; its text is undefined if
   * there is no product.
   */
  | { readonly kind: 'unreadable-product'; readonly text: string | undefined }
  /** A package with subcomponents: the report has no dependency tree. */
  | { readonly kind: 'needs-dependency-tree' }
  | { readonly kind: 'other-image' }
  | { readonly kind: 'other-tag' }
  | { readonly kind: 'other-digest' }
  /** The report has no package URL for the package of the finding. */
  | { readonly kind: 'no-package-url' }
  | { readonly kind: 'no-such-package' }
  | { readonly kind: 'other-version'; readonly found: string | undefined }
  | { readonly kind: 'other-path'; readonly found: string | undefined }
  /** A qualifier that differs, or that cannot be compared with anything. */
  | { readonly kind: 'qualifier'; readonly key: string }
  /** Several packages have the finding's name and version, and the package type does not distinguish them. */
  | { readonly kind: 'ambiguous-package' };

const CLOSENESS: readonly Miss['kind'][] = [
  'no-such-vulnerability',
  'unreadable-product',
  'needs-dependency-tree',
  'other-image',
  'other-tag',
  'other-digest',
  'no-package-url',
  'no-such-package',
  'other-version',
  'other-path',
  'qualifier',
  'ambiguous-package',
];

/**
 * The comparison of what a statement names with the facts. `unknown` is never enough to accept a finding, but is
 * enough for a statement that forbids it.
 */
export type MatchResult =
  | { readonly state: 'same' }
  | { readonly state: 'unknown' | 'other'; readonly miss: Miss };

export const SAME: MatchResult = { state: 'same' };

/** The comparison of a thing that differs. */
export function other(miss: Miss): MatchResult {
  return { state: 'other', miss };
}

/** The comparison of a thing that cannot be compared with anything. */
export function unknown(miss: Miss): MatchResult {
  return { state: 'unknown', miss };
}

/** The comparison by a qualifier, from whether it holds; undefined if that cannot be known. */
export function byQualifier(key: string, holds: boolean | undefined): MatchResult {
  if (holds === true) return SAME;
  return holds === false ? other({ kind: 'qualifier', key }) : unknown({ kind: 'qualifier', key });
}

/** All have to be the same: the first `other` decides, then the first `unknown`. */
export function allOf(comparisons: readonly MatchResult[]): MatchResult {
  return (
    comparisons.find(({ state }) => state === 'other') ??
    comparisons.find(({ state }) => state === 'unknown') ??
    SAME
  );
}

/** One that is the same is enough; without one, the closest. */
export function anyOf(comparisons: readonly MatchResult[], none: Miss): MatchResult {
  return comparisons.reduce<MatchResult>((one, two) => closer(one, two), other(none));
}

const STATES = ['other', 'unknown', 'same'] as const;

function closer(one: MatchResult, two: MatchResult): MatchResult {
  const byState = STATES.indexOf(two.state) - STATES.indexOf(one.state);
  if (byState !== 0) return byState > 0 ? two : one;
  if (one.state === 'same' || two.state === 'same') return one;
  return closerMiss(one.miss, two.miss) === one.miss ? one : two;
}

/** The reason that is closer to a match; the first of two equal ones. */
export function closerMiss(one: Miss, two: Miss): Miss {
  return CLOSENESS.indexOf(two.kind) > CLOSENESS.indexOf(one.kind) ? two : one;
}
