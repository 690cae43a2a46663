import type { Finding } from '../../../scan/finding.ts';
import { groupBy } from '../../group-by.ts';
import type { Exception } from '../exception.ts';
import type { IgnoreFile } from './decision-book.ts';
import type { JoinedPackage } from './joined-package.ts';
import { allOf, closerMiss, type MatchResult, type Miss, other, SAME, unknown } from './match-result.ts';
import { compareUrls } from './package-match.ts';
import { matchesGlob, type PathGlob } from './path-glob.ts';
import { countAccepted, namedFindings, newTally, type Tally } from './review-tally.ts';
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

/** An entry, and the results of its comparisons so far. */
type Seen = EntryInFile & Tally;

const NO_ENTRIES: EntriesOfFinding = { accepting: undefined, expired: [] };

/** Compares every entry with every finding on a day, `2026-12-31`. */
export function reviewEntries(
  files: readonly IgnoreFile[],
  images: readonly ReviewedImage[],
  today: string,
): EntryReview {
  const seen = files.flatMap(({ file, entries }) => entries.map((entry) => seenOf(file, entry)));
  const byId = groupBy(seen, ({ entry }) => entry.id.toLowerCase());
  const decided = new Map(images.map((image) => [image, entriesByFinding(image, byId, today)]));
  return {
    entriesOf: (image, finding) => decided.get(image)?.get(finding) ?? NO_ENTRIES,
    outcomes: new Map(seen.map((each) => [each, entryOutcome(each, today)])),
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
    ...newTally(),
  };
}

function entriesByFinding(
  image: ReviewedImage,
  byId: ReadonlyMap<string, readonly Seen[]>,
  today: string,
): ReadonlyMap<Finding, EntriesOfFinding> {
  const decided = new Map<Finding, EntriesOfFinding>();
  for (const { finding, decisions, joined } of namedFindings(image, byId)) {
    const about = decisions.filter((entry) => isAbout(entry, image, joined));
    const accepting = about.find(({ entry }) => today <= entry.until);
    if (accepting !== undefined) countAccepted(accepting, image);
    decided.set(finding, { accepting, expired: about.filter(({ entry }) => today > entry.until) });
  }
  return decided;
}

function isAbout(seen: Seen, image: ReviewedImage, joined: JoinedPackage): boolean {
  const { paths, urls } = seen.entry;
  const compared = allOf([
    comparePaths(paths, joined.path),
    urls === undefined ? SAME : compareUrls(urls, joined, image),
  ]);
  if (compared.state === 'same') seen.isAbout = true;
  else seen.miss = closerMiss(seen.miss, compared.miss);
  return compared.state === 'same';
}

function comparePaths(paths: readonly PathGlob[] | undefined, path: string | undefined): MatchResult {
  if (paths === undefined) return SAME;
  if (path === undefined) return unknown({ kind: 'other-path', found: undefined });
  return paths.some((glob) => matchesGlob(glob, path)) ? SAME : other({ kind: 'other-path', found: path });
}

function entryOutcome(
  { entry, images, findings, isAbout: isAboutSome, miss }: Seen,
  today: string,
): EntryOutcome {
  if (today > entry.until) return { kind: 'expired', isAbout: isAboutSome };
  if (findings > 0) return { kind: 'used', images: [...images], findings };
  return isAboutSome ? { kind: 'overridden' } : { kind: 'unmatched', miss };
}
