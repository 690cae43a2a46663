import { createHash } from 'node:crypto';
import { repositoryName } from '../image/image.ts';
import { platformName } from '../image/platform.ts';
import type { ImageResult } from '../policy/result.ts';
import type { Finding } from '../scan/finding.ts';
import { cutText } from '../text/cut.ts';

/** Maximum length of rule ids in code scanning. */
const LONGEST_RULE_ID = 255;

/**
 * The id of the rule for a finding: the CVE. The Console's numbers stand for several compliance issues, so titles
 * distinguish those. The id is the same in every run, whatever else was found.
 */
export function ruleIdOf({ id, hasOwnId, checkId }: Finding): string {
  const ruleId = hasOwnId || checkId === undefined ? id : `${checkId}: ${id}`;
  if (ruleId.length <= LONGEST_RULE_ID) return ruleId;
  const hash = shortHash([ruleId]);
  return `${cutText(ruleId, LONGEST_RULE_ID - hash.length - 1)} ${hash}`;
}

/**
 * Identifies findings by facts that stay the same between tags and scans: the repository, the platform, the finding,
 * and the package with its version and path. Equal findings are numbered.
 */
export class Fingerprints {
  readonly #seen = new Map<string, number>();

  of(image: ImageResult, finding: Finding): string {
    const { kind, id, title, cause, packageType, packageName, packageVersion, packagePath } = finding;
    const hash = shortHash([
      repositoryOf(image),
      image.image?.platform === undefined ? '' : platformName(image.image.platform),
      kind,
      id,
      ...[title, cause, packageType, packageName, packageVersion, packagePath].map((text) => text ?? ''),
    ]);
    const count = (this.#seen.get(hash) ?? 0) + 1;
    this.#seen.set(hash, count);
    return `${hash}:${count}`;
  }
}

function shortHash(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}

/** `registry/repo` of an image, which stays the same for a new tag. */
function repositoryOf({ image, name }: ImageResult): string {
  return image === undefined ? name : repositoryName(image);
}

/**
 * The repository as a relative URI. With a colon in its first segment, the text before it would be a URI scheme; and
 * a tag would reopen every alert.
 */
export function artifactUri(image: ImageResult): string {
  const segments = repositoryOf(image)
    .split('/')
    .filter((segment) => !/^\.*$/.test(segment));
  return segments.map((segment) => encodeURIComponent(segment.toWellFormed())).join('/') || 'image';
}
