import { DAY_MS } from '../../scan/duration.ts';
import type { Assessment } from '../result.ts';
import { type Exception, isActive } from './exception.ts';
import { acceptedBy } from './waiver.ts';

/** An exception that accepted a finding, and the names of those images. */
interface UsedException {
  readonly exception: Exception;
  readonly images: readonly string[];
}

/** An image with the assessment of its report. */
export interface AssessedImage {
  readonly name: string;
  readonly assessment: Assessment | undefined;
}

/** Exceptions that end within this time are announced. */
export const SOON_DAYS = 7;

/** The exceptions that accepted a finding, those of the worst findings first. */
export function usedExceptions(images: readonly AssessedImage[]): readonly UsedException[] {
  const used = new Map<Exception, Set<string>>();
  for (const { name, assessment } of images) {
    for (const finding of assessment?.findings ?? []) {
      const exception = acceptedBy(finding);
      if (exception !== undefined) used.set(exception, (used.get(exception) ?? new Set()).add(name));
    }
  }
  return [...used].map(([exception, names]) => ({ exception, images: [...names] }));
}

/** The exceptions that have expired on a day, `2026-12-31`, and those that expire within a week. */
export function expiringExceptions(
  exceptions: readonly Exception[],
  today: string,
): { readonly expired: readonly Exception[]; readonly expiring: readonly Exception[] } {
  const soon = new Date(Date.parse(`${today}T00:00:00Z`) + SOON_DAYS * DAY_MS).toISOString().slice(0, 10);
  return {
    expired: exceptions.filter((exception) => !isActive(exception, today)),
    expiring: exceptions.filter((exception) => isActive(exception, today) && !isActive(exception, soon)),
  };
}

/** The exceptions of a run that people have to review. */
interface ExceptionReview {
  readonly expired: readonly Exception[];
  readonly expiring: readonly Exception[];
  /** Exceptions that match several findings without a CVE, and accept none of them. */
  readonly ambiguous: readonly Exception[];
  /** Exceptions that match no finding; empty if some findings are unknown. */
  readonly unmatched: readonly Exception[];
}

/** Reviews the exceptions on a day, `2026-12-31`, against all images together. */
export function reviewExceptions(
  exceptions: readonly Exception[],
  images: readonly AssessedImage[],
  today: string,
): ExceptionReview {
  const areAllKnown = images.length > 0 && images.every(({ assessment }) => assessment?.isComplete === true);
  const matched = new Set(images.flatMap(({ assessment }) => assessment?.matchedExceptions ?? []));
  const ambiguous = new Set(images.flatMap(({ assessment }) => assessment?.ambiguousExceptions ?? []));
  return {
    ...expiringExceptions(exceptions, today),
    ambiguous: [...ambiguous],
    unmatched: areAllKnown ? exceptions.filter((exception) => !matched.has(exception)) : [],
  };
}
