import { groupBy } from './group-by.ts';
import { assessmentOf } from './image-findings.ts';
import { jsonOf } from './json.ts';
import type { ImageResult } from './result.ts';
import type { DecisionReview } from './waivers/decision-waivers.ts';
import { type Exception, isActive } from './waivers/exception.ts';
import { usedExceptions } from './waivers/exception-review.ts';

/** Maximum number of entries of each kind in a record; attestations take 16 MB. */
export const MOST_LISTED = 1_000;
const MOST_IMAGES = 20;

/** The exceptions that accepted a finding, and those that have expired by a day, `2026-12-31`. */
export function exceptionsRecord(images: readonly ImageResult[], given: readonly Exception[], today: string) {
  const used = usedEntries(images);
  const expired = given.filter((exception) => !isActive(exception, today));
  return {
    given: given.length,
    usedCount: used.length,
    used: used.slice(0, MOST_LISTED),
    expiredCount: expired.length,
    expired: expired.slice(0, MOST_LISTED).map(exceptionEntry),
  };
}

/** The used exceptions; equal entries of a file are merged. */
function usedEntries(images: readonly ImageResult[]) {
  const used = usedExceptions(images.map((image) => ({ name: image.name, assessment: assessmentOf(image) })));
  const groups = groupBy(used, ({ exception }) => JSON.stringify(exceptionEntry(exception)));
  return [...groups.values()].flatMap((equal) => {
    const [first] = equal;
    const names = [...new Set(equal.flatMap((each) => each.images))];
    const ofImages = { imageCount: names.length, images: names.slice(0, MOST_IMAGES) };
    return first === undefined ? [] : [{ ...exceptionEntry(first.exception), ...ofImages }];
  });
}

function exceptionEntry({ id, reason, until, untilFixed, package: packageName, image }: Exception) {
  return { id, reason, until, untilFixed, package: packageName ?? null, image: image ?? null };
}

/** The results of OpenVEX statements and of entries for Trivy, in all images of the step together. */
export function decisionsRecord(images: readonly ImageResult[], shown: (text: string) => string) {
  const review = images.map(({ assessment }) => assessment?.decisions).find((each) => each !== undefined);
  const all = review === undefined ? [] : reviewedEntries(review);
  const idle = all.filter(({ outcome }) => outcome.kind !== 'used');
  return {
    given: all.length,
    usedCount: all.length - idle.length,
    idleCount: idle.length,
    idle: idle.slice(0, MOST_LISTED).map((entry) => ({ ...entry, outcome: jsonOf(entry.outcome, shown) })),
  };
}

function reviewedEntries({ statements, entries }: DecisionReview) {
  return [
    ...statements.map(({ of: { file, statement }, outcome }) => ({
      file: file.file,
      number: statement.number,
      id: statement.vulnerability,
      outcome,
    })),
    ...entries.map(({ of: { file, entry }, outcome }) => ({
      file,
      number: entry.number,
      id: entry.id,
      outcome,
    })),
  ];
}
