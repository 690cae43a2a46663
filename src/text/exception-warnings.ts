import type { Exception } from '../policy/waivers/exception.ts';
import { type AssessedImage, reviewExceptions } from '../policy/waivers/exception-review.ts';
import { firstOf } from './plural.ts';
import { shownText } from './sanitize.ts';

/** Maximum number of exceptions that a warning names. */
const NAMED = 10;

/** Warnings about exceptions on a day, `2026-12-31`: a sentence for each problem that people have to review. */
export function exceptionWarnings(
  exceptions: readonly Exception[],
  images: readonly AssessedImage[],
  today: string,
): readonly string[] {
  const { expired, expiring, ambiguous, unmatched } = reviewExceptions(exceptions, images, today);
  return [
    ...warning('have expired, so the findings that they accepted count again', expired),
    ...warning('expire within a week', expiring),
    ...warning(
      'match several findings without a CVE and accept none of them; give title and cause as id, as the message names them',
      ambiguous,
    ),
    ...warning('match no finding of these images and can be removed if no other image needs them', unmatched),
  ];
}

function warning(what: string, exceptions: readonly Exception[]): readonly string[] {
  if (exceptions.length === 0) return [];
  const names = exceptions.map((exception) => {
    const about = [exception.package, exception.image].filter((part) => part !== undefined);
    return [shownText(exception.id), ...about.map(shownText), `until ${exception.until}`].join(', ');
  });
  return [`Exceptions that ${what}: ${firstOf(names, NAMED, '; ')}.`];
}
