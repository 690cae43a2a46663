import { DecodeError, listOf, objectAt, optionalTextAt } from '../http/decode.ts';

/** One page of the report. */
export interface ReportPage {
  readonly rows: readonly ReportRow[];
  /** When the Console answered, by its own clock, in epoch milliseconds; undefined if it does not say. */
  readonly readAtMs: number | undefined;
  /** How many rows there are on all pages; undefined if the Console does not say. */
  readonly totalCount: number | undefined;
}

/** A row as it came, with the tags that name its image. The rest is decoded only for the images asked for. */
export interface ReportRow {
  /** Tells rows apart if pages repeat. */
  readonly key: string;
  /** The tag that the row is of; undefined if it has no `repoTag`. */
  readonly ownTag: RowTag | undefined;
  /** The tags that the row lists for its image. */
  readonly tags: readonly RowTag[];
  readonly repoDigests: readonly string[];
  readonly json: { readonly [key: string]: unknown };
  readonly field: string;
  readonly redact: (text: string) => string;
  /** Why the image of the row is not known; undefined if it is. */
  readonly error: DecodeError | undefined;
}

export interface RowTag {
  readonly registry: string;
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
}

/** A page is asked for with 50 rows; a Console that gives all it has is read as long as that takes no second. */
const MOST_ROWS = 200_000;

/** Reads a response of `GET registry`, which is `null` if nothing matches (seen in client code). */
export function decodeReport(json: unknown, redact: (text: string) => string): readonly ReportRow[] {
  if (Array.isArray(json) && json.length > MOST_ROWS) {
    throw new DecodeError('report', `at most ${MOST_ROWS} rows`, String(json.length));
  }
  return listOf(json, 'report', (element, field) => decodeReportRow(element, field, redact));
}

/**
 * A row with a tag of its own lists its other tags for nothing, so they cannot be wrong. Where something else is wrong,
 * its own tag still tells whose row it is.
 */
function decodeReportRow(json: unknown, field: string, redact: (text: string) => string): ReportRow {
  let ownTag: RowTag | undefined;
  try {
    const row = objectAt(json, field);
    const hasOwnTag = row.repoTag !== undefined && row.repoTag !== null;
    if (hasOwnTag) ownTag = decodeTag(row.repoTag, `${field}.repoTag`);
    return {
      key: JSON.stringify([row._id, row.id, row.repoTag, row.scanTime]),
      ownTag,
      tags: hasOwnTag ? [] : listOf(row.tags, `${field}.tags`, decodeTag),
      repoDigests: listOf(row.repoDigests, `${field}.repoDigests`, optionalTextAt),
      json: row,
      field,
      redact,
      error: undefined,
    };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return { key: field, ownTag, tags: [], repoDigests: [], json: {}, field, redact, error };
  }
}

function decodeTag(json: unknown, field: string): RowTag {
  const tag = objectAt(json, field);
  return {
    registry: optionalTextAt(tag.registry, `${field}.registry`),
    repository: optionalTextAt(tag.repo, `${field}.repo`),
    tag: optionalTextAt(tag.tag, `${field}.tag`),
    digest: optionalTextAt(tag.digest, `${field}.digest`),
  };
}
