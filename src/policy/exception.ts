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

/** Whether the exception still holds on a day, `2026-12-31`. */
export function isActive(exception: Exception, today: string): boolean {
  return today <= exception.until;
}

/**
 * The findings that each exception is about in the image of this name, whether it is active or expired. A report has
 * 60,000 findings and a file thousands of exceptions, so the findings are looked up by their names.
 */
export function findMatches(
  exceptions: readonly Exception[],
  findings: readonly Finding[],
  imageName: string,
): ReadonlyMap<Exception, readonly Finding[]> {
  const named = new Map<string, Finding[]>();
  const wanted = new Set(exceptions.map(({ id }) => id.toLowerCase()));
  for (const finding of exceptions.length === 0 ? [] : findings) {
    for (const name of namesOf(finding)) {
      if (!wanted.has(name)) continue;
      const others = named.get(name);
      if (others === undefined) named.set(name, [finding]);
      else others.push(finding);
    }
  }
  return new Map(
    exceptions.map((exception) => {
      const isAboutImage = exception.image === undefined || matchesImage(exception.image, imageName);
      const findingsOfId = isAboutImage ? (named.get(exception.id.toLowerCase()) ?? []) : [];
      return [exception, findingsOfId.filter((finding) => isAboutPackage(exception, finding))];
    }),
  );
}

function isAboutPackage(exception: Exception, { packageName }: Finding): boolean {
  return exception.package === undefined || matchesPattern(exception.package, packageName);
}

/** A finding without a CVE is named by its number, its title or its cause, or by two of them. */
function namesOf({ id, title, cause, hasOwnId }: Finding): ReadonlySet<string> {
  const names = hasOwnId
    ? [id]
    : [id, title, cause, `${id}: ${title}`, `${id}: ${cause}`, `${title}: ${cause}`];
  return new Set(names.filter((name) => name !== '').map((name) => name.toLowerCase()));
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
