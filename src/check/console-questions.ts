import type { Query } from '../console/address.ts';
import type { Request } from '../console/caller.ts';
import { decodeProgress } from '../console/progress.ts';
import { DecodeError, listOf, objectAt, optionalTextAt, parseJson } from '../http/decode.ts';
import type { HttpResponse } from '../http/transport.ts';
import type { Progress } from '../scan/types.ts';
import { type KnownImage, parseFullName } from './known-images.ts';
import { decodeRegistrySettings, type SettingsEntry } from './registry-settings.ts';

/** A reading call, and how its response is read. */
export interface Question<T> {
  readonly request: Request;
  readonly decode: (response: HttpResponse) => T;
}

/** Lists of a large Console. */
export const MAX_LIST_BYTES = 8 * 1024 * 1024;

function questionAt<T>(
  path: string,
  query: Query,
  decode: (response: HttpResponse) => T,
  maxBytes?: number,
): Question<T> {
  return { request: { method: 'GET', path, query, ...(maxBytes === undefined ? {} : { maxBytes }) }, decode };
}

/** The version of the Console. */
export function versionQuestion(): Question<string> {
  return questionAt('version', [], ({ body }) => {
    const version = parseJson(body);
    if (typeof version === 'string' && version !== '') return version;
    throw new DecodeError('body', 'a version', 'something else');
  });
}

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
  return questionAt('registry/progress', query, ({ body }) => decodeProgress(parseJson(body), redact));
}

/** The registry settings, which define the scope of the regular scan. */
export function settingsQuestion(): Question<readonly SettingsEntry[]> {
  const decode = ({ body }: HttpResponse) => decodeRegistrySettings(parseJson(body));
  return questionAt('settings/registry', [], decode, MAX_LIST_BYTES);
}

/** The connected Defenders. */
export function defendersQuestion(): Question<readonly string[]> {
  const query: Query = [['connected', 'true']];
  return questionAt('defenders/names', query, ({ body }) => listOf(parseJson(body), 'body', optionalTextAt));
}

/** The errors of the last regular scan. */
export function scanErrorsQuestion(): Question<readonly string[]> {
  return questionAt('statuses/registry', [], ({ body }) => {
    const status = objectAt(parseJson(body), 'body');
    return listOf(status.errors, 'errors', optionalTextAt);
  });
}

/** The full names of all images that the user is allowed to see; asked only if an image has no row. */
export function namesQuestion(): Question<readonly KnownImage[]> {
  const decode = ({ body }: HttpResponse) =>
    listOf(parseJson(body), 'body', optionalTextAt).map(parseFullName);
  return questionAt('registry/names', [], decode, MAX_LIST_BYTES);
}
