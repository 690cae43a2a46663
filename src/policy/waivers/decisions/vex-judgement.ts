import { isPinned } from './image-product.ts';
import type { VexProduct, VexStatement } from './vex-statement.ts';

/** The effect of a statement at a given time, whatever it is about. */
export type VexJudgement =
  /** It accepts its findings, until it is too old. */
  | { readonly kind: 'accepts'; readonly madeAtMs: number; readonly endsAtMs: number }
  /** `affected` or `under_investigation`: older statements do not accept its findings. */
  | { readonly kind: 'forbids'; readonly madeAtMs: number }
  /** It would accept, but is incomplete or too old: it overrides older statements, and accepts nothing. */
  | { readonly kind: 'void'; readonly why: 'too-old' | 'unjustified'; readonly madeAtMs: number }
  /** It would accept, but has no usable time to compare with other statements. */
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

/** True if a statement has a justification. That of `fixed` is in each product, and is checked separately. */
function isJustified({ status, justification, impactStatement }: VexStatement): boolean {
  return status === 'fixed' || justification !== undefined || impactStatement !== undefined;
}

/** True if a product of `fixed` names the version with the fix, or a tag or digest of the product or subcomponent. */
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
