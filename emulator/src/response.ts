import type { ServerResponse } from 'node:http';
import type { ErrorBody } from './api-types.ts';

/** The Console's answer to one request, before fault injection. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Delay before the answer is sent, in milliseconds. */
  readonly afterMs: number;
}

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
/** The value of `Date` for a response sent now; undefined: no such header. */
export type DateHeader = () => string | undefined;

/** Sends a reply in one piece, after its delay. */
export function send(response: ServerResponse, reply: Reply, date: DateHeader): void {
  runLater(response, reply.afterMs, () => {
    writeHead(response, reply.status, reply.headers, Buffer.from(reply.body), date);
    response.end(reply.body);
  });
}

/** Writes status and headers. */
export function writeHead(
  response: ServerResponse,
  status: number,
  headers: Reply['headers'],
  body: Buffer,
  date: DateHeader,
): void {
  setDate(response, date);
  response.writeHead(status, { 'content-length': String(body.length), ...headers });
}

/** Sets `Date` to the Console's time; Node would send the machine's. */
export function setDate(response: ServerResponse, date: DateHeader): void {
  response.sendDate = false;
  const now = date();
  if (now !== undefined) response.setHeader('date', now);
}

/** Runs an action after a delay, unless the connection is closed before. */
export function runLater(response: ServerResponse, ms: number, action: () => void): void {
  if (ms === 0) {
    action();
    return;
  }
  const timer = setTimeout(action, ms);
  response.once('close', () => clearTimeout(timer));
}
