import type { Exception } from '../policy/waivers/exception.ts';
import { type AssessedImage, reviewExceptions } from '../policy/waivers/exception-review.ts';
import { joined } from './joined.ts';
import { namesWarning } from './names-warning.ts';
import { shownText } from './sanitize.ts';

/** Warnings about exceptions on a day, `2026-12-31`: a sentence for each problem that people have to review. */
export function exceptionWarnings(
  exceptions: readonly Exception[],
  images: readonly AssessedImage[],
  today: string,
): readonly string[] {
  const { expired, expiring, ambiguous, unmatched } = reviewExceptions(exceptions, images, today);
  return [
    ...exceptionWarning('have expired, so the findings that they accepted count again', expired),
    ...exceptionWarning('expire within a week', expiring),
    ...exceptionWarning(
      'match several findings without a CVE and accept none of them; give title and cause as id, as the message names them',
      ambiguous,
    ),
    ...exceptionWarning(
      'match no finding of these images and can be removed if no other image needs them',
      unmatched,
    ),
  ];
}

function exceptionWarning(what: string, exceptions: readonly Exception[]): readonly string[] {
  return namesWarning('Exceptions', what, exceptions.map(exceptionName));
}

function exceptionName({ id, package: packageName, image, until }: Exception): string {
  const shown = [id, packageName, image].map((part) => part && shownText(part));
  return joined([...shown, `until ${until}`], ', ');
}
