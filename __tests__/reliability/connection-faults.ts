import type { Fault } from 'compute-console-emulator';
import { everywhere, type FaultCase } from './fault-case.ts';

const CONNECTION = 'Connection';
const BODY = 'Length of the answer';

/** The Console has acted, and the client never hears of it. */
function lost(name: string, fault: Fault): FaultCase {
  return everywhere('Answer lost after the Console has acted', name, 'unanswered', fault);
}

/** A flood costs the machine so much that it is tried less often. */
function heavy(name: string, pieces: number): FaultCase {
  const fault: Fault = { kind: 'flood', bytes: PIECE_BYTES, everyMs: 0, pieces };
  return { ...everywhere(BODY, name, 'nonsense', fault), isHeavy: true };
}

/** Beyond what any answer of the Console comes to; the client has to stop reading by itself. */
const HUGE_PIECES = 130;
const PIECE_BYTES = 1024 * 1024;

/** Connections that break before the answer is complete. */
export const CONNECTION_FAULTS: readonly FaultCase[] = [
  everywhere(CONNECTION, 'refused', 'unanswered', { kind: 'detour', to: 'refused' }),
  everywhere(CONNECTION, 'the name has no address', 'unanswered', { kind: 'detour', to: 'no-such-name' }),
  everywhere(CONNECTION, 'no TLS spoken', 'tls', { kind: 'detour', to: 'no-tls' }),
  everywhere(CONNECTION, 'certificate of an unknown authority', 'tls', {
    kind: 'detour',
    to: 'unknown-authority',
  }),
  everywhere(CONNECTION, 'reset', 'unanswered', { kind: 'reset' }),
  everywhere(CONNECTION, 'dropped before the answer', 'unanswered', { kind: 'drop', where: 'before' }),
  everywhere(CONNECTION, 'stalled before the answer', 'unanswered', { kind: 'stall', where: 'before' }),
  everywhere(CONNECTION, 'closed after each answer', 'harmless', { kind: 'hang-up' }),
  lost('reset', { kind: 'reset', accepted: true }),
  lost('dropped before the answer', { kind: 'drop', where: 'before', accepted: true }),
  lost('dropped within the body', { kind: 'drop', where: 'within' }),
  lost('stalled before the answer', { kind: 'stall', where: 'before', accepted: true }),
  lost('stalled within the body', { kind: 'stall', where: 'within' }),
  lost('504 of a load balancer', { kind: 'answer', status: 504, body: '<html>', accepted: true }),
  everywhere(BODY, 'byte by byte', 'harmless', { kind: 'trickle', bytes: 1, everyMs: 0 }),
  everywhere('Encoding of the answer', 'gzip', 'harmless', { kind: 'gzip' }),
  everywhere('Encoding of the answer', 'gzip by its header only', 'harmless', {
    kind: 'header',
    name: 'content-encoding',
    value: 'gzip',
  }),
  everywhere(BODY, 'without end, slowly', 'unanswered', { kind: 'flood', bytes: 1_000, everyMs: 20 }),
  heavy('without end, at full speed', Number.POSITIVE_INFINITY),
  heavy('130 MB', HUGE_PIECES),
];
