import { DecodeError, listOf, objectAt, optionalTextAt } from '../http/decode.ts';

/** One page of the report. */
export interface ReportPage {
  readonly rows: readonly ReportRow[];
  /** When the Console answered, by its own clock, in epoch milliseconds; undefined without a date. */
  readonly readAtMs: number | undefined;
  /** The number of rows on all pages; undefined if it is unknown. */
  readonly totalCount: number | undefined;
}

/** An undecoded row with the tags that name its image. The rest is decoded only for the requested images. */
export interface ReportRow {
  /** Identifies a row if pages repeat. */
  readonly key: string;
  /** The row's own tag; undefined if it has no `repoTag`. */
  readonly ownTag: RowTag | undefined;
  /** The tags that the row lists for its image. */
  readonly tags: readonly RowTag[];
  readonly repoDigests: readonly string[];
  readonly json: { readonly [key: string]: unknown };
  readonly field: string;
  readonly redact: (text: string) => string;
  /** The reason why the image of the row is unknown; undefined if it is known. */
  readonly error: DecodeError | undefined;
}

export interface RowTag {
  readonly registry: string;
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
}

/**
 * A request asks for 50 rows. If a Console returns all rows at once, reading this number takes less than a second.
 */
const MOST_ROWS = 200_000;

/** Reads a response of `GET registry`, which is `null` if nothing matches (seen in client code). */
export function decodeReport(json: unknown, redact: (text: string) => string): readonly ReportRow[] {
  if (Array.isArray(json) && json.length > MOST_ROWS) {
    throw new DecodeError('report', `at most ${MOST_ROWS} rows`, String(json.length));
  }
  return listOf(json, 'report', (element, field) => decodeReportRow(element, field, redact));
}

/**
 * Reads the tags of a row. The list of tags is ignored if the row has its own tag, so mistakes in it do not matter.
 * If another field is wrong, the own tag still identifies the image.
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
