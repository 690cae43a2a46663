import { CallError, errorOfStatus, type Peer } from '../http/call-error.ts';
import type { HttpResponse } from '../http/transport.ts';
import type { CallFailureKind } from '../scan/call-failure.ts';

/** The error of a registry that could not be read, for a reason other than a status. */
export function registryError(
  kind: CallFailureKind,
  what: string,
  more: { readonly hint?: string | undefined; readonly cause?: unknown } = {},
): CallError {
  return new CallError({ server: 'registry', kind, call: 'distribution API', what, ...more });
}

/** A registry as a server that answers. It explains errors as `{"errors": [{"code": "…", "message": "…"}]}`. */
export function registryPeer(redact: (text: string) => string, hintOf?: Peer['hintOf']): Peer {
  return { server: 'registry', wordsIn, redact, ...(hintOf && { hintOf }) };
}

const REFUSAL_HINTS: Partial<Record<CallFailureKind, string>> = {
  forbidden: 'The credentials need permission to pull this repository.',
  'not-found': 'The registry does not have it, or the credentials lack permission to see it.',
};

/** The error of a status; undefined for success. `origin` names the source of the refused credentials. */
export function statusFailure(
  call: string,
  response: HttpResponse,
  redact: (text: string) => string,
  origin?: string,
): CallError | undefined {
  const hintOf = (kind: CallFailureKind) => {
    const isRefused = kind === 'unauthorized' || kind === 'forbidden';
    const hints = [REFUSAL_HINTS[kind], isRefused ? origin : undefined].filter((hint) => hint !== undefined);
    return hints.length === 0 ? undefined : hints.join(' ');
  };
  return errorOfStatus(call, response, registryPeer(redact, hintOf));
}

/** The first two texts that explain an error, at any depth. */
function wordsIn(json: unknown): string | undefined {
  const texts: string[] = [];
  JSON.stringify(json, (key, value: unknown) => {
    const isText = (key === 'code' || key === 'message' || key === 'details') && typeof value === 'string';
    if (isText && value !== '' && texts.length < 2) texts.push(value);
    return value;
  });
  return texts.length === 0 ? undefined : texts.join(': ');
}
