import type { ServerResponse } from 'node:http';
import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip, gzipSync } from 'node:zlib';
import type { Fault } from './faults.ts';
import { type DateHeader, type Reply, runLater, send, setDate, writeHead } from './response.ts';

const CHUNK_LENGTH = 64 * 1_024;

/** Sends the answer with a fault injected. `reply` is the answer without it. */
export function sendWithFault(response: ServerResponse, fault: Fault, reply: Reply, date: DateHeader): void {
  switch (fault.kind) {
    case 'answer': {
      const body = Buffer.from(fault.body ?? '');
      writeHead(response, fault.status, fault.headers ?? {}, body, date);
      response.end(body);
      break;
    }
    case 'drop':
      if (fault.where === 'before') response.destroy();
      else writeHalf(response, reply, date, () => response.destroy());
      break;
    case 'reset':
      if (response.socket === null) response.destroy();
      else response.socket.resetAndDestroy();
      break;
    case 'stall':
      if (fault.where === 'within') writeHalf(response, reply, date, () => undefined);
      break;
    case 'delay':
      send(response, { ...reply, afterMs: reply.afterMs + fault.ms }, date);
      break;
    case 'trickle': {
      const body = Buffer.from(reply.body);
      writeHead(response, reply.status, reply.headers, body, date);
      trickle(response, body, fault.bytes, fault.everyMs);
      break;
    }
    case 'flood':
      setDate(response, date);
      response.writeHead(200, { 'content-type': 'application/json' });
      flood(
        response,
        Buffer.alloc(fault.bytes, ' '),
        fault.everyMs,
        fault.pieces ?? Number.POSITIVE_INFINITY,
      );
      break;
    case 'repeat':
      repeat(response, fault, date);
      break;
    case 'rewrite':
      send(response, { ...reply, body: reply.body.replace(patternOf(fault.pattern), fault.to) }, date);
      break;
    case 'header': {
      const { name, value } = fault;
      const { [name]: _, ...others } = reply.headers;
      const headers = value === undefined ? others : { ...others, [name]: value };
      send(response, { ...reply, headers }, name === 'date' ? () => value : date);
      break;
    }
    case 'gzip': {
      const body = gzipSync(reply.body);
      writeHead(response, reply.status, { ...reply.headers, 'content-encoding': 'gzip' }, body, date);
      response.end(body);
      break;
    }
    case 'clock-set':
      send(response, { ...reply, body: clockSet(reply.body, fault.fromMs, fault.byMs) }, () =>
        dateSet(date(), fault.fromMs, fault.byMs),
      );
      break;
    case 'hang-up':
      response.once('finish', () => response.socket?.destroySoon());
      send(response, reply, date);
      break;
  }
}

/** A pattern given as text, as in a scenario file, matches everywhere. */
function patternOf(pattern: RegExp | string): RegExp {
  return typeof pattern === 'string' ? new RegExp(pattern, 'g') : pattern;
}

/** Announces the whole body and sends its first half; an empty body is announced as one byte. */
function writeHalf(response: ServerResponse, reply: Reply, date: DateHeader, then: () => void): void {
  const body = Buffer.from(reply.body === '' ? '\n' : reply.body);
  const half = body.subarray(0, Math.floor(body.length / 2));
  writeHead(response, reply.status, reply.headers, body, date);
  response.flushHeaders();
  response.write(half, then);
}

function trickle(response: ServerResponse, body: Buffer, bytes: number, everyMs: number): void {
  const rest = body.subarray(bytes);
  // Waits until the piece is written; otherwise both pieces would be sent as one.
  response.write(body.subarray(0, bytes), () => {
    if (rest.length === 0) response.end();
    else runLater(response, everyMs, () => trickle(response, rest, bytes, everyMs));
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

/** Writes as fast as the client reads, so that a flood needs no memory here. */
function flood(response: ServerResponse, piece: Buffer, everyMs: number, pieces: number): void {
  if (response.destroyed) return;
  if (pieces <= 0) {
    response.end();
    return;
  }
  const next = () => runLater(response, everyMs, () => flood(response, piece, everyMs, pieces - 1));
  response.write(piece, next);
}

/** Writes a body of any size piece by piece; a client that goes away ends it. */
function repeat(
  response: ServerResponse,
  fault: Fault & { readonly kind: 'repeat' },
  date: DateHeader,
): void {
  setDate(response, date);
  const encoding = fault.gzip === true ? { 'content-encoding': 'gzip' } : {};
  response.writeHead(200, { 'content-type': 'application/json', ...encoding });
  const compressed = fault.gzip === true ? createGzip() : new PassThrough();
  pipeline(Readable.from(repeated(fault)), compressed, response).catch(() => response.destroy());
}

/** The body in chunks of about 64 KiB. */
function* repeated({ start, piece, times, end }: Fault & { readonly kind: 'repeat' }): Generator<string> {
  const perChunk = Math.max(1, Math.floor(CHUNK_LENGTH / Math.max(1, piece.length)));
  const chunk = piece.repeat(perChunk);
  yield start;
  for (let left = times; left > 0; left -= perChunk) {
    yield left < perChunk ? piece.repeat(left) : chunk;
  }
  yield end;
}
