import type { Image } from '../image/image.ts';
import type { ImageScanResult } from '../scan/evidence.ts';
import { scannedAtMs } from '../scan/evidence.ts';
import { worstRow } from '../scan/same-scan.ts';
import type { Detail } from '../scan/wait.ts';
import type { ReportRow } from './report-row.ts';
import { type Aliases, isRowOf, isTagOf, mayBeOf } from './row-image.ts';
import { decodeRow } from './row-result.ts';

/**
 * Every row of the image, in the order of the report. A row that only lists the tag among `tags` belongs to the scan of
 * another tag. Throws a `DecodeError` that names the field for an invalid row of the image's own tag, and for one of an
 * unknown image if no other row is this image's.
 */
export function rowsOf(
  rows: readonly ReportRow[],
  image: Image,
  detail: Detail,
  aliases: Aliases,
): readonly ImageScanResult[] {
  const own = rows.filter((row) => row.error === undefined && isRowOf(row, image, aliases));
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
