import type { Image } from '../image/image.ts';
import type { ImageScanResult } from '../scan/types.ts';
import type { ReportRow } from './report-row.ts';
import { type Aliases, isOf, mayBeOf } from './row-image.ts';
import { decodeRow } from './row-result.ts';

/**
 * The row of the image; of several, the one scanned last. A row that only lists the tag among `tags` is of another
 * tag's scan. Throws a `DecodeError` that names the field; so does a row that may be of any image, where no other is of
 * this one.
 */
export function rowOf(
  rows: readonly ReportRow[],
  image: Image,
  detail: 'compact' | 'full',
  aliases: Aliases,
): ImageScanResult | undefined {
  return rowsOf(rows, image, detail, aliases).reduce<ImageScanResult | undefined>(laterRow, undefined);
}

/** Every row of the image, in the order of the report; throws as `rowOf` does. */
export function rowsOf(
  rows: readonly ReportRow[],
  image: Image,
  detail: 'compact' | 'full',
  aliases: Aliases,
): readonly ImageScanResult[] {
  const own = rows.filter((row) => row.error === undefined && isOf(row, image, aliases));
  const error = own.length === 0 ? rows.find((row) => mayBeOf(row, image))?.error : undefined;
  if (error !== undefined) throw error;
  return own.map((row) => decodeRow(row, image, detail));
}

/** The API's order varies, so of two rows of the same time it must not decide: the one with an error counts. */
export function laterRow(
  one: ImageScanResult | undefined,
  other: ImageScanResult | undefined,
): ImageScanResult | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  const byMs = scannedAtMs(other) - scannedAtMs(one);
  return byMs > 0 || (byMs === 0 && other.error !== '') ? other : one;
}

function scannedAtMs({ scanTime }: ImageScanResult): number {
  return scanTime?.epochMs ?? 0;
}
