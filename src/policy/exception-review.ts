import { shownText } from '../text/sanitize.ts';
import { type Exception, isActive } from './exception.ts';
import type { Assessment } from './result.ts';

/** An exception that accepted a finding, and in which images. */
export interface UsedException {
  readonly exception: Exception;
  readonly images: readonly string[];
}

interface AssessedImage {
  readonly name: string;
  readonly assessment: Assessment | undefined;
}

const SOON_DAYS = 7;
const DAY_MS = 86_400_000;
/** How many a warning names. */
const NAMED = 10;

/** The exceptions that accepted a finding, those of the worst findings first. */
export function usedExceptions(images: readonly AssessedImage[]): readonly UsedException[] {
  const used = new Map<Exception, Set<string>>();
  for (const { name, assessment } of images) {
    for (const { acceptedBy } of assessment?.findings ?? []) {
      if (acceptedBy !== undefined) used.set(acceptedBy, (used.get(acceptedBy) ?? new Set()).add(name));
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

/**
 * Warnings about exceptions on a day: those that have expired, that are about to, that match several findings, and that
 * match nothing. Of the last nothing is said where the findings of some image are not all known.
 */
export function exceptionWarnings(
  exceptions: readonly Exception[],
  images: readonly AssessedImage[],
  today: string,
): readonly string[] {
  const { expired, expiring } = expiringExceptions(exceptions, today);
  const areAllKnown = images.length > 0 && images.every(({ assessment }) => assessment?.isComplete === true);
  const matched = new Set(images.flatMap(({ assessment }) => assessment?.matchedExceptions ?? []));
  const ambiguous = new Set(images.flatMap(({ assessment }) => assessment?.ambiguousExceptions ?? []));
  const unmatched = areAllKnown ? exceptions.filter((exception) => !matched.has(exception)) : [];
  return [
    ...warning('have expired, so the findings that they accepted count again', expired),
    ...warning('expire within a week', expiring),
    ...warning(
      'match several findings without a CVE and accept none of them; give title and cause as id, as the message names them',
      [...ambiguous],
    ),
    ...warning('match no finding of these images and can be removed if no other image needs them', unmatched),
  ];
}

function warning(what: string, exceptions: readonly Exception[]): readonly string[] {
  if (exceptions.length === 0) return [];
  const names = exceptions.slice(0, NAMED).map((exception) => {
    const about = [exception.package, exception.image].filter((part) => part !== undefined);
    return [shownText(exception.id), ...about.map(shownText), `until ${exception.until}`].join(', ');
  });
  const more = exceptions.length - names.length;
  return [`Exceptions that ${what}: ${names.join('; ')}${more > 0 ? ` and ${more} more` : ''}.`];
}
