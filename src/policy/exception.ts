import type { Finding } from '../scan/finding.ts';

/** A finding that is accepted for a while, and why. */
export interface Exception {
  readonly id: string;
  readonly reason: string;
  /** The last day it holds, `2026-12-31`, in UTC. */
  readonly until: string;
  /** The package it is about, `*` standing for any text; undefined for every package. */
  readonly package: string | undefined;
  /** The image it is about, by its full reference, `*` standing for any text; undefined for every image. */
  readonly image: string | undefined;
}

/** A finding, and the active exception that accepts it. */
export interface AssessedFinding extends Finding {
  readonly acceptedBy: Exception | undefined;
}

/** Whether the exception still holds on a day, `2026-12-31`. */
export function isActive(exception: Exception, today: string): boolean {
  return today <= exception.until;
}

/** Whether the exception is about this finding in the image of this name, active or expired. */
export function matchesFinding(exception: Exception, finding: Finding, imageName: string): boolean {
  return (
    isSameId(exception.id, finding) &&
    (exception.package === undefined || matchesPattern(exception.package, finding.packageName)) &&
    (exception.image === undefined || matchesImage(exception.image, imageName))
  );
}

/** A finding without a CVE is named by its number, its title or its cause, or by two of them. */
function isSameId(named: string, { id, title, cause, hasOwnId }: Finding): boolean {
  const names = hasOwnId
    ? [id]
    : [id, title, cause, `${id}: ${title}`, `${id}: ${cause}`, `${title}: ${cause}`];
  return names.some((name) => name !== '' && name.toLowerCase() === named.toLowerCase());
}

function matchesImage(pattern: string, imageName: string): boolean {
  // Docker Hub need not be named; a digest or a platform behind the tag makes it no other image.
  const withoutHub = pattern.replace(/^(?:index\.)?docker\.io\//, '');
  const withoutPlatform = imageName.replace(/ \([a-z0-9./_-]+\)$/, '');
  const withoutDigest = withoutPlatform.replace(/@sha256:[0-9a-f]{64}$/, '');
  return [imageName, withoutPlatform, withoutDigest].some((name) => matchesPattern(withoutHub, name));
}

/** Whether a text matches a pattern in which `*` stands for any text. Takes time in proportion to both. */
export function matchesPattern(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= text.length - last.length;
}
