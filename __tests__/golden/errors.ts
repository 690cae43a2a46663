import { consolePeer } from '../../src/console/errors.ts';
import { type CallError, errorOfBody, errorOfStatus, errorOfTransport } from '../../src/http/call-error.ts';
import { DecodeError } from '../../src/http/decode.ts';
import { transportErrorOf } from '../../src/http/transport-error.ts';
import { statusFailure } from '../../src/registry/registry-error.ts';

/** Errors of calls, each made by the source from the server's answer. */

const peer = consolePeer((text) => text);

/** An answer with this status. */
export function answer(call: string, status: number, body = ''): CallError {
  return known(errorOfStatus(call, responseOf(status, body), peer));
}

/** The answer of a registry, for which Docker has no credentials. */
export function registryAnswer(call: string, status: number): CallError {
  return known(statusFailure(call, responseOf(status, ''), (text) => text, 'No credentials were found.'));
}

function responseOf(status: number, body: string) {
  return { status, headers: {}, body: new TextEncoder().encode(body) };
}

function known(error: CallError | undefined): CallError {
  if (error === undefined) throw new RangeError('The status is no error.');
  return error;
}

/** A call without an answer. */
export function broken(call: string, code: string, message: string): CallError {
  return errorOfTransport(call, transportErrorOf(Object.assign(new Error(message), { code })), peer);
}

/** A body that breaks the API's format: the error is that of the decoder. */
export function misread(call: string, decode: () => unknown): CallError {
  try {
    decode();
  } catch (error) {
    if (error instanceof DecodeError) return errorOfBody(call, error, 'Console');
    throw error;
  }
  throw new RangeError('The body can be read.');
}
