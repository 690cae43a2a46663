import { type Exception, isInForce } from '../gate/exception.ts';
import { usedExceptions } from '../gate/exception-review.ts';
import type { StepRecord } from './record.ts';

/** How many exceptions a receipt lists of each kind, and how many images of each. */
const LISTED = 1_000;
const IMAGES_LISTED = 20;

/** The exceptions of a run that accepted something, and those that have expired, on a day written `2026-12-31`. */
export function exceptionsIn({ asked, images }: StepRecord, today: string) {
  const used = usedExceptions(images);
  const given = asked?.gates.exceptions ?? [];
  const expired = given.filter((exception) => !isInForce(exception, today));
  return {
    given: given.length,
    usedCount: used.length,
    used: used.slice(0, LISTED).map((one) => ({
      ...exceptionIn(one.exception),
      imageCount: one.images.length,
      images: one.images.slice(0, IMAGES_LISTED),
    })),
    expiredCount: expired.length,
    expired: expired.slice(0, LISTED).map(exceptionIn),
  };
}

function exceptionIn({ id, reason, until, package: packageName, image }: Exception) {
  return { id, reason, until, package: packageName ?? null, image: image ?? null };
}
