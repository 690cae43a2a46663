import {
  canonicalRepository,
  type Digest,
  type Image,
  isDigest,
  isSameRepository,
  repositoryName,
  withoutScheme,
} from '../image/image.ts';
import { reportNames } from './report-names.ts';
import type { ReportRow, RowTag } from './report-row.ts';

/** Digests that stand for the requested one: those of an index's platforms, once they are read from the registry. */
export type Aliases = () => readonly Digest[];

/** True if any row belongs to the requested image. */
export function isShown(
  rows: readonly ReportRow[],
  { image, aliases }: { readonly image: Image; readonly aliases: Aliases },
): boolean {
  return rows.some((row) => isRowOf(row, image, aliases));
}

/** The full names of the tagged rows of an image; none if one of its rows has no tag. */
export function namesOf(rows: readonly ReportRow[], image: Image, aliases: Aliases): readonly string[] {
  const tags = rows.filter((row) => isRowOf(row, image, aliases)).flatMap(tagsOf);
  const own = tags.filter((tag) => isSameRepository(tag, image));
  if (own.some(({ tag }) => tag === '')) return [];
  return [
    ...new Set(own.flatMap(({ registry, repository, tag }) => reportNames({ registry, repository }, tag))),
  ];
}

/** The tags that a row belongs to: its own one, or else those that it lists. */
export function tagsOf({ ownTag, tags }: ReportRow): readonly RowTag[] {
  return ownTag === undefined ? tags : [ownTag];
}

/** True if an invalid row may be the image's: its own tag names no other image. */
export function mayBeOf({ ownTag, error }: ReportRow, image: Image): boolean {
  return error !== undefined && (ownTag === undefined || isTagOf(ownTag, image));
}

export function isRowOf(row: ReportRow, image: Image, aliases: Aliases): boolean {
  const { scanBy } = image;
  if (!tagsOf(row).some((tag) => isTagOf(tag, image))) return false;
  if ('tag' in scanBy) return true;
  const wanted = [scanBy.digest, ...aliases()];
  const shown = [...digestsOf(row, image), row.json.id];
  return wanted.some((digest) => shown.includes(digest));
}

/**
 * True if a tag is the image's. For an image named by digest alone, every tag of its repository may be, even an empty
 * one.
 */
export function isTagOf(tag: RowTag, image: Image): boolean {
  const { scanBy } = image;
  return isSameRepository(tag, image) && (!('tag' in scanBy) || tag.tag === scanBy.tag);
}

/** True if a compact response has rows of the image's repository without any digest to identify them. */
export function hasRowWithoutDigest(rows: readonly ReportRow[], image: Image): boolean {
  return rows.some(
    (row) => tagsOf(row).some((tag) => isSameRepository(tag, image)) && digestsOf(row, image).length === 0,
  );
}

/**
 * The digests that a row gives for the image, starting with that of its own tag, which can be absent. `repoDigests`
 * holds `name@sha256:…`, one per tag; the name may lack registry and `library/` (seen in recorded data).
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
  if (!isDigest(digest)) return [];
  const name = withoutScheme(repoDigest.slice(0, at))
    .replace(/^docker\.io\//, '')
    .toLowerCase();
  const repository = canonicalRepository(image.registry, image.repository).toLowerCase();
  const names = [repository, repository.replace(/^library\//, ''), repositoryName(image).toLowerCase()];
  return names.includes(name) ? [digest] : [];
}
