import { isPinned } from './image-product.ts';
import type { VexProduct, VexStatement } from './vex-statement.ts';

/** What a statement is worth at a time, whatever it is about. */
export type VexJudgement =
  /** It accepts what it is about, until it is too old. */
  | { readonly kind: 'accepts'; readonly madeAtMs: number; readonly endsAtMs: number }
  /** `affected` or `under_investigation`: what it is about is not accepted by what is older. */
  | { readonly kind: 'forbids'; readonly madeAtMs: number }
  /** It would accept, but lacks something, or its time has passed: it overrides what is older, and accepts nothing. */
  | { readonly kind: 'void'; readonly why: 'too-old' | 'unjustified'; readonly madeAtMs: number }
  /** It would accept, but has no time to be held against others by. */
  | { readonly kind: 'undatable'; readonly why: 'undated' | 'in-the-future' };

/** Judges a statement at a time of the Console, in epoch milliseconds. */
export function judge(statement: VexStatement, maxAgeMs: number, nowMs: number): VexJudgement {
  const { status, time } = statement;
  if (status === 'affected' || status === 'under_investigation') {
    // Without a time it may be the newest.
    return { kind: 'forbids', madeAtMs: time?.epochMs ?? Number.POSITIVE_INFINITY };
  }
  if (time === undefined) return { kind: 'undatable', why: 'undated' };
  const madeAtMs = time.epochMs;
  if (madeAtMs > nowMs) return { kind: 'undatable', why: 'in-the-future' };
  if (!isJustified(statement)) return { kind: 'void', why: 'unjustified', madeAtMs };
  const endsAtMs = madeAtMs + maxAgeMs;
  return nowMs > endsAtMs
    ? { kind: 'void', why: 'too-old', madeAtMs }
    : { kind: 'accepts', madeAtMs, endsAtMs };
}

/** `fixed` has its proof in each product: that is judged apart. */
function isJustified({ status, justification, impactStatement }: VexStatement): boolean {
  return status === 'fixed' || justification !== undefined || impactStatement !== undefined;
}

/** True if `fixed` names what has the fix: a version, a tag or a digest of the product or of the subcomponent. */
export function namesFixed(product: VexProduct): boolean {
  switch (product.kind) {
    case 'image':
      return (
        isPinned(product.image) ||
        (product.subcomponents?.every(({ urls }) => urls.every(({ version }) => version !== undefined)) ??
          false)
      );
    case 'package':
      return product.urls.every(({ version }) => version !== undefined);
    case 'package-in-package':
    case 'unreadable':
      return false;
  }
}
