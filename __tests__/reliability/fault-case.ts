import type { Fault } from 'compute-console-emulator';

/** The calls that the gate makes of the Console; a fault of `report` is one of `full report` as well. */
export const CALLS = ['authenticate', 'report', 'full report', 'trigger', 'progress'] as const;
export type Call = (typeof CALLS)[number];

/** The calls as the Console sees them. */
export const CALL_TEXT = {
  authenticate: 'POST authenticate',
  report: 'GET registry',
  'full report': 'GET registry with findings',
  trigger: 'POST registry/scan',
  progress: 'GET registry/progress',
} as const satisfies Record<Call, string>;

/** The destination of a connection in place of the Console. */
export type Detour = 'refused' | 'no-such-name' | 'no-tls' | 'unknown-authority';

/** The fault of one request on the wire. */
export type Wire =
  | { readonly kind: 'fault'; readonly fault: Fault }
  | { readonly kind: 'detour'; readonly to: Detour }
  /** From then on the Console's clock is wrong by so much; at the start it always was. */
  | { readonly kind: 'clock'; readonly byMs: number }
  /** Connections are refused for a while, tokens are forgotten, and scans in flight may be. */
  | { readonly kind: 'restart'; readonly scans: 'kept' | 'lost' };

/**
 * What the fault means by the contract alone.
 *
 * - `harmless`: the response is good, however it came.
 * - `unanswered`: no response; another attempt may help. For good it is `unreachable`.
 * - `nonsense`: a response that is none of the Console's. For good it is `invalid-response`.
 * - `odd`: nonsense to a strict reader, usable to a lenient one; the contract leaves that open.
 * - `empty`: shows nothing, which proves nothing.
 * - `accepted`: a 200 to the trigger, which accepts it whatever the body is. The Console has not acted.
 * - `set-back`: the Console's clock is set back by more than clocks may differ.
 * - `rejected`: the token is not accepted (401), which one renewal may mend.
 * - `refused`: a 4xx that the contract has no reason of its own for; final like the others.
 * - `forgotten`: the Console forgets tokens, and perhaps scans.
 * - a reason: final for the first request of a call.
 */
export type Meaning =
  | 'harmless'
  | 'unanswered'
  | 'nonsense'
  | 'odd'
  | 'empty'
  | 'accepted'
  | 'set-back'
  | 'rejected'
  | 'tls'
  | 'bad-request'
  | 'forbidden'
  | 'not-found'
  | 'refused'
  | 'forgotten';

/** One fault as data. If it cannot happen to a call, there is nothing on the wire. */
export interface FaultCase {
  readonly family: string;
  readonly name: string;
  readonly wire: (call: Call) => Wire | undefined;
  readonly meaning: (call: Call) => Meaning;
  /** True if it takes so much of the machine that a few cells must do. */
  readonly isHeavy?: boolean;
}

/** A fault that is the same at every call. */
export function everywhere(family: string, name: string, meaning: Meaning, wire: Fault | Wire): FaultCase {
  const onTheWire: Wire = isWire(wire) ? wire : { kind: 'fault', fault: wire };
  return { family, name, wire: () => onTheWire, meaning: () => meaning };
}

function isWire(wire: Fault | Wire): wire is Wire {
  return ['fault', 'detour', 'clock', 'restart'].includes(wire.kind);
}
