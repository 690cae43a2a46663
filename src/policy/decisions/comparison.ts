/** Why a statement or an entry is not about a finding, in the order of how close it came. */
export type Miss =
  /** No finding of the images has this id. */
  | { readonly kind: 'no-such-vulnerability' }
  /** The product is no package URL, reference or digest that can be held against an image. */
  | { readonly kind: 'unreadable-product'; readonly text: string }
  /** A package with subcomponents: the report has no dependency tree. */
  | { readonly kind: 'needs-dependency-tree' }
  | { readonly kind: 'other-image' }
  | { readonly kind: 'other-tag' }
  | { readonly kind: 'other-digest' }
  /** The report has no package URL for the package of the finding. */
  | { readonly kind: 'no-package-url' }
  | { readonly kind: 'no-such-package' }
  | { readonly kind: 'other-version'; readonly found: string }
  | { readonly kind: 'other-path'; readonly found: string }
  /** A qualifier that differs, or that cannot be held against anything. */
  | { readonly kind: 'qualifier'; readonly key: string }
  /** Several packages of the finding's name and version, which the package type does not distinguish. */
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
 * How what a statement names compares with what there is. `unknown` is neither: it is never enough to accept a finding,
 * and it is enough for a statement that forbids to.
 */
export type Comparison =
  | { readonly state: 'same' }
  | { readonly state: 'unknown' | 'other'; readonly miss: Miss };

export const SAME: Comparison = { state: 'same' };

/** The comparison of a thing that differs. */
export function other(miss: Miss): Comparison {
  return { state: 'other', miss };
}

/** The comparison of a thing that cannot be held against anything. */
export function unknown(miss: Miss): Comparison {
  return { state: 'unknown', miss };
}

/** All have to be the same: the first that is other decides, then the first that is unknown. */
export function allOf(comparisons: readonly Comparison[]): Comparison {
  return (
    comparisons.find(({ state }) => state === 'other') ??
    comparisons.find(({ state }) => state === 'unknown') ??
    SAME
  );
}

/** One of them is enough; without one, the one that came closest. */
export function anyOf(comparisons: readonly Comparison[], none: Miss): Comparison {
  return comparisons.reduce<Comparison>((one, two) => closer(one, two), other(none));
}

const STATES = ['other', 'unknown', 'same'] as const;

function closer(one: Comparison, two: Comparison): Comparison {
  const byState = STATES.indexOf(two.state) - STATES.indexOf(one.state);
  if (byState !== 0) return byState > 0 ? two : one;
  if (one.state === 'same' || two.state === 'same') return one;
  return closerMiss(one.miss, two.miss) === one.miss ? one : two;
}

/** Of two reasons the one that came closer to a match; the first of two alike. */
export function closerMiss(one: Miss, two: Miss): Miss {
  return CLOSENESS.indexOf(two.kind) > CLOSENESS.indexOf(one.kind) ? two : one;
}
