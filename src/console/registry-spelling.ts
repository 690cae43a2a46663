import { type Image, isSameRepository } from '../image/image.ts';
import { withoutTrailing } from '../image/trailing.ts';
import type { ImageScanResult, ReportSnapshot } from '../scan/evidence.ts';
import { reportNames } from './report-names.ts';
import type { ReportRow } from './report-row.ts';
import { tagsOf } from './row-image.ts';

/** A row often comes a moment after the end of its scan. */
const LATE_AFTER_MS = 4_000;

/**
 * The full names of an image in the Console's own spelling of the registry, which may have a slash at its end, or
 * capital letters; none if no row belongs to the image.
 */
export function spelledNames(rows: readonly ReportRow[], image: Image): readonly string[] {
  const { tag: wanted } = image;
  const own = rows
    .flatMap(tagsOf)
    .filter((tag) => isSameRepository(tag, image) && tag.tag === wanted)
    .flatMap(({ registry, repository, tag }) => [
      `${registry}/${repository}:${tag}`,
      `${withoutTrailing(registry, '/')}/${repository}:${tag}`,
      ...reportNames({ registry, repository }, tag),
    ]);
  return [...new Set(own)];
}

/**
 * Finds the images to search for under another spelling: those whose row is missing in full reads for some seconds.
 * Each is searched for once. The rows at the time of the first read are unknown, so a row found by a search counts
 * only if its scan is later than the Console's time of that first read.
 */
export class RegistrySpellings {
  readonly #names = new WeakMap<Image, readonly string[]>();
  readonly #firstReadAtMs = new WeakMap<Image, { readonly consoleMs: number | undefined }>();
  readonly #missingSinceMs = new WeakMap<Image, number>();
  readonly #searched = new WeakSet<Image>();

  /** The names that were learned for an image; undefined if none were needed. */
  namesOf(image: Image): readonly string[] | undefined {
    return this.#names.get(image);
  }

  /** Notes a read by name. The first one is the baseline for later reads. */
  note(image: Image, { readAtMs }: ReportSnapshot): void {
    if (!this.#firstReadAtMs.has(image)) this.#firstReadAtMs.set(image, { consoleMs: readAtMs });
  }

  /** Records a full read; true if the image has to be searched for now. */
  isToBeSearched(image: Image, snapshot: ReportSnapshot, nowMs: number): boolean {
    this.note(image, snapshot);
    if (snapshot.kind !== 'absent' || !('tag' in image.scanBy) || this.#searched.has(image)) return false;
    const sinceMs = this.#missingSinceMs.get(image) ?? nowMs;
    this.#missingSinceMs.set(image, sinceMs);
    if (nowMs - sinceMs < LATE_AFTER_MS) return false;
    this.#searched.add(image);
    return true;
  }

  /** Learns the names of an image from the rows of its repository; true if it has any. */
  learn(image: Image, rows: readonly ReportRow[]): boolean {
    const names = spelledNames(rows, image);
    if (names.length > 0) this.#names.set(image, names);
    return names.length > 0;
  }

  /** The snapshot without a row that may have been there when the image was first read. */
  proven(image: Image, snapshot: ReportSnapshot): ReportSnapshot {
    if (snapshot.kind !== 'row' || !this.#names.has(image)) return snapshot;
    const consoleMs = this.#firstReadAtMs.get(image)?.consoleMs;
    return isLater(snapshot.row, consoleMs) ? snapshot : { kind: 'absent', readAtMs: snapshot.readAtMs };
  }
}

function isLater({ scanTime }: ImageScanResult, consoleMs: number | undefined): boolean {
  return scanTime !== undefined && consoleMs !== undefined && scanTime.epochMs > consoleMs;
}
