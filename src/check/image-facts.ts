import { latestOf, rowsOf } from '../console/report.ts';
import { errorOfBody } from '../http/call-error.ts';
import { DecodeError } from '../http/decode.ts';
import { type Image, imageReference, isSameRepository } from '../image/image.ts';
import { provenDigests, provenPlatform } from '../policy/proven-image.ts';
import type { Reference } from '../policy/waivers/reference.ts';
import type { AssessableImage } from '../policy/waivers/waiver-source.ts';
import type { ImageScanResult } from '../scan/evidence.ts';
import type { Answer } from './answer.ts';
import type { ImageKnowledge } from './image-checks.ts';
import { fullNameOf, imagesOfRows, type KnownImage } from './known-images.ts';
import type { SettingsEntry } from './registry-settings.ts';
import type { ReportRead } from './report-question.ts';

/** Facts from the Console about the images that it was asked about. */
export type ShownImages = ReadonlyMap<Image, ImageKnowledge>;

/** True if a full name of the report can be the image's, however it is split into registry and repository. */
export function isNameOf(name: KnownImage, { registry, repository, tag = '' }: Image): boolean {
  return fullNameOf(name) === fullNameOf({ registry, repository, tag, scannedAtMs: undefined });
}

/** True if an image has no readable row, so that more questions are needed. */
export function lacksRow(image: Image, pages: readonly ReportRead[]): boolean {
  try {
    return ownRow(image, pages) === undefined;
  } catch (error) {
    if (error instanceof DecodeError) return false;
    throw error;
  }
}

/** The facts about each image in these pages and names. */
export function knowledgeOf(
  images: readonly Image[],
  pages: readonly ReportRead[],
  names: readonly KnownImage[],
  settings: readonly SettingsEntry[] | undefined,
  reference?: Image,
): Answer<ShownImages> {
  const inRows = imagesOfRows(pages.flatMap(({ rows }) => rows));
  const common = {
    known: [...inRows, ...namesOnly(names, inRows)],
    settings,
    readAtMs: pages.find(({ readAtMs }) => readAtMs !== undefined)?.readAtMs,
  };
  try {
    const shown = { ...common, reference: reference && referenceIn(pages, reference) };
    const value = images.map((image) => {
      const tagCount = tagCountOf(image, inRows, names);
      return [image, { ...shown, row: ownRow(image, pages), tagCount }] as const;
    });
    return { kind: 'answered', value: new Map(value) };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return { kind: 'refused', error: errorOfBody('GET registry', error, 'Console') };
  }
}

/** The reference image of `compare-with`, from a page with findings. */
function referenceIn(pages: readonly ReportRead[], image: Image): Reference {
  const name = imageReference(image);
  const full = pages.find(({ detail }) => detail === 'full');
  if (full === undefined) {
    return { name, image, reading: { kind: 'unreadable', why: 'its findings could not be read' } };
  }
  const rows = rowsOf(full.rows, image, 'full', () => []);
  return { name, image, reading: rows.length === 0 ? { kind: 'absent' } : { kind: 'rows', rows } };
}

/** The row of an image in the form that gates assess; none without the findings. */
export function assessableOf([image, { row, reference }]: readonly [
  Image,
  ImageKnowledge,
]): readonly AssessableImage[] {
  if (row?.findings === undefined) return [];
  const digests = provenDigests(row, image, undefined);
  return [
    {
      name: imageReference(image),
      row,
      image,
      digests,
      platform: provenPlatform(row, image, undefined),
      reference,
    },
  ];
}

function ownRow(image: Image, pages: readonly ReportRead[]): ImageScanResult | undefined {
  for (const { rows, detail } of pages) {
    const row = latestOf(rowsOf(rows, image, detail, () => []));
    if (row !== undefined) return row;
  }
  return undefined;
}

/** The names of images without a row: if the registry has a path, only a row shows its end. */
function namesOnly(names: readonly KnownImage[], inRows: readonly KnownImage[]): readonly KnownImage[] {
  const shown = new Set(inRows.map(fullNameOf));
  return names.filter((name) => !shown.has(fullNameOf(name)));
}

/**
 * The number of tags of the repository. A page has 50 rows; names have no pages, but `Total-Count` counts all
 * registries.
 */
function tagCountOf(
  image: Image,
  inRows: readonly KnownImage[],
  names: readonly KnownImage[],
): number | undefined {
  const count = (known: readonly KnownImage[]) =>
    known.filter((each) => isSameRepository(image, each)).length;
  const most = Math.max(count(names), count(inRows));
  return most === 0 ? undefined : most;
}
