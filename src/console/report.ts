import type { Image } from '../image/image.ts';
import { worstRow } from '../scan/same-scan.ts';
import type { ImageScanResult } from '../scan/types.ts';
import { scannedAtMs } from '../scan/types.ts';
import type { ReportRow } from './report-row.ts';
import { type Aliases, isOf, isTagOf, mayBeOf } from './row-image.ts';
import { decodeRow } from './row-result.ts';

/**
 * The row of the image; of several, the one scanned last. A row that only lists the tag among `tags` belongs to the
 * scan of another tag. Throws a `DecodeError` that names the field for an invalid row of the image's own tag, and for
 * one of an unknown image if no other row is this image's.
 */
export function rowOf(
  rows: readonly ReportRow[],
  image: Image,
  detail: 'compact' | 'full',
  aliases: Aliases,
): ImageScanResult | undefined {
  return latestOf(rowsOf(rows, image, detail, aliases));
}

/** Every row of the image, in the order of the report; throws as `rowOf` does. */
export function rowsOf(
  rows: readonly ReportRow[],
  image: Image,
  detail: 'compact' | 'full',
  aliases: Aliases,
): readonly ImageScanResult[] {
  const own = rows.filter((row) => row.error === undefined && isOf(row, image, aliases));
  const error = rows.find((row) => isBroken(row, image) || (own.length === 0 && mayBeOf(row, image)))?.error;
  if (error !== undefined) throw error;
  return own.map((row) => decodeRow(row, image, detail));
}

/** True if a row of the image's own tag is invalid: another, valid row does not make up for it. */
function isBroken({ ownTag, error }: ReportRow, image: Image): boolean {
  return error !== undefined && ownTag !== undefined && 'tag' in image.scanBy && isTagOf(ownTag, image);
}

/**
 * The row of the latest time; undefined if there is none. The API's order varies and must not decide, so of several
 * rows of one time the worst of each fact counts.
 */
export function latestOf(rows: readonly ImageScanResult[]): ImageScanResult | undefined {
  const latestMs = rows.reduce((ms, row) => Math.max(ms, scannedAtMs(row)), 0);
  const [first, ...others] = rows.filter((row) => scannedAtMs(row) === latestMs);
  return first === undefined ? undefined : worstRow([first, ...others]);
}
