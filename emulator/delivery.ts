import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { Fault } from './faults.ts';
import type { Reply } from './reply.ts';

/** What an answer that leaves now says for `Date`; undefined: nothing. */
type DateHeader = () => string | undefined;

/** Sends a reply in one piece, once it has been held back for long enough. */
export function deliver(response: ServerResponse, reply: Reply, date: DateHeader): void {
  later(response, reply.afterMs, () => {
    begin(response, reply.status, reply.headers, Buffer.from(reply.body), date);
    response.end(reply.body);
  });
}

/** Spoils the answer in the way that the fault says. `reply` is what the Console would have said. */
export function deliverFaulty(response: ServerResponse, fault: Fault, reply: Reply, date: DateHeader): void {
  switch (fault.kind) {
    case 'answer': {
      const body = Buffer.from(fault.body ?? '');
      begin(response, fault.status, fault.headers ?? {}, body, date);
      response.end(body);
      break;
    }
    case 'drop':
      if (fault.where === 'before') response.destroy();
      else beginAndStop(response, reply, date, () => response.destroy());
      break;
    case 'reset':
      if (response.socket === null) response.destroy();
      else response.socket.resetAndDestroy();
      break;
    case 'stall':
      if (fault.where === 'within') beginAndStop(response, reply, date, () => undefined);
      break;
    case 'delay':
      deliver(response, { ...reply, afterMs: reply.afterMs + fault.ms }, date);
      break;
    case 'trickle': {
      const body = Buffer.from(reply.body);
      begin(response, reply.status, reply.headers, body, date);
      trickle(response, body, fault.bytes, fault.everyMs);
      break;
    }
    case 'flood':
      stamp(response, date);
      response.writeHead(200, { 'content-type': 'application/json' });
      flood(
        response,
        Buffer.alloc(fault.bytes, ' '),
        fault.everyMs,
        fault.pieces ?? Number.POSITIVE_INFINITY,
      );
      break;
    case 'rewrite':
      deliver(response, { ...reply, body: reply.body.replace(fault.pattern, fault.to) }, date);
      break;
    case 'header': {
      const { name, value } = fault;
      const { [name]: _, ...others } = reply.headers;
      const headers = value === undefined ? others : { ...others, [name]: value };
      deliver(response, { ...reply, headers }, name === 'date' ? () => value : date);
      break;
    }
    case 'gzip': {
      const body = gzipSync(reply.body);
      begin(response, reply.status, { ...reply.headers, 'content-encoding': 'gzip' }, body, date);
      response.end(body);
      break;
    }
    case 'clock-set':
      deliver(response, { ...reply, body: clockSet(reply.body, fault.fromMs, fault.byMs) }, () =>
        dateSet(date(), fault.fromMs, fault.byMs),
      );
      break;
    case 'hang-up':
      response.once('finish', () => response.socket?.destroySoon());
      deliver(response, reply, date);
      break;
  }
}

function begin(
  response: ServerResponse,
  status: number,
  headers: Reply['headers'],
  body: Buffer,
  date: DateHeader,
): void {
  stamp(response, date);
  response.writeHead(status, { 'content-length': String(body.length), ...headers });
}

/** The Console's own time and no other: Node would send the true one. */
function stamp(response: ServerResponse, date: DateHeader): void {
  response.sendDate = false;
  const now = date();
  if (now !== undefined) response.setHeader('date', now);
}

/** Announces the whole body and sends the first half; a body too short to be halved is announced longer. */
function beginAndStop(response: ServerResponse, reply: Reply, date: DateHeader, then: () => void): void {
  const body = Buffer.from(reply.body === '' ? '\n' : reply.body);
  const half = body.subarray(0, Math.floor(body.length / 2));
  begin(response, reply.status, reply.headers, body, date);
  response.flushHeaders();
  response.write(half, then);
}

function trickle(response: ServerResponse, body: Buffer, bytes: number, everyMs: number): void {
  const rest = body.subarray(bytes);
  // Only what has left may be followed by more; otherwise both would leave as one.
  response.write(body.subarray(0, bytes), () => {
    if (rest.length === 0) response.end();
    else later(response, everyMs, () => trickle(response, rest, bytes, everyMs));
  });
}

function clockSet(body: string, fromMs: number, byMs: number): string {
  return body.replace(/\b\d{4}-\d\d-\d\dT[\d:.]+Z/g, (time) =>
    Date.parse(time) < fromMs ? time : new Date(Date.parse(time) + byMs).toISOString(),
  );
}

function dateSet(date: string | undefined, fromMs: number, byMs: number): string | undefined {
  if (date === undefined || Date.parse(date) < fromMs) return date;
  return new Date(Date.parse(date) + byMs).toUTCString();
}

/** Writes as fast as the client reads, so that a flood takes up no memory here. */
function flood(response: ServerResponse, piece: Buffer, everyMs: number, pieces: number): void {
  if (response.destroyed) return;
  if (pieces <= 0) {
    response.end();
    return;
  }
  const next = () => later(response, everyMs, () => flood(response, piece, everyMs, pieces - 1));
  response.write(piece, next);
}

/** Does something after a while, unless the connection is gone by then. */
function later(response: ServerResponse, ms: number, action: () => void): void {
  if (ms === 0) {
    action();
    return;
  }
  const timer = setTimeout(action, ms);
  response.once('close', () => clearTimeout(timer));
}
