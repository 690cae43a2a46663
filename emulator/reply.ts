import type { ErrorBody } from './wire.ts';

/** What the Console answers to one request, before anything goes wrong on the way. */
export type Reply = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** How long the answer is held back, in milliseconds. */
  readonly afterMs: number;
};

export function jsonReply(status: number, value: unknown, headers: Record<string, string> = {}): Reply {
  const body = JSON.stringify(value);
  return { status, headers: { 'content-type': 'application/json', ...headers }, body, afterMs: 0 };
}

export function textReply(status: number, body: string, headers: Record<string, string> = {}): Reply {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, body, afterMs: 0 };
}

export function emptyReply(status: number, headers: Record<string, string> = {}): Reply {
  return { status, headers, body: '', afterMs: 0 };
}

export function errorReply(status: number, err: string): Reply {
  const body: ErrorBody = { err };
  return jsonReply(status, body);
}
