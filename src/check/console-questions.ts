import type { Query } from '../console/address.ts';
import type { Request } from '../console/caller.ts';
import { decodeProgress } from '../console/progress.ts';
import { DecodeError, listOf, objectAt, optionalTextAt, parseJson } from '../http/decode.ts';
import type { HttpResponse } from '../http/transport.ts';
import type { Progress } from '../scan/evidence.ts';
import { type KnownImage, parseFullName } from './known-images.ts';
import { decodeRegistrySettings, type SettingsEntry } from './registry-settings.ts';

/** A reading call, and how its response is read. */
export interface Question<T> {
  readonly request: Request;
  readonly decode: (response: HttpResponse) => T;
}

/** Lists of a large Console. */
const MAX_LIST_BYTES = 8 * 1024 * 1024;

function questionAt<T>(
  path: string,
  decode: (json: unknown) => T,
  more: Pick<Request, 'query' | 'maxBytes'> = {},
): Question<T> {
  return { request: { method: 'GET', path, ...more }, decode: ({ body }) => decode(parseJson(body)) };
}

/** The version of the Console. */
export const VERSION_QUESTION: Question<string> = questionAt('version', (version) => {
  if (typeof version === 'string' && version !== '') return version;
  throw new DecodeError('body', 'a version', 'something else');
});

/**
 * The right to read progress. The end of a scan is shown to one reader only: a question about a real image would take
 * it from the job that waits for it, and a question without parameters may take the end of the regular scan. So this
 * question names an image that no registry has: the Console answers with an empty list and consumes nothing.
 * `statuses/registry` needs the same right, but does not prove that a proxy lets the path of progress through.
 */
export function progressQuestion(redact: (text: string) => string): Question<Progress> {
  const query: Query = [
    ['onDemand', 'true'],
    ['repo', 'registry-scan-gate/preflight'],
    ['tag', 'no-such-image'],
  ];
  return questionAt('registry/progress', (json) => decodeProgress(json, redact), { query });
}

/** The registry settings, which define the scope of the regular scan. */
export const SETTINGS_QUESTION: Question<readonly SettingsEntry[]> = questionAt(
  'settings/registry',
  decodeRegistrySettings,
  { maxBytes: MAX_LIST_BYTES },
);

/** The connected Defenders. */
export const DEFENDERS_QUESTION: Question<readonly string[]> = questionAt('defenders/names', listedTexts, {
  query: [['connected', 'true']],
});

/** The errors of the last regular scan. */
export const SCAN_ERRORS_QUESTION: Question<readonly string[]> = questionAt('statuses/registry', (json) =>
  listOf(objectAt(json, 'body').errors, 'errors', optionalTextAt),
);

/** The full names of all images that the user is allowed to see; asked only if an image has no row. */
export const NAMES_QUESTION: Question<readonly KnownImage[]> = questionAt(
  'registry/names',
  (json) => listedTexts(json).map(parseFullName),
  { maxBytes: MAX_LIST_BYTES },
);

function listedTexts(json: unknown): readonly string[] {
  return listOf(json, 'body', optionalTextAt);
}
