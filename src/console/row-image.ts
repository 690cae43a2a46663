import {
  canonicalRegistry,
  canonicalRepository,
  type Digest,
  type Image,
  isDigest,
  repositoryName,
  withoutScheme,
} from '../image/image.ts';
import { reportNames } from './report-names.ts';
import type { ReportRow, RowTag } from './report-row.ts';

/** Digests that stand for the one asked for: the platforms of an index, once the registry has been asked. */
export type Aliases = () => readonly Digest[];

/** Whether some row is of the image that a request asks for. */
export function isShown(
  rows: readonly ReportRow[],
  { image, aliases }: { readonly image: Image; readonly aliases: Aliases },
): boolean {
  return rows.some((row) => isOf(row, image, aliases));
}

/** The full names of the tagged rows of an image; none where one of its rows has no tag. */
export function namesOf(rows: readonly ReportRow[], image: Image, aliases: Aliases): readonly string[] {
  const tags = rows.filter((row) => isOf(row, image, aliases)).flatMap(tagsOf);
  const own = tags.filter((tag) => isSameRepository(tag, image));
  if (own.some(({ tag }) => tag === '')) return [];
  return [
    ...new Set(own.flatMap(({ registry, repository, tag }) => reportNames({ registry, repository }, tag))),
  ];
}

/** The tags that a row is of: its own, and only without one those that it lists. */
export function tagsOf({ ownTag, tags }: ReportRow): readonly RowTag[] {
  return ownTag === undefined ? tags : [ownTag];
}

/** Whether a row that is wrong may be the image's: its own tag says no other. */
export function mayBeOf({ ownTag, error }: ReportRow, image: Image): boolean {
  return error !== undefined && (ownTag === undefined || isTagOf(ownTag, image));
}

export function isOf(row: ReportRow, image: Image, aliases: Aliases): boolean {
  const { scanBy } = image;
  if (!tagsOf(row).some((tag) => isTagOf(tag, image))) return false;
  if ('tag' in scanBy) return true;
  const wanted = [scanBy.digest, ...aliases()];
  const shown = [...digestsOf(row, image), row.json.id];
  return wanted.some((digest) => shown.includes(digest));
}

/** Whether a tag is the image's; by digest alone, any of its repository may be, and one without a tag as well. */
export function isTagOf(tag: RowTag, image: Image): boolean {
  const { scanBy } = image;
  return isSameRepository(tag, image) && (!('tag' in scanBy) || tag.tag === scanBy.tag);
}

export function isSameRepository(tag: RowTag, image: Image): boolean {
  return (
    canonicalRegistry(tag.registry) === canonicalRegistry(image.registry) &&
    canonicalRepository(tag.registry, tag.repository) ===
      canonicalRepository(image.registry, image.repository)
  );
}

/** Whether a compact response has rows of the image's repository without any digest to know them by. */
export function hasRowWithoutDigest(rows: readonly ReportRow[], image: Image): boolean {
  return rows.some(
    (row) => tagsOf(row).some((tag) => isSameRepository(tag, image)) && digestsOf(row, image).length === 0,
  );
}

/**
 * The digests that a row gives for the image, its own tag's first. That can be absent; `repoDigests` holds
 * `name@sha256:…`, one per tag, where the name may lack registry and `library/` (seen in recorded data).
 */
export function digestsOf(row: ReportRow, image: Image): readonly Digest[] {
  const ofTag = tagsOf(row)
    .filter((tag) => isTagOf(tag, image))
    .map(({ digest }) => digest)
    .filter(isDigest);
  const ofRepository = row.repoDigests.flatMap((repoDigest) => digestFor(repoDigest, image));
  return [...new Set([...ofTag, ...ofRepository])];
}

function digestFor(repoDigest: string, image: Image): readonly Digest[] {
  const at = repoDigest.lastIndexOf('@');
  const digest = repoDigest.slice(at + 1);
  if (at < 0 || !isDigest(digest)) return [];
  const name = withoutScheme(repoDigest.slice(0, at))
    .replace(/^docker\.io\//, '')
    .toLowerCase();
  const repository = canonicalRepository(image.registry, image.repository).toLowerCase();
  const names = [repository, repository.replace(/^library\//, ''), repositoryName(image).toLowerCase()];
  return names.includes(name) ? [digest] : [];
}
