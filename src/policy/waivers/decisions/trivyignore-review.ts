import type { Finding } from '../../../scan/finding.ts';
import { groupBy } from '../../group-by.ts';
import type { Exception } from '../exception.ts';
import { allOf, anyOf, type Comparison, closerMiss, type Miss, other, SAME, unknown } from './comparison.ts';
import type { IgnoreFile } from './decision-book.ts';
import { type JoinedPackage, PackageIndex } from './joined-package.ts';
import { comparePackage } from './package-match.ts';
import type { PackageUrl } from './package-url.ts';
import { matchesGlob, type PathGlob } from './path-glob.ts';
import type { ReviewedImage } from './reviewed-image.ts';
import type { TrivyEntry } from './trivy-entry.ts';

/** An entry, in its file. */
export interface EntryInFile {
  readonly file: string;
  readonly entry: TrivyEntry;
  /** The entry in the form of an exception: outputs show it as one. */
  readonly exception: Exception;
}

/** The result of an entry in all images of the step. */
export type EntryOutcome =
  | { readonly kind: 'used'; readonly images: readonly string[]; readonly findings: number }
  /** Its last day is over. `isAbout`: it is about some finding. */
  | { readonly kind: 'expired'; readonly isAbout: boolean }
  /** It is about a finding that an earlier entry accepts. */
  | { readonly kind: 'overridden' }
  | { readonly kind: 'unmatched'; readonly miss: Miss };

/** The review of all entries of a step against all findings. */
interface EntryReview {
  /** The entries about a finding of an image: those that accept it, and those that have expired. */
  readonly entriesOf: (image: ReviewedImage, finding: Finding) => EntriesOfFinding;
  readonly outcomes: ReadonlyMap<EntryInFile, EntryOutcome>;
}

interface EntriesOfFinding {
  readonly accepting: EntryInFile | undefined;
  readonly expired: readonly EntryInFile[];
}

interface Seen extends EntryInFile {
  miss: Miss;
  isAbout: boolean;
  readonly images: Set<string>;
  findings: number;
}

const NO_ENTRIES: EntriesOfFinding = { accepting: undefined, expired: [] };

/** Compares every entry with every finding on a day, `2026-12-31`. */
export function reviewEntries(
  files: readonly IgnoreFile[],
  images: readonly ReviewedImage[],
  today: string,
): EntryReview {
  const seen = files.flatMap(({ file, entries }) => entries.map((entry) => seenOf(file, entry)));
  const byId = groupBy(seen, ({ entry }) => entry.id.toLowerCase());
  const decided = new Map(images.map((image) => [image, decideImage(image, byId, today)]));
  return {
    entriesOf: (image, finding) => decided.get(image)?.get(finding) ?? NO_ENTRIES,
    outcomes: new Map(seen.map((each) => [each, outcomeOf(each, today)])),
  };
}

function seenOf(file: string, entry: TrivyEntry): Seen {
  return {
    file,
    entry,
    exception: {
      id: entry.id,
      reason: entry.reason,
      until: entry.until,
      untilFixed: false,
      package: undefined,
      image: undefined,
    },
    miss: { kind: 'no-such-vulnerability' },
    isAbout: false,
    images: new Set(),
    findings: 0,
  };
}

function decideImage(
  image: ReviewedImage,
  byId: ReadonlyMap<string, readonly Seen[]>,
  today: string,
): ReadonlyMap<Finding, EntriesOfFinding> {
  const packages = new PackageIndex(byId.size === 0 ? [] : (image.packages ?? []));
  const decided = new Map<Finding, EntriesOfFinding>();
  for (const finding of image.findings) {
    const entries = finding.kind === 'vulnerability' ? byId.get(finding.id.toLowerCase()) : undefined;
    if (entries === undefined || !finding.hasOwnId) continue;
    const joined = packages.joinedTo(finding);
    const about = entries.filter((entry) => isAbout(entry, image, joined));
    const accepting = about.find(({ entry }) => today <= entry.until);
    accepting?.images.add(image.name);
    if (accepting !== undefined) accepting.findings += 1;
    decided.set(finding, { accepting, expired: about.filter(({ entry }) => today > entry.until) });
  }
  return decided;
}

function isAbout(seen: Seen, image: ReviewedImage, joined: JoinedPackage): boolean {
  const { paths, urls } = seen.entry;
  const compared = allOf([comparePaths(paths, joined.path), compareUrls(urls, image, joined)]);
  if (compared.state === 'same') seen.isAbout = true;
  else seen.miss = closerMiss(seen.miss, compared.miss);
  return compared.state === 'same';
}

function comparePaths(paths: readonly PathGlob[] | undefined, path: string | undefined): Comparison {
  if (paths === undefined) return SAME;
  if (path === undefined) return unknown({ kind: 'other-path', found: undefined });
  return paths.some((glob) => matchesGlob(glob, path)) ? SAME : other({ kind: 'other-path', found: path });
}

function compareUrls(
  urls: readonly PackageUrl[] | undefined,
  image: ReviewedImage,
  joined: JoinedPackage,
): Comparison {
  if (urls === undefined) return SAME;
  return anyOf(
    urls.map((url) => comparePackage(url, joined, image)),
    { kind: 'no-such-package' },
  );
}

function outcomeOf(
  { entry, images, findings, isAbout: isAboutSome, miss }: Seen,
  today: string,
): EntryOutcome {
  if (today > entry.until) return { kind: 'expired', isAbout: isAboutSome };
  if (findings > 0) return { kind: 'used', images: [...images], findings };
  return isAboutSome ? { kind: 'overridden' } : { kind: 'unmatched', miss };
}
