import type { ServerResponse } from 'node:http';
import type { Fault } from './faults.ts';
import type { Reply } from './reply.ts';

/** Sends a reply in one piece, once it has been held back for long enough. */
export function deliver(response: ServerResponse, reply: Reply): void {
  later(response, reply.afterMs, () => {
    begin(response, reply.status, reply.headers, Buffer.from(reply.body));
    response.end(reply.body);
  });
}

/** Spoils the answer in the way that the fault says. `reply` is what the Console would have said. */
export function deliverFaulty(response: ServerResponse, fault: Fault, reply: Reply): void {
  switch (fault.kind) {
    case 'answer': {
      const body = Buffer.from(fault.body ?? '');
      begin(response, fault.status, fault.headers ?? {}, body);
      response.end(body);
      break;
    }
    case 'drop':
      if (fault.where === 'before') response.destroy();
      else beginAndStop(response, reply, () => response.destroy());
      break;
    case 'reset':
      if (response.socket === null) response.destroy();
      else response.socket.resetAndDestroy();
      break;
    case 'stall':
      if (fault.where === 'within') beginAndStop(response, reply, () => undefined);
      break;
    case 'delay':
      deliver(response, { ...reply, afterMs: reply.afterMs + fault.ms });
      break;
    case 'trickle': {
      const body = Buffer.from(reply.body);
      begin(response, reply.status, reply.headers, body);
      trickle(response, body, fault.bytes, fault.everyMs);
      break;
    }
  }
}

function begin(response: ServerResponse, status: number, headers: Reply['headers'], body: Buffer): void {
  response.writeHead(status, { 'content-length': String(body.length), ...headers });
}

/** Announces the whole body and sends the first half; a body too short to be halved is announced longer. */
function beginAndStop(response: ServerResponse, reply: Reply, then: () => void): void {
  const body = Buffer.from(reply.body === '' ? '\n' : reply.body);
  const half = body.subarray(0, Math.floor(body.length / 2));
  begin(response, reply.status, reply.headers, body);
  response.flushHeaders();
  response.write(half, then);
}

function trickle(response: ServerResponse, body: Buffer, bytes: number, everyMs: number): void {
  response.write(body.subarray(0, bytes));
  if (body.length <= bytes) response.end();
  else later(response, everyMs, () => trickle(response, body.subarray(bytes), bytes, everyMs));
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
