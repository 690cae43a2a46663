import type { Assessment } from './assessment.ts';
import { type Exception, isInForce } from './exception.ts';

/** An exception that accepted something, and in which images. */
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

/**
 * What to know of the exceptions on a day, `2026-12-31`: which have expired, which are about to, and which speak of
 * nothing that was found. Of the last nothing is said where some image's findings are unknown.
 */
export function exceptionWarnings(
  exceptions: readonly Exception[],
  images: readonly AssessedImage[],
  today: string,
): readonly string[] {
  const soon = new Date(Date.parse(`${today}T00:00:00Z`) + SOON_DAYS * DAY_MS).toISOString().slice(0, 10);
  const expired = exceptions.filter((exception) => !isInForce(exception, today));
  const expiring = exceptions.filter(
    (exception) => isInForce(exception, today) && !isInForce(exception, soon),
  );
  const isKnown = images.length > 0 && images.every(({ assessment }) => assessment?.findings !== undefined);
  const matched = new Set(images.flatMap(({ assessment }) => assessment?.matched ?? []));
  const unmatched = isKnown ? exceptions.filter((exception) => !matched.has(exception)) : [];
  return [
    ...warning('have expired, so what they accepted counts again', expired),
    ...warning('expire within a week', expiring),
    ...warning('match nothing that was found here, and can go where no other image needs them', unmatched),
  ];
}

function warning(what: string, exceptions: readonly Exception[]): readonly string[] {
  if (exceptions.length === 0) return [];
  const names = exceptions.slice(0, NAMED).map((exception) => {
    const about = [exception.package, exception.image].filter((part) => part !== undefined);
    return [exception.id, ...about, `until ${exception.until}`].join(', ');
  });
  const more = exceptions.length - names.length;
  return [`Exceptions that ${what}: ${names.join('; ')}${more > 0 ? ` and ${more} more` : ''}.`];
}
