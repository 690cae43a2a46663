import { CallError, errorOfBody, failureOf } from '../http/call-error.ts';
import { DecodeError } from '../http/decode.ts';
import { type ReportSnapshot, type Result, retryable, success } from '../scan/evidence.ts';
import type { Detail } from '../scan/wait.ts';
import { latestOf, rowsOf } from './report.ts';
import type { Pages } from './report-pages.ts';
import type { ReportRequest } from './report-request.ts';
import { hasRowWithoutDigest, isShown } from './row-image.ts';

const REPORT_CALL = 'GET registry';

/** The snapshot of one image in the pages. A row of one image that cannot be decoded must not affect the others. */
export function snapshotOf(
  { rows, readAtMs, areAll }: Pages,
  { image, detail, aliases }: ReportRequest,
): Result<ReportSnapshot> {
  try {
    const all = rowsOf(rows.of(image), image, detail, aliases);
    const row = latestOf(all);
    if (row !== undefined) {
      return success({ kind: 'row', row, readAtMs, ...(all.length > 1 && { all }) });
    }
    if (!areAll) throw new DecodeError('report', 'a row of this image', `${rows.size} of others`);
    return success({ kind: 'absent', readAtMs });
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return retryable({ ...failureOf(errorOfBody(REPORT_CALL, error, 'Console')), kind: 'invalid-response' });
  }
}

/** True if the compact form may have the image's row without the digest that identifies it. */
export function needsFullRead({ rows }: Pages, request: ReportRequest): boolean {
  const { image, detail } = request;
  const isByDigest = detail === 'compact' && 'digest' in image.scanBy;
  return isByDigest && !isShown(rows.of(image), request) && hasRowWithoutDigest(rows.of(image), image);
}

/**
 * Maps 403 and 404 of `GET registry` to a snapshot, unless the report `wasRead` before; undefined for other errors.
 * The refusal of a log-in comes from another call.
 */
export function snapshotOfRefusal(
  error: unknown,
  detail: Detail,
  wasRead: boolean,
): Result<ReportSnapshot> | undefined {
  if (!(error instanceof CallError) || error.call !== REPORT_CALL) return undefined;
  const { kind, what, dateMs } = error;
  if (detail === 'compact' && !wasRead && (kind === 'forbidden' || kind === 'not-found')) {
    return success({ kind: 'unreadable', why: kind, readAtMs: dateMs });
  }
  // The compact form was read, so the Console refuses only the full form.
  if (kind === 'bad-request' && detail === 'full') {
    return retryable({ kind: 'invalid-response', call: REPORT_CALL, what });
  }
  return undefined;
}
