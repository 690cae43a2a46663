import { type CallError, failureOf, type Peer } from '../http/call-error.ts';
import { objectAt, optionalTextAt } from '../http/decode.ts';
import type { RetryableFailure } from '../scan/call-failure.ts';

/** The Console as a server that answers. It explains errors as `{"err": "…"}` (seen in client code). */
export function consolePeer(redact: (text: string) => string): Peer {
  return {
    server: 'Console',
    wordsIn: (json) => optionalTextAt(objectAt(json, '').err, ''),
    redact,
  };
}

/** The failure to retry; undefined for a final error. */
export function retryableFailureOf(error: CallError): RetryableFailure | undefined {
  const { kind } = error;
  switch (kind) {
    case 'unreachable':
    case 'invalid-response':
    case 'rate-limited':
      return { ...failureOf(error), kind };
    case 'unauthorized':
    case 'forbidden':
    case 'not-found':
    case 'bad-request':
    case 'unsupported':
    case 'tls':
      return undefined;
  }
}

/**
 * True for a refusal that an ingress or a restart can cause for a moment, although the same call was answered before.
 */
export function isRefusal({ kind }: CallError): boolean {
  return kind === 'forbidden' || kind === 'not-found' || kind === 'bad-request';
}
