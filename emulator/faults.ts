import type { Call } from './routes.ts';

/**
 * Something that goes wrong with one request. With `accepted` the Console has acted on the request before:
 * a scan is started, an end is consumed. Faults that need the Console's own answer always come after it has acted.
 */
export type Fault =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string | Uint8Array;
      readonly accepted?: boolean;
    }
  | { readonly kind: 'drop'; readonly where: 'before'; readonly accepted?: boolean }
  | { readonly kind: 'drop'; readonly where: 'within' }
  | { readonly kind: 'reset'; readonly accepted?: boolean }
  | { readonly kind: 'stall'; readonly where: 'before'; readonly accepted?: boolean }
  | { readonly kind: 'stall'; readonly where: 'within' }
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'trickle'; readonly bytes: number; readonly everyMs: number }
  /** A body of spaces in pieces of so many bytes, which ends only with `pieces`, or when the client leaves. */
  | { readonly kind: 'flood'; readonly bytes: number; readonly everyMs: number; readonly pieces?: number }
  /** The Console's own answer with every match replaced; `to` as in `String.replace`. */
  | { readonly kind: 'rewrite'; readonly pattern: RegExp; readonly to: string }
  /** The Console's own answer with one header set, or left out. */
  | { readonly kind: 'header'; readonly name: string; readonly value: string | undefined }
  /** The Console's own answer, compressed although nobody asked for that. */
  | { readonly kind: 'gzip' }
  /** The Console's own answer, with times from a moment on shifted, as if its clock had been set then. */
  | { readonly kind: 'clock-set'; readonly fromMs: number; readonly byMs: number }
  /** The whole answer, and then the connection is closed although it was to be kept. */
  | { readonly kind: 'hang-up' };

/** Asked before a route answers; `number` counts the requests of that call, from 1. */
export type FaultHook = (request: {
  readonly call: Call;
  readonly number: number;
  /** Without the question mark. */
  readonly query: string;
}) => Fault | undefined;

/** A fault as data: which call, from which request on, for how many of them. */
export type FaultRule = {
  readonly call: Call | 'any';
  /** The first request that it strikes, from 1, which is where it is left out. */
  readonly from?: number;
  /** How many requests it strikes; every one from there on, where it is left out. */
  readonly times?: number;
  readonly fault: Fault;
};

/** The hook for a list of rules; the first that fits strikes. */
export function faultsFrom(rules: readonly FaultRule[]): FaultHook {
  return ({ call, number }) => rules.find((rule) => strikes(rule, call, number))?.fault;
}

/** Whether the Console acts on a request that the fault strikes. */
export function isAccepted(fault: Fault): boolean {
  switch (fault.kind) {
    case 'flood':
      return false;
    case 'drop':
    case 'stall':
      return fault.where === 'within' || fault.accepted === true;
    case 'answer':
    case 'reset':
      return fault.accepted === true;
    case 'delay':
    case 'trickle':
    case 'rewrite':
    case 'header':
    case 'gzip':
    case 'clock-set':
    case 'hang-up':
      return true;
  }
}

function strikes(
  { call, from = 1, times = Number.POSITIVE_INFINITY }: FaultRule,
  asked: Call,
  number: number,
) {
  return (call === 'any' || call === asked) && number >= from && number < from + times;
}
